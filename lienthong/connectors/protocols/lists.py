"""Lists, objects and values as senders write them: XML on the way turns a list of one into an object, and so on.

Each function returns what a value plainly is, or None for what is not plain. Nothing is guessed.
"""

from collections.abc import Collection, Mapping
from typing import Any

_TEXT = "#text"
"""The key of the text of an XML element, in this project and in most others."""


def list_of(value: object, fields: Collection[str] = ()) -> list[Any] | None:
    """The list that `value` plainly is, None when it is none.

    - A list. A list whose only element is a list is that one.
    - An object keyed "0", "1", … is the list of its values in this order.
    - An object with one of `fields`, the fields of an element, is a list of one.
    - An object with a single key that holds a list or such an object is a wrapper around it: `{"item": [...]}`.
    - An object without keys is an empty list, as an empty element of XML is.
    """
    if isinstance(value, Mapping):
        return _list_of_object(value, fields)
    if not isinstance(value, list):
        return None
    nested = value[0] if len(value) == 1 else None
    is_wrapper = isinstance(nested, list) and nested and all(isinstance(element, Mapping) for element in nested)
    return nested if is_wrapper else value


def _list_of_object(value: Mapping[str, Any], fields: Collection[str]) -> list[Any] | None:
    if not value:
        return []
    if (numbered := _numbered(value)) is not None:
        return numbered
    if any(field in value for field in fields):
        return [value]
    (inner,) = value.values() if len(value) == 1 else (None,)
    return list_of(inner, fields) if inner else None


def object_of(value: object) -> Mapping[str, Any] | None:
    """The object that `value` plainly is: itself, or the only element of a list. None when it is none."""
    while (inner := _only(value)) is not None:
        value = inner
    return value if isinstance(value, Mapping) else None


def value_of(value: object) -> object:
    """The single value that `value` plainly is: itself, or the one inside a list of one or an element of XML.

    What is not plain is returned as it is: a list or an object.
    """
    while True:
        inner = _only(value)
        if inner is None and isinstance(value, Mapping) and len(value) == 1:
            inner = value.get(_TEXT)
        if inner is None:
            return value
        value = inner


def _only(value: object) -> object:
    """The only element of a list, or of an object keyed "0"; None when there is no such thing."""
    elements = _numbered(value) if isinstance(value, Mapping) else value
    return elements[0] if isinstance(elements, list) and len(elements) == 1 else None


def _numbered(value: Mapping[str, Any]) -> list[Any] | None:
    names = [str(number) for number in range(len(value))]
    return [value[name] for name in names] if names and all(name in value for name in names) else None
