"""The parameters a YAML file gives, checked against the annotations of the function or class that takes them."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, PlainValidator, TypeAdapter, ValidationError, ValidationInfo
from pydantic.errors import PydanticUserError
from pydantic_core import ErrorDetails, PydanticCustomError

from lienthong.configuration import shapes
from lienthong.configuration.faults import Fault, Mismatch, nearest
from lienthong.configuration.names import resolve
from lienthong.configuration.nested_faults import place, union_fault, unknown_key
from lienthong.ports import SourceName, Table


@dataclass(frozen=True, slots=True)
class _Parameter:
    annotation: Any
    adapter: TypeAdapter[Any]
    required: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    parameters: Mapping[str, _Parameter]
    takes_any: bool


def bind(
    target: Callable[..., Any],
    given: Mapping[str, Any],
    *,
    tables: Mapping[str, Table],
    sources: Collection[str] | None = None,
) -> dict[str, Any]:
    """The keyword arguments for `target`, from what a file's `with` gives.

    Only keyword-only parameters are given by name. An annotation `Table` takes the name of a table, `timedelta` a
    duration such as `5s`, a `Callable` the whole name of a function, `SourceName` one of `sources` where these are
    given. Raises `Mismatch` with every fault.
    """
    plan = _plan(target)
    faults: list[Fault] = []
    bound: dict[str, Any] = {}
    known = {"tables": tables, "sources": sources}
    for name, value in given.items():
        if name in plan.parameters:
            bound[name] = _validated(plan.parameters[name], name, value, known, faults)
        elif plan.takes_any:
            bound[name] = value
        else:
            what = f"`{_name(target)}` has no parameter `{name}`"
            advice = nearest(name, plan.parameters) if plan.parameters else "it takes none: leave it out"
            faults.append(Fault("LT306", what, advice, (name,), of_key=True))
    for name, parameter in plan.parameters.items():
        if parameter.required and name not in given:
            what = f"`{_name(target)}` needs the parameter `{name}`"
            faults.append(Fault("LT307", what, f"add under with: `{name}: ...`"))
    if faults:
        raise Mismatch(*faults)
    return bound


def _name(target: Callable[..., Any]) -> str:
    return str(getattr(target, "__name__", target))


@cache
def _plan(target: Callable[..., Any]) -> _Plan:
    parameters = inspect.signature(target).parameters
    try:
        hints = get_type_hints(target.__init__ if inspect.isclass(target) else target, include_extras=True)
        adapters = {
            name: _Parameter(hints.get(name, Any), _adapter(hints.get(name, Any)), parameter.default is parameter.empty)
            for name, parameter in parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
    except (NameError, TypeError, PydanticUserError) as error:
        what = f"the annotations of `{_name(target)}` cannot be understood: {error}"
        raise Mismatch(Fault("LT305", what[:200], "annotate its parameters with plain types")) from None
    return _Plan(adapters, any(p.kind is p.VAR_KEYWORD for p in parameters.values()))


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    written = _written(annotation)
    try:
        return TypeAdapter(written, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError:
        return TypeAdapter(written)  # a model or dataclass brings its own configuration and allows no other


_GENERIC: tuple[Any, ...] = (list, tuple, dict, set, frozenset, Sequence, Mapping, Set)


def _written(annotation: Any) -> Any:
    """`annotation`, with the types that files write in our own way replaced by how they are written."""
    if annotation in (Table, SourceName):
        return Annotated[Any, PlainValidator(_table if annotation == Table else _source)]
    if annotation in (timedelta, int):
        return shapes.Duration if annotation is timedelta else shapes.Count
    origin: Any = get_origin(annotation)
    parts = get_args(annotation)
    if origin is Callable or annotation is Callable:
        return Annotated[Any, PlainValidator(_function)]
    return _written_parts(annotation, origin, parts)


def _written_parts(annotation: Any, origin: Any, parts: tuple[Any, ...]) -> Any:
    if origin is Annotated:
        return Annotated[_written(parts[0]), *parts[1:]]
    if origin in (Union, UnionType):
        return reduce(or_, (_written(part) for part in parts))
    if origin in _GENERIC and parts:
        return origin[tuple(_written(part) for part in parts)]
    return annotation


def _table(value: object, info: ValidationInfo) -> Table:
    tables: Mapping[str, Table] = info.context["tables"] if info.context else {}
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a table is named")
    if value not in tables:
        advice = {"name": value, "advice": nearest(value, tables)}
        raise PydanticCustomError("unknown_table", "there is no table `{name}`", advice)
    return tables[value]


def _source(value: object, info: ValidationInfo) -> str:
    sources: Collection[str] | None = info.context["sources"] if info.context else None
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a source is named")
    if sources is not None and value not in sources:
        advice = {"name": value, "advice": nearest(value, sources)}
        raise PydanticCustomError("unknown_source", "there is no source `{name}`", advice)
    return value


def _function(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("callable_type", "a function is named")
    try:
        target = resolve(value)
    except Mismatch as mismatch:
        fault = mismatch.faults[0]
        known = {"code": fault.code, "what": fault.what, "advice": fault.advice}
        raise PydanticCustomError("unresolved", "{what}", known) from None
    if not callable(target):
        raise PydanticCustomError("callable_type", "it cannot be called")
    return target


def _validated(parameter: _Parameter, name: str, value: Any, known: dict[str, Any], faults: list[Fault]) -> Any:
    try:
        return parameter.adapter.validate_python(value, context=known)
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults.extend(_fault(parameter, name, detail, value) for detail in details[:1])
        return None


_UNKNOWN = {"unknown_table": ("LT604", "table"), "unknown_source": ("LT601", "source")}


def _fault(parameter: _Parameter, name: str, details: ErrorDetails, value: Any) -> Fault:
    path = place(name, details, value)
    context = details.get("ctx", {})
    if details["type"] == "unresolved":
        return Fault(str(context["code"]), str(context["what"]), str(context["advice"]), path)
    if details["type"] in _UNKNOWN:
        code, what = _UNKNOWN[str(details["type"])]
        return Fault(code, f"there is no {what} `{context['name']}`", str(context["advice"]), path)
    if details["type"] == "extra_forbidden":
        return unknown_key(parameter.annotation, path)
    fault = union_fault(details, path) or shapes.fault_of(details, path)
    return replace(fault, code="LT308") if fault.code in ("LT203", "LT205") else fault
