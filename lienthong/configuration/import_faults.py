"""Why a dotted name does not lead to anything: no such module, no such name in it, or a module that fails."""

import pkgutil
import sys
import traceback
from pathlib import Path
from types import ModuleType

from lienthong.configuration.faults import Fault, nearest, suggest
from lienthong.messages import message


def missing_module(missing: str) -> Fault:
    """There is no module `missing`; its parent was imported, if it has one."""
    parent, _, last = missing.rpartition(".")
    what = message("there is no module `{module}`", module=missing)
    package = sys.modules.get(parent)
    if package is not None and hasattr(package, last):
        advice = message(
            "`{name}` is a name in `{module}`: write `{module}.{name}` and nothing after it", name=last, module=parent
        )
        return Fault("LT302", what, advice)
    prefix = f"{parent}." if parent else ""
    return Fault("LT302", what, suggest(missing, [prefix + sibling for sibling in _modules_in(parent)]))


def missing_name(module: ModuleType, name: str) -> Fault:
    """The module was imported and does not have `name`; perhaps it has a similar one, or another module has it."""
    what = message("the module `{module}` has no `{name}`", module=module.__name__, name=name)
    defined = [
        known
        for known, value in vars(module).items()
        if not known.startswith("_") and callable(value) and getattr(value, "__module__", "") == module.__name__
    ]
    if nearest(name, defined) is None:
        parent = module.__name__.rpartition(".")[0]
        for sibling in _modules_in(parent) if parent else ():
            imported = sys.modules.get(f"{parent}.{sibling}")
            if imported is not None and hasattr(imported, name):
                full_name = f"{parent}.{sibling}.{name}"
                advice = message("did you mean `{name}`?", name=full_name)
                return Fault("LT304", what, advice)
    return Fault("LT304", what, suggest(name, defined))


def failing_module(name: str, error: BaseException) -> Fault:
    """The module is there, but importing it raised `error`."""
    kind = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    project = [frame for frame in frames if "importlib" not in frame.filename and "configuration" not in frame.filename]
    if isinstance(error, SyntaxError):
        what = message(
            "importing the module `{module}` fails: {error} in line {line}", module=name, error=kind, line=error.lineno
        )
    elif project:
        what = message(
            "importing the module `{module}` fails: {error} at {file}, line {line}",
            module=name,
            error=kind,
            file=Path(project[-1].filename).name,
            line=project[-1].lineno,
        )
    else:
        what = message("importing the module `{module}` fails: {error}", module=name, error=kind)
    return Fault("LT303", what, message("run: python -c 'import {module}'", module=name))


def _modules_in(package: str) -> list[str]:
    """The public modules of a package, or those of the project where `package` is empty."""
    paths = list(getattr(sys.modules.get(package), "__path__", ())) if package else [sys.path[0] or str(Path.cwd())]
    return [found.name for found in pkgutil.iter_modules(paths) if not found.name.startswith("_")]
