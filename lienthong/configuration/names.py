"""A dotted name in YAML becomes the function or class it names."""

import importlib
import inspect
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from lienthong.configuration.faults import Fault, Mismatch, nearest
from lienthong.settings import MIGRATION_STEPS

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*){1,9}")
PORT_METHODS = {"sources": "poll", "sinks": "deliver", "lookups": "find_many", "reports": "build"}
"""What a class must be able to do, by the folder of config/ that names it."""


def resolve(dotted: str) -> object:
    """What `package.module.name` names. Raises `Mismatch` that tells a missing module from a missing name."""
    if not _DOTTED.fullmatch(dotted):
        raise Mismatch(Fault("LT301", f"`{dotted[:80]}` is no Python name", "write package.module.name"))
    module_name, _, name = dotted.rpartition(".")
    module = _module(module_name)
    try:
        return getattr(module, name)
    except AttributeError:
        raise Mismatch(_missing_name(module, name)) from None


def step_function(dotted: str, positional: tuple[str, ...]) -> Callable[..., Any]:
    """The function of a step, which is given `positional` and, by name, its parameters. Raises `Mismatch`."""
    target = resolve(dotted)
    if not callable(target) or inspect.isclass(target):
        what = f"`{dotted}` is no function"
        raise Mismatch(Fault("LT305", what, f"name a function of ({', '.join(positional)})"))
    _check_positional(dotted, target, positional)
    return target


def port_class(dotted: str, method: str) -> type:
    """The class `use` names, which has `method` and is made from (site, its parameters). Raises `Mismatch`."""
    target = resolve(dotted)
    if not inspect.isclass(target):
        raise Mismatch(Fault("LT305", f"`{dotted}` is no class", f"name a class with a method `{method}`"))
    if not callable(getattr(target, method, None)):
        what = f"the class `{dotted}` has no method `{method}`"
        raise Mismatch(Fault("LT305", what, f"name a class with a method `{method}`, or check the folder of this file"))
    _check_positional(dotted, target, ("site",))
    return target


def schema_class(dotted: str) -> type[BaseModel]:
    """The pydantic class that says what an event type holds. Raises `Mismatch`."""
    target = resolve(dotted)
    if not inspect.isclass(target) or not issubclass(target, BaseModel):
        raise Mismatch(Fault("LT305", f"`{dotted}` is no schema", "name a class of schemas/ for this type"))
    return target


def migration_folder(dotted: str) -> Path:
    """The folder of a package of migrations, which has steps in `versions/`. Raises `Mismatch`."""
    if not _DOTTED.fullmatch(dotted):
        raise Mismatch(Fault("LT301", f"`{dotted[:80]}` is no Python name", "write package.migrations"))
    for folder in map(Path, getattr(_module(dotted), "__path__", ())):
        if next((folder / "versions").glob(MIGRATION_STEPS), None) is not None:
            return folder
    what = f"`{dotted}` is no package of migrations"
    raise Mismatch(Fault("LT305", what, "name a package whose folder versions/ holds steps such as v0001_first.py"))


def _check_positional(dotted: str, target: Callable[..., Any], positional: tuple[str, ...]) -> None:
    try:
        parameters = inspect.signature(target).parameters.values()
    except (ValueError, TypeError):
        raise Mismatch(Fault("LT305", f"`{dotted}` does not say what it takes", "wrap it in a function")) from None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in places if p.default is p.empty]
    given = f"({', '.join(positional)})"
    if len(places) < len(positional):
        what = f"`{dotted}` takes {len(places)} positional arguments, but is called with {given}"
        raise Mismatch(Fault("LT305", what, f"write def {dotted.rpartition('.')[2]}({', '.join(positional)}, *, ...)"))
    if len(required) > len(positional):
        extra = required[len(positional)].name
        what = f"`{dotted}` also wants `{extra}` by position, but is called with {given}"
        raise Mismatch(Fault("LT305", what, f"put `*,` before `{extra}`, so that `with` can give it by name"))


def _module(name: str) -> ModuleType:
    loaded = sys.modules.get(name)
    if loaded is not None:
        return loaded
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise Mismatch(_missing_module(error.name)) from None
        raise Mismatch(_broken_module(name, error)) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a module may fail in any way; the name is then unusable
        raise Mismatch(_broken_module(name, error)) from None


def _missing_module(missing: str) -> Fault:
    parent, _, last = missing.rpartition(".")
    siblings = _modules_in(parent)
    what = f"there is no module `{missing}`"
    package = sys.modules.get(parent)
    if package is not None and hasattr(package, last):
        return Fault("LT302", what, f"`{last}` is a name in `{parent}`: write `{parent}.{last}` and nothing after it")
    prefix = f"{parent}." if parent else ""
    return Fault("LT302", what, nearest(missing, [prefix + sibling for sibling in siblings]))


def _modules_in(package: str) -> list[str]:
    paths = list(getattr(sys.modules.get(package), "__path__", ())) if package else [str(Path.cwd())]
    return [found.name for found in pkgutil.iter_modules(paths) if not found.name.startswith("_")]


def _missing_name(module: ModuleType, name: str) -> Fault:
    what = f"the module `{module.__name__}` has no `{name}`"
    own = [
        known
        for known, value in vars(module).items()
        if not known.startswith("_") and callable(value) and getattr(value, "__module__", "") == module.__name__
    ]
    advice = nearest(name, own)
    if not advice.startswith("did you mean"):
        parent = module.__name__.rpartition(".")[0]
        for sibling in _modules_in(parent) if parent else ():
            known_sibling = sys.modules.get(f"{parent}.{sibling}")
            if known_sibling is not None and hasattr(known_sibling, name):
                return Fault("LT304", what, f"did you mean `{parent}.{sibling}.{name}`?")
    return Fault("LT304", what, advice)


def _broken_module(name: str, error: BaseException) -> Fault:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "importlib" not in frame.filename and frame.filename != __file__]
    where = f" (at {Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else ""
    if isinstance(error, SyntaxError):
        where = f" (line {error.lineno})"
    what = f"the module `{name}` fails when it is imported: {type(error).__name__}{where}"
    return Fault("LT303", what, f"run: python -c 'import {name}'")
