"""The parameters of a function or class, and the pydantic adapter that reads each of them from a file.

Some annotations have a form of their own in files: `Table` is the name of a table, `SourceName` the name of a source,
`Calendar` the name of a calendar, `Calendars` that of the calendar of all agencies that no calendar names, a
`SettingsFile` the name of a file of the project's own, `timedelta` a duration such as `5s`, a `Callable` the full name
of a function, a `Path` begins in the project's folder.
Everything else is pydantic's.
"""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial, reduce
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, ConfigDict, PlainValidator, TypeAdapter, ValidationInfo
from pydantic.errors import PydanticUserError
from pydantic_core import PydanticCustomError

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.choice import Calendars
from lienthong.configuration.faults import Fault, Mismatch
from lienthong.configuration.names import resolve
from lienthong.configuration.shapes.fields import Count, Duration
from lienthong.data.settings_shape import SettingsFile
from lienthong.messages import message
from lienthong.ports import SourceName, Table

GENERIC: tuple[Any, ...] = (list, tuple, dict, set, frozenset, Sequence, Mapping, Set)
"""Generic types whose arguments are looked at."""

NO_FOLDER = Path()
"""Relative paths stay as they are."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One keyword-only parameter."""

    annotation: Any
    adapter: TypeAdapter[Any]
    required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters that a file can give, by name. `takes_any`: any other name, too."""

    parameters: Mapping[str, Parameter]
    takes_any: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What parameters may refer to. `sources` None: any name is accepted. Relative paths begin in `folder`."""

    tables: Mapping[str, Table]
    sources: Collection[str] | None = None
    folder: Path = NO_FOLDER
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    own_files: Mapping[str, Any] = field(default_factory=dict)


def name_of(target: Callable[..., Any]) -> str:
    """The name of a function or class, as findings show it."""
    return str(getattr(target, "__name__", target))


@cache
def signature_of(target: Callable[..., Any]) -> Signature:
    """The keyword-only parameters of `target`. Raises `Mismatch` when its annotations cannot be understood."""
    parameters = inspect.signature(target).parameters
    try:
        hints = get_type_hints(target.__init__ if inspect.isclass(target) else target, include_extras=True)
        known = {
            name: _parameter(hints.get(name, Any), required=parameter.default is parameter.empty)
            for name, parameter in parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
    except (NameError, TypeError, PydanticUserError) as error:
        what = message(
            "the annotations of `{name}` cannot be understood ({error})",
            name=name_of(target),
            error=type(error).__name__,
        )
        raise Mismatch(Fault("LT305", what, message("annotate its parameters with plain types"))) from None
    return Signature(known, any(p.kind is p.VAR_KEYWORD for p in parameters.values()))


def _parameter(annotation: Any, *, required: bool) -> Parameter:
    as_in_files = _as_in_files(annotation)
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(as_in_files, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError:
        adapter = TypeAdapter(as_in_files)  # a model or dataclass brings its own configuration and allows no other
    return Parameter(annotation, adapter, required)


def _as_in_files(annotation: Any) -> Any:
    """`annotation`, with the types that have a form of their own in files replaced by validators of this form."""
    if is_settings_file(annotation):
        return Annotated[Any, PlainValidator(partial(_own_file, annotation))]
    for kind, form in _forms():
        if annotation == kind:
            return form
    origin: Any = get_origin(annotation)
    if origin is Callable or annotation is Callable:
        return _FUNCTION
    return _generic(annotation, origin, get_args(annotation))


def _generic(annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> Any:
    if origin is Annotated:
        return Annotated[_as_in_files(arguments[0]), *arguments[1:]]
    if origin in (Union, UnionType):
        return reduce(or_, (_as_in_files(argument) for argument in arguments))
    if origin in GENERIC and arguments:
        return origin[tuple(_as_in_files(argument) for argument in arguments)]
    return annotation


def _table(value: object, info: ValidationInfo) -> Table:
    tables = info.context.tables if info.context else {}
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a table is named")
    if value not in tables:
        raise PydanticCustomError("unknown_table", "no such table", {"name": value, "known": list(tables)})
    table: Table = tables[value]
    return table


def _calendar(value: object, info: ValidationInfo) -> Calendar:
    calendars = info.context.calendars if info.context else {}
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a calendar is named")
    if value not in calendars:
        raise PydanticCustomError("unknown_calendar", "no such calendar", {"name": value, "known": list(calendars)})
    calendar: Calendar = calendars[value]
    return calendar


def _calendars(value: object, info: ValidationInfo) -> Calendars:
    default = _calendar(value, info)
    return Calendars(info.context.calendars.values() if info.context else (), default.name)


def is_settings_file(annotation: Any) -> bool:
    """Whether a parameter with this annotation gets what a file of the project's own states."""
    return isinstance(annotation, type) and issubclass(annotation, SettingsFile)


def _own_file(shape: type[SettingsFile], value: object, info: ValidationInfo) -> Any:
    """What the file states; None for a file that could not be read, which is a finding of its own."""
    files = info.context.own_files if info.context else {}
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a file is named")
    found = files.get(value)
    if value not in files or not (found is None or isinstance(found, shape)):
        known = [name for name, one in files.items() if isinstance(one, shape)]
        raise PydanticCustomError("unknown_file", "no such file", {"name": value, "known": known})
    return found


def _source(value: object, info: ValidationInfo) -> str:
    sources = info.context.sources if info.context else None
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a source is named")
    if sources is not None and value not in sources:
        raise PydanticCustomError("unknown_source", "no such source", {"name": value, "known": list(sources)})
    return value


def _in_folder(path: Path, info: ValidationInfo) -> Path:
    return info.context.folder / path if info.context else path


def _function(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("callable_type", "a function is named")
    try:
        target = resolve(value)
    except Mismatch as mismatch:
        raise PydanticCustomError("unresolved", "no such function", {"fault": mismatch.faults[0]}) from None
    if not callable(target):
        raise PydanticCustomError("not_callable", "not a function", {"name": value})
    return target


_TABLE = Annotated[Any, PlainValidator(_table)]
_SOURCE = Annotated[Any, PlainValidator(_source)]
_FUNCTION = Annotated[Any, PlainValidator(_function)]
_PATH = Annotated[Path, AfterValidator(_in_folder)]
_CALENDAR = Annotated[Any, PlainValidator(_calendar)]
_CALENDARS = Annotated[Any, PlainValidator(_calendars)]


def _forms() -> Iterator[tuple[Any, Any]]:
    """The types that have a form of their own in files, with its validator."""
    yield from ((Table, _TABLE), (SourceName, _SOURCE), (Calendar, _CALENDAR), (Calendars, _CALENDARS))
    yield from ((timedelta, Duration), (int, Count), (Path, _PATH))
