"""Data of a shape without pydantic, for values that have exactly the types of their fields already.

Pydantic would only look at such values and write their moments as text. Every event pays for it; this takes a third.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import orjson
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lienthong import Personal

_REMEMBERED = 4_096
"""Sets of types that are remembered of a shape, at most. There are as many as combinations of missing values."""

_SIMPLE = frozenset({str, int, bool, datetime, NoneType})


class ExactTypes:
    """What is exact for one shape: None, texts, numbers, truth values, instants, and texts from a list.

    A value inside an object, or one with a rule of its own, never is.
    """

    def __init__(self, shape: type[BaseModel]) -> None:
        fields = shape.model_fields
        self._has_rules = bool(
            shape.__pydantic_decorators__.field_validators or shape.__pydantic_decorators__.model_validators
        )
        self._required = {name for name, field in fields.items() if field.is_required()}
        self._blank = {name: None if field.is_required() else field.default for name, field in fields.items()}
        self._types = {name: _types_of(field) for name, field in fields.items()}
        self._choices = {name: found for name, field in fields.items() if (found := _choices_of(field.annotation))}
        self._moments = [name for name, types in self._types.items() if datetime in types]
        self._texts = [name for name, field in fields.items() if field.annotation == tuple[str, ...]]
        self._left_out = {name: field.exclude_if for name, field in fields.items() if field.exclude_if is not None}
        self._exact: dict[tuple[Any, ...], bool] = {}

    def data_of(self, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values as JSON types, as `Shape.to_data` gives them; None unless they are exact."""
        types = (*values, *map(type, values.values()))
        is_exact = self._exact.get(types)
        if not (self._look(types, values) if is_exact is None else is_exact):
            return None
        for name, choices in self._choices.items():
            if values.get(name) not in choices:
                return None
        data = {**self._blank, **values}
        # orjson writes instants as pydantic does, and many at once in the time that one takes by itself.
        moments = orjson.loads(orjson.dumps([data[name] for name in self._moments], option=orjson.OPT_UTC_Z))
        data.update(zip(self._moments, moments, strict=True))
        for name in self._texts:
            if data[name] and not all(text.__class__ is str for text in data[name]):
                return None
            data[name] = list(data[name])
        for name, is_left_out in self._left_out.items():
            if is_left_out(data[name]):
                del data[name]
        return data

    def _look(self, types: tuple[Any, ...], values: Mapping[str, Any]) -> bool:
        """Whether values of these names and types are exact, which is remembered."""
        found = self._required <= values.keys() and all(
            value.__class__ in self._types.get(name, ()) for name, value in values.items()
        )
        if len(self._exact) < _REMEMBERED:
            self._exact[types] = found and not self._has_rules
        return found and not self._has_rules


def _types_of(field: FieldInfo) -> Collection[type]:
    """The types whose values pydantic would leave as they are."""
    if any(not isinstance(mark, Personal) for mark in field.metadata):
        return ()
    if field.annotation == tuple[str, ...]:
        return (list, tuple)
    found = set[type]()
    for kind in _members(field.annotation):
        if get_origin(kind) is Literal:
            found.add(str)
        elif kind in _SIMPLE:
            found.add(kind)
    return found


def _choices_of(annotation: Any) -> frozenset[Any] | None:
    """The values of a choice of texts, None where it may be; no choice: None."""
    members = _members(annotation)
    choices = [choice for kind in members if get_origin(kind) is Literal for choice in get_args(kind)]
    if not choices:
        return None
    return frozenset([*choices, None]) if NoneType in members else frozenset(choices)


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
