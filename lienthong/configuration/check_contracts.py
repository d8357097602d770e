"""Whether what was released to subscribers is kept: the schemas against docs/contracts/."""

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from lienthong.configuration.announced_types import case_types
from lienthong.configuration.contracts import FOLDER, contract_path, read_contracts
from lienthong.configuration.faults import Fault, Mismatch
from lienthong.configuration.names import schema_class
from lienthong.configuration.reader_schemas import has_schema, reader_schema
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.settings import Settings
from lienthong.subscriptions.compatibility import Break, breaks, differs


def check_contracts(root: Path, settings: Settings) -> Iterator[Finding]:
    """Every change that breaks readers of a released type, and types that are not released. A project without the
    folder of contracts has released nothing.
    """
    if not (root / FOLDER).is_dir():
        return
    contracts, unreadable = read_contracts(root)
    yield from unreadable
    shown = case_types(root, settings)
    for kind, contract in contracts.items():
        yield from _against(root, settings, kind, contract)
        if kind not in shown:
            what = message("the type {type} was released, and no case shows that a route announces it", type=kind)
            yield Fault("LT645", what).at(contract_path(kind))
    for kind, (file, line) in shown.items():
        if kind not in contracts and has_schema(settings, kind):
            what = message("the type {type} is announced and has no contract", type=kind)
            yield Fault("LT646", what).at(file, line)


def _against(root: Path, settings: Settings, kind: str, contract: Mapping[str, Any]) -> Iterator[Finding]:
    dotted = settings.bus.types.get(kind)
    if dotted is None:
        what = message("the released type {type} has no schema under `types` of config/bus.yaml", type=kind)
        yield Fault("LT642", what).at(contract_path(kind))
        return
    try:
        shape = schema_class(dotted)
        schema = reader_schema(kind, shape)
    except Mismatch:  # the line of config/bus.yaml has its own finding
        return
    found = breaks(contract, schema)
    for one in found:
        yield _finding(root, kind, shape, one)
    if not found and differs(contract, schema):
        what = message("the contract of {type} lacks what the schema has now", type=kind)
        yield Fault("LT644", what).at(contract_path(kind))


def _finding(root: Path, kind: str, shape: type[BaseModel], one: Break) -> Finding:
    what = message("{type}, field `{field}`: {what}", type=kind, field=one.path or "data", what=one.what)
    return Fault("LT643", what).at(*(_place(root, shape, one) or (contract_path(kind), 1)))


def _place(root: Path, shape: type[BaseModel], one: Break) -> tuple[str, int] | None:
    """File and line of the field in the schema's module, else of its class; None for a class outside the project."""
    try:
        file, module = inspect.getsourcefile(shape), inspect.getmodule(shape)
        lines, begin = inspect.getsourcelines(module or shape)[0], inspect.getsourcelines(shape)[1]
    except (OSError, TypeError):
        return None
    if file is None or not Path(file).resolve().is_relative_to(root.resolve()):
        return None
    name = re.escape(re.split(r"[.\[{]", one.path.rstrip("[]{}"))[-1])
    stated = re.compile(rf"\s+{name}_?\s*:|.*alias=['\"]{name}['\"]")
    found = [number for number, line in enumerate(lines, 1) if name and stated.match(line)]
    line = min((number for number in found if number >= begin), default=max(found, default=begin))
    return Path(file).resolve().relative_to(root.resolve()).as_posix(), line
