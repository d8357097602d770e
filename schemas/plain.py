"""Reading wire data as what it plainly is: a list of one that came as an object, a value inside a list, and so on.

What a field is to be (a value, an object, a list of objects) is taken from its `WireShape`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import is_
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from lienthong.connectors.protocols.lists import list_of, object_of, value_of
from schemas.shapes import WireShape


class Plain(NamedTuple):
    """The data with every field of the shape in its plain form. `unclear` are the paths of fields that have none.

    An unclear object or list is None; an unclear value stays as it came.
    """

    data: Mapping[str, Any]
    unclear: frozenset[str]


_NESTED = frozenset({dict, list})
_NOTHING: frozenset[str] = frozenset()


class _Layout(NamedTuple):
    """What a shape has inside: by field, the layout of an object there and of the objects in a list there.

    `only_lists` are the fields that cannot be a single value.
    """

    fields: frozenset[str]
    objects: Mapping[str, "_Layout"]
    lists: Mapping[str, "_Layout"]
    only_lists: frozenset[str]


_Reader = Callable[[Any, str, set[str]], Any]
"""Of a list or object, the plain form. It adds the path to the set when there is none."""


def plain(shape: type[WireShape], data: Mapping[str, Any]) -> Plain:
    """The plain form of data. It is the same object when all of it is plain, which is the usual case."""
    if _is_plain_already(_layout(shape), data):
        return Plain(data, _NOTHING)
    unclear: set[str] = set()
    return Plain(_read_object(shape, data, "", unclear), frozenset(unclear))


def _is_plain_already(layout: _Layout, data: Mapping[str, Any]) -> bool:
    """Whether nothing is to be changed, and nothing unclear. It costs a fraction of reading, and events are many."""
    for name, value in data.items():
        if value.__class__ is dict:
            inner = layout.objects.get(name)
            if name in layout.fields and (inner is None or "0" in value or not _is_plain_already(inner, value)):
                return False
        elif value.__class__ is list:
            inner = layout.lists.get(name)
            if name in layout.fields and (inner is None or not _are_plain_already(inner, value)):
                return False
        elif value is not None and name in layout.only_lists:
            return False
    return True


def _are_plain_already(layout: _Layout, elements: list[Any]) -> bool:
    for element in elements:
        if element.__class__ is not dict or "0" in element or not _is_plain_already(layout, element):
            return False
    return True


@cache
def _layout(shape: type[WireShape]) -> _Layout:
    objects: dict[str, _Layout] = {}
    lists: dict[str, _Layout] = {}
    for name, field in shape.model_fields.items():
        for kind in _members(field.annotation):
            inner = get_args(kind)[0] if get_origin(kind) is list else kind
            if isinstance(inner, type) and issubclass(inner, WireShape):
                (objects if inner is kind else lists)[name] = _layout(inner)
    return _Layout(frozenset(shape.model_fields), objects, lists, _plan(shape)[1])


def _read_object(shape: type[WireShape], data: Mapping[str, Any], path: str, unclear: set[str]) -> Mapping[str, Any]:
    readers, lists = _plan(shape)
    changed: dict[str, Any] = {}
    for name, value in data.items():
        # A single value is as plain as it can be, except where a list is due.
        if value.__class__ not in _NESTED and (name not in lists or value is None):
            continue
        if (reader := readers.get(name)) is not None and (
            found := reader(value, f"{path}{name}", unclear)
        ) is not value:
            changed[name] = found
    return {**data, **changed} if changed else data


def _read_value(value: Any, path: str, unclear: set[str]) -> Any:
    found = value_of(value)
    if found.__class__ in _NESTED:
        unclear.add(path)
        return value
    return found


def _object_reader(shape: type[WireShape]) -> _Reader:
    def read(value: Any, path: str, unclear: set[str]) -> Any:
        found = value if _is_plain(value) else object_of(value)
        if found is not None:
            return _read_object(shape, found, f"{path}.", unclear)
        single = value_of(value)
        if single.__class__ in _NESTED and single:
            unclear.add(path)
            return None
        return single  # a name alone, where an object with a name is due

    return read


def _list_reader(shape: type[WireShape]) -> _Reader:
    def read(value: Any, path: str, unclear: set[str]) -> Any:
        inside = f"{path}."
        if isinstance(value, list) and all(map(_is_plain, value)):
            found = [_read_object(shape, element, inside, unclear) for element in value]
            return value if all(map(is_, found, value)) else found
        elements = [] if value == "" else list_of(value, shape.model_fields)
        if elements is None:
            unclear.add(path)
            return None
        objects = [object_of(element) for element in elements]
        if any(element is None and raw not in (None, "") for element, raw in zip(objects, elements, strict=True)):
            unclear.add(path)
        return [_read_object(shape, element, inside, unclear) for element in objects if element is not None]

    return read


def _or_value(reader: _Reader) -> _Reader:
    """For a field that is a single value in some records."""

    def read(value: Any, path: str, unclear: set[str]) -> Any:
        if value.__class__ not in _NESTED:
            return value
        first = value[0] if isinstance(value, list) and value else value
        found = value if _is_plain(first) else value_of(value)
        return reader(found, path, unclear) if found.__class__ in _NESTED else found

    return read


def _is_plain(value: Any) -> bool:
    """Whether it is an object whose keys are names. The usual case, so it is found out quickly."""
    return value.__class__ is dict and "0" not in value


@cache
def _plan(shape: type[WireShape]) -> tuple[Mapping[str, _Reader], frozenset[str]]:
    """The readers of the fields, and the fields that are lists and nothing else."""
    kinds = {name: _reader(field.annotation) for name, field in shape.model_fields.items()}
    return {name: reader for name, (reader, _) in kinds.items()}, frozenset(
        name for name, (_, is_list) in kinds.items() if is_list
    )


def _reader(annotation: Any) -> tuple[_Reader, bool]:
    """The reader of a field, and whether the field is a list and nothing else."""
    kinds = [kind for kind in _members(annotation) if kind is not type(None)]
    for kind in kinds:
        inner = get_args(kind)[0] if get_origin(kind) is list else kind
        if isinstance(inner, type) and issubclass(inner, WireShape):
            is_list = inner is not kind
            reader = _list_reader(inner) if is_list else _object_reader(inner)
            return (reader, is_list) if len(kinds) == 1 else (_or_value(reader), False)
    return _read_value, False


def _members(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [member for part in get_args(annotation) for member in _members(part)]
    return [annotation]
