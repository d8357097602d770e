"""The names of one project: its files, and the functions and classes that its YAML may name.

Code is found by importing the modules of the project's rooms, of the packages that its YAML names, and of the engine's
own connectors; a module that cannot be imported has no names. A name that the YAML has already counts while it exists.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin, get_type_hints

from lienthong.configuration.check_names import ARCHIVE_ARGUMENTS, KEPT_BY_ARGUMENTS, RENDER_ARGUMENTS
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.load import Loaded
from lienthong.configuration.names import (
    PORT_METHODS,
    migration_folder,
    port_class,
    schema_class,
    settings_class,
    step_function,
)
from lienthong.configuration.parameters import is_settings_file
from lienthong.configuration.resolve import APPLY_ARGUMENTS, ENRICH_ARGUMENTS
from lienthong.configuration.shapes.fields import NamedThing
from lienthong.envelope import Envelope
from lienthong.errors import pass_interrupt_on
from lienthong.report import Document
from lienthong.route import Enrich

ROOMS = ("connectors", "transforms", "schemas", "store", "reports")
"""The packages of a project that code for the bus lives in."""

ENGINE_CONNECTORS = "lienthong.connectors"


@dataclass(frozen=True, slots=True)
class ProjectNames:
    """By kind of thing, the names there are. `ladder` has the waits of config/bus.yaml."""

    things: Mapping[NamedThing, Sequence[str]]
    ladder: Sequence[timedelta]

    def of(self, thing: NamedThing) -> Sequence[str]:
        """The names of a kind, sorted."""
        return self.things.get(thing, ())


def find_names(loaded: Loaded) -> ProjectNames:
    """The names of a project whose folder is on the import path."""
    parts = loaded.layout.parts
    named = _named_in_yaml(loaded)
    found: dict[NamedThing, set[str]] = {thing: set() for thing in named}
    for module in _modules(loaded.layout.root, {name.partition(".")[0] for names in named.values() for name in names}):
        for thing, dotted in _definitions(module):
            found[thing].add(dotted)
    code = {thing: _short_names(filter(_TESTS[thing], found[thing])) | names for thing, names in named.items()}
    things: dict[NamedThing, Sequence[str]] = {
        "source": sorted(parts["sources"]),
        "source or route": sorted({*parts["sources"], *loaded.layout.routes}),
        "inbox": sorted(parts["inboxes"]),
        "request": sorted(parts["requests"]),
        "schedule": sorted(parts["schedules"]),
        "calendar": sorted(parts["calendars"]),
        "sink": sorted(parts["sinks"]),
        "lookup": sorted(parts["lookups"]),
        "table": sorted(parts["tables"]),
        "settings file": sorted(loaded.settings.bus.settings),
        **{thing: sorted(filter(_TESTS[thing], names)) for thing, names in code.items()},
    }
    return ProjectNames(things, loaded.settings.bus.ladder)


def _named_in_yaml(loaded: Loaded) -> dict[NamedThing, set[str]]:
    names: dict[NamedThing, set[str]] = {
        thing: {part.use for part in loaded.understood(folder).values()} for folder, thing in _CLASSES.items()
    }
    steps = [step for route in loaded.understood("routes").values() for step in route.steps]
    names["transform"] = {step.function for step in steps if not isinstance(step, Enrich)}
    names["enrichment"] = {step.function for step in steps if isinstance(step, Enrich)}
    names["keys function"] = {step.keys for step in steps if isinstance(step, Enrich)}
    names["render function"] = set(loaded.settings.bus.formats.values())
    names["kept-by function"] = {loaded.settings.bus.kept_by} - {""}
    names["archive function"] = {loaded.settings.bus.archived_by} - {""}
    requests = loaded.understood("requests").values()
    names["schema class"] = {
        *loaded.settings.bus.types.values(),
        *(dotted for request in requests for dotted in (request.accepts, request.answers)),
    }
    names["settings class"] = set(loaded.settings.bus.settings.values())
    names["migrations"] = set(loaded.settings.bus.migrations.values())
    return names


def _short_names(dotted: Iterable[str]) -> set[str]:
    """One name for each object: the shortest, which is that of the package that offers it."""
    names: dict[int, str] = {}
    for name in sorted(dotted, key=len):
        module, _, last = name.rpartition(".")
        names.setdefault(id(getattr(sys.modules.get(module), last, name)), name)
    return set(names.values())


def _modules(root: Path, named: set[str]) -> Iterator[ModuleType]:
    """The modules of the rooms and of the packages that the YAML names, each imported."""
    rooms = {room for room in ROOMS if (root / room).is_dir()} | named - {"lienthong"}
    for room in sorted({*rooms, ENGINE_CONNECTORS}):
        yield from _import_all(room)


def _import_all(name: str) -> Iterator[ModuleType]:
    try:
        module = importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - a module may fail in any way; it then has no names
        pass_interrupt_on(error)
        return
    yield module
    for child in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not child.name.startswith("_"):
            yield from _import_all(f"{name}.{child.name}")


def _definitions(module: ModuleType) -> Iterator[tuple[NamedThing, str]]:
    """The public functions and classes of a module that YAML could name; a package may offer those of its modules."""
    home = re.compile(re.escape(module.__name__))
    if hasattr(module, "__path__"):
        yield "migrations", module.__name__
        home = re.compile(rf"{re.escape(module.__name__)}(\..*)?")
    for name, value in vars(module).items():
        if name.startswith("_") or not home.fullmatch(getattr(value, "__module__", None) or ""):
            continue
        dotted = f"{module.__name__}.{name}"
        if inspect.isclass(value):
            yield from ((thing, dotted) for folder, thing in _CLASSES.items() if hasattr(value, PORT_METHODS[folder]))
            yield "settings class" if is_settings_file(value) else "schema class", dotted
        elif inspect.isfunction(value):
            yield from ((thing, dotted) for thing in _things_of(value))


def _things_of(function: Callable[..., Any]) -> Iterator[NamedThing]:
    """What a function could be, by its first parameter and what it returns."""
    parameters = list(inspect.signature(function).parameters.values())
    try:
        hints = get_type_hints(function)
    except (NameError, TypeError):
        return
    if not parameters:
        return
    first, returned = hints.get(parameters[0].name), hints.get("return", Any)
    if [each.name for each in parameters] == list(KEPT_BY_ARGUMENTS):
        yield "kept-by function"
    elif [each.name for each in parameters] == list(ARCHIVE_ARGUMENTS):
        yield "archive function"
    elif first is Document:
        yield "render function"
    elif first is Envelope and _is_list(returned):
        yield "keys function"
    elif first is Envelope:
        yield "enrichment" if len(parameters) > 1 and parameters[1].name == ENRICH_ARGUMENTS[1] else "transform"


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return annotation is list or (inspect.isclass(origin) and issubclass(origin, Sequence))


_CLASSES: Mapping[str, NamedThing] = {
    "sources": "source class",
    "inboxes": "inbox class",
    "sinks": "sink class",
    "lookups": "lookup class",
    "reports": "report class",
}


def _test(find: Callable[..., object], *arguments: object) -> Callable[[str], bool]:
    """Whether a dotted name leads to what `find` looks for."""

    def is_found(dotted: str) -> bool:
        try:
            find(dotted, *arguments)
        except Mismatch:
            return False
        return True

    return is_found


_TESTS: Mapping[NamedThing, Callable[[str], bool]] = {
    **{thing: _test(port_class, PORT_METHODS[folder]) for folder, thing in _CLASSES.items()},
    "transform": _test(step_function, APPLY_ARGUMENTS),
    "enrichment": _test(step_function, ENRICH_ARGUMENTS),
    "keys function": _test(step_function, APPLY_ARGUMENTS),
    "render function": _test(step_function, RENDER_ARGUMENTS),
    "kept-by function": _test(step_function, KEPT_BY_ARGUMENTS),
    "archive function": _test(step_function, ARCHIVE_ARGUMENTS),
    "schema class": _test(schema_class),
    "settings class": _test(settings_class),
    "migrations": _test(migration_folder),
}
