"""A dotted name in YAML becomes the function or class it names."""

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from lienthong.configuration.faults import Fault, Mismatch
from lienthong.configuration.import_faults import failing_module, missing_module, missing_name
from lienthong.data.settings_shape import SettingsFile
from lienthong.errors import pass_interrupt_on
from lienthong.messages import Message, message
from lienthong.settings import MIGRATION_STEPS

PORT_METHODS = {"sources": "poll", "inboxes": "receive", "sinks": "deliver", "lookups": "find_many", "reports": "build"}
"""The method that a class must have, by the folder of config/ whose files name it."""

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*){1,9}")


def resolve(dotted: str) -> object:
    """The object `package.module.name`. Raises `Mismatch`, which tells a missing module from a missing name."""
    if not _DOTTED.fullmatch(dotted):
        raise Mismatch(_no_python_name(dotted))
    module_name, _, name = dotted.rpartition(".")
    module = _import(module_name)
    try:
        return getattr(module, name)
    except AttributeError:
        raise Mismatch(missing_name(module, name)) from None


def step_function(dotted: str, positional: tuple[str, ...]) -> Callable[..., Any]:
    """The function of a step; it is called with `positional` and, by name, its parameters. Raises `Mismatch`."""
    target = resolve(dotted)
    if not callable(target) or inspect.isclass(target):
        advice = message("name a function of ({arguments})", arguments=", ".join(positional))
        raise Mismatch(Fault("LT305", message("`{name}` is no function", name=dotted), advice))
    _check_positional(dotted, target, positional)
    return target


def port_class(dotted: str, method: str) -> type:
    """The class that `use` names: it has `method`, and is called with (site, its parameters). Raises `Mismatch`."""
    target = resolve(dotted)
    if not inspect.isclass(target):
        advice = message("name a class with a method `{method}`", method=method)
        raise Mismatch(Fault("LT305", message("`{name}` is no class", name=dotted), advice))
    if not callable(getattr(target, method, None)):
        what = message("the class `{name}` has no method `{method}`", name=dotted, method=method)
        advice = message("name a class with a method `{method}`, or check the folder of this file", method=method)
        raise Mismatch(Fault("LT305", what, advice))
    _check_positional(dotted, target, ("site",))
    return target


def schema_class(dotted: str) -> type[BaseModel]:
    """The pydantic class of an event type's data. Raises `Mismatch`."""
    target = resolve(dotted)
    if not inspect.isclass(target) or not issubclass(target, BaseModel):
        advice = message("name a class of schemas/ for this type")
        raise Mismatch(Fault("LT305", message("`{name}` is no schema", name=dotted), advice))
    return target


def settings_class(dotted: str) -> type[SettingsFile]:
    """The class of the shape of a file of the project's own. Raises `Mismatch`."""
    target = resolve(dotted)
    if not inspect.isclass(target) or not issubclass(target, SettingsFile):
        advice = message("name a class that extends `lienthong.SettingsFile`")
        raise Mismatch(Fault("LT305", message("`{name}` is no shape of a file", name=dotted), advice))
    return target


def migration_folder(dotted: str) -> Path:
    """The folder of a package of migrations, which has steps in `versions/`. Raises `Mismatch`."""
    if not _DOTTED.fullmatch(dotted):
        raise Mismatch(_no_python_name(dotted, message("write package.migrations")))
    for folder in map(Path, getattr(_import(dotted), "__path__", ())):
        if next((folder / "versions").glob(MIGRATION_STEPS), None) is not None:
            return folder
    advice = message("name a package whose folder versions/ holds steps such as v0001_first.py")
    raise Mismatch(Fault("LT305", message("`{name}` is no package of migrations", name=dotted), advice))


def _no_python_name(dotted: str, advice: Message | None = None) -> Fault:
    return Fault("LT301", message("`{name}` is no Python name", name=dotted[:80]), advice)


@cache  # many routes name the same function
def _positional(target: Callable[..., Any]) -> Sequence[inspect.Parameter] | None:
    """The parameters that can be given by position; None for any number. Raises what `inspect` raises."""
    parameters = inspect.signature(target).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _check_positional(dotted: str, target: Callable[..., Any], positional: tuple[str, ...]) -> None:
    try:
        accepted = _positional(target)
    except (ValueError, TypeError):
        what = message("Python does not know the parameters of `{name}`", name=dotted)
        raise Mismatch(Fault("LT305", what, message("wrap it in a function"))) from None
    if accepted is None:
        return
    required = [p for p in accepted if p.default is p.empty]
    call = f"({', '.join(positional)})"
    if len(accepted) < len(positional):
        what = message("`{name}` is called with {call} and cannot take so many arguments", name=dotted, call=call)
        example = f"def {dotted.rpartition('.')[2]}({', '.join(positional)}, *, ...)"
        raise Mismatch(Fault("LT305", what, message("write {example}", example=example)))
    if len(required) > len(positional):
        extra = required[len(positional)].name
        what = message(
            "`{name}` is called with {call}, but also needs `{parameter}` by position",
            name=dotted,
            call=call,
            parameter=extra,
        )
        advice = message("put `*,` before `{parameter}`, so that `with` can give it by name", parameter=extra)
        raise Mismatch(Fault("LT305", what, advice))


def _import(name: str) -> ModuleType:
    loaded = sys.modules.get(name)
    if loaded is not None:
        return loaded
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise Mismatch(missing_module(error.name)) from None
        raise Mismatch(failing_module(name, error)) from None
    except BaseException as error:  # noqa: BLE001 - a module may fail in any way; the name is then unusable
        pass_interrupt_on(error)
        raise Mismatch(failing_module(name, error)) from None
