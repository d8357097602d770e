"""Schemas of annotations: of the keys of shapes, and of the parameters of the project's classes and functions."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator, WrapValidator
from pydantic.fields import FieldInfo

from lienthong.calendars.calendar import Calendar
from lienthong.calendars.choice import Calendars
from lienthong.configuration.json_schema import vocabulary as v
from lienthong.configuration.json_schema.annotation_parts import SCALARS, documentation, flatten, with_bounds
from lienthong.configuration.json_schema.condition_pattern import condition
from lienthong.configuration.json_schema.project_names import ProjectNames
from lienthong.configuration.json_schema.unions import union
from lienthong.configuration.json_schema.vocabulary import Schema
from lienthong.configuration.parameters import is_settings_file
from lienthong.configuration.shapes.fields import (
    ConditionText,
    DurationText,
    FileShape,
    NamedThing,
    NameOf,
    PatternText,
    RefusingValidator,
    Rung,
    ShortForm,
)
from lienthong.messages import message
from lienthong.ports import SourceName, Table

_LISTS: tuple[Any, ...] = (list, tuple, set, frozenset, Sequence, Set)
_MAPPINGS: tuple[Any, ...] = (dict, Mapping)
_CHANGING = (BeforeValidator, PlainValidator, WrapValidator)


@dataclass(frozen=True, slots=True)
class AnnotationSchema:
    """Makes schemas for one project. `substituted`: whether `${NAME}` is replaced in this kind of file.

    A type that is not known here has the schema `{}`, which accepts everything.
    """

    names: ProjectNames
    substituted: bool = True

    def of(self, annotation: Any, metadata: Iterable[Any] = (), within: frozenset[Any] = frozenset()) -> Schema:
        """The schema of a value of `annotation`. `within` has the models around it: none contains itself."""
        markers = list(flatten(metadata))
        if get_origin(annotation) is Annotated:
            inner, *more = get_args(annotation)
            return self.of(inner, [*more, *markers], within)
        marked = self._marked(annotation, markers, within)
        if marked is not None:
            return marked
        return with_bounds(self._plain(annotation, markers, within), markers)

    def _marked(self, annotation: Any, markers: Sequence[Any], within: frozenset[Any]) -> Schema | None:
        """The schema that one of the markers names."""
        for marker in reversed(markers):  # the outermost counts
            match marker:
                case ShortForm(key=key):
                    whole = self._plain(annotation, [], within)
                    return {"if": {"type": "object"}, "then": whole, "else": whole["properties"][key]}
                case ConditionText():
                    return condition()
            if (text := self._marked_text(marker)) is not None:
                return text
        refusing = any(isinstance(marker, RefusingValidator) for marker in markers)
        return {} if not refusing and any(isinstance(marker, _CHANGING) for marker in markers) else None

    def _marked_text(self, marker: Any) -> Schema | None:
        """The schema of a text that a marker names."""
        match marker:
            case NameOf(thing=thing):
                return v.choice(self.names.of(thing), substituted=self.substituted)
            case Rung():
                return v.rung(self.names.ladder)
            case DurationText(may_be_zero=may_be_zero):
                return v.duration_text(may_be_zero=may_be_zero, substituted=self.substituted)
            case PatternText(pattern=pattern):
                return v.text(f"^({pattern})$", substituted=self.substituted)
        return None

    def _plain(self, annotation: Any, markers: Sequence[Any], within: frozenset[Any]) -> Schema:
        scalar = self._scalar(annotation)
        if scalar is not None:
            return scalar
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            return self._union(arguments, markers, within)
        if origin in _LISTS or annotation in _LISTS:
            item = {} if origin is tuple and arguments[-1] is not ... else self._item(arguments, within)
            return v.array(item)
        if origin in _MAPPINGS or annotation in _MAPPINGS:
            return v.mapping({}, additional=self._item(arguments[1:], within) or True)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return {} if annotation in within else self.shape(annotation, within)
        return {}

    def _item(self, arguments: Sequence[Any], within: frozenset[Any]) -> Schema:
        return self.of(arguments[0], (), within) if arguments else {}

    def _scalar(self, annotation: Any) -> Schema | None:
        if (thing := _named_by(annotation)) is not None:
            return v.choice(self.names.of(thing), substituted=self.substituted)
        if annotation is Callable or get_origin(annotation) is Callable:
            return v.text(v.DOTTED_NAME, message("write package.module.function"), substituted=self.substituted)
        if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            return self._scalar(Literal[tuple(annotation)])
        if get_origin(annotation) is Literal:
            return v.choice(get_args(annotation), substituted=self.substituted)
        make = SCALARS.get(annotation) if isinstance(annotation, type) else None
        return None if make is None else make(self.substituted)

    def _union(self, members: Sequence[Any], markers: Sequence[Any], within: frozenset[Any]) -> Schema:
        may_be_null = NoneType in members
        members = [member for member in members if member is not NoneType]
        key = next((marker.discriminator for marker in markers if isinstance(marker, FieldInfo)), None)
        if isinstance(key, str) and all(isinstance(member, type) for member in members):
            schema = self._discriminated(key, members, within)
        else:
            schema = union([self.of(member, markers if len(members) == 1 else (), within) for member in members])
        return v.nullable(schema) if may_be_null else schema

    def _discriminated(self, key: str, members: Sequence[type[BaseModel]], within: frozenset[Any]) -> Schema:
        """A mapping in which the value of `key` chooses the shape."""
        branches = {
            value: self.of(member, (), within)
            for member in members
            for value in get_args(member.model_fields[key].annotation)
        }
        chooser = {key: v.choice(branches, substituted=False)}
        return v.mapping(chooser, required=[key], additional=True, allOf=v.by_value(key, branches))

    def shape(self, model: type[BaseModel], within: frozenset[Any] = frozenset()) -> Schema:
        """The schema of a mapping of the shape `model`."""
        if _reads_other_forms(model):
            return {}
        inside = within | {model}
        properties = {
            field.alias or name: {
                **self.of(field.annotation, [*field.metadata, field], inside),
                **(documentation(field) if issubclass(model, FileShape) else {}),
            }
            for name, field in model.model_fields.items()
        }
        required = [field.alias or name for name, field in model.model_fields.items() if field.is_required()]
        return v.mapping(properties, required=required, additional=model.model_config.get("extra") != "forbid")


def _named_by(annotation: Any) -> NamedThing | None:
    """The kind of file that a parameter with this annotation names in YAML; None if it names none."""
    if is_settings_file(annotation):
        return "settings file"
    return next((thing for kind, thing in _NAMED if annotation == kind), None)


_NAMED: Sequence[tuple[Any, NamedThing]] = (
    (Table, "table"),
    (Calendar, "calendar"),
    (Calendars, "calendar"),
    (SourceName, "source"),
)


def _reads_other_forms(model: type[BaseModel]) -> bool:
    """Whether the model has a validator of its own before its fields are looked at."""
    validators = model.__pydantic_decorators__.model_validators.values()
    return any(validator.info.mode != "after" for validator in validators)
