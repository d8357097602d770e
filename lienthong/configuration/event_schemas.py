"""Events against the schemas of `types` of config/bus.yaml and of the requests, with complaints for operators."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from pydantic import ValidationError

from lienthong.configuration.names import schema_class
from lienthong.configuration.shapes.complaints import one_of, quoted_values
from lienthong.messages import Message, message, msgid
from lienthong.settings import OWN_FIELDS, Settings


def schema_of(settings: Settings) -> Callable[[str, Mapping[str, Any]], Sequence[str]]:
    """A function that lists what is wrong with data as an event of a type; nothing when it fits.

    Values never appear in it: they may be personal data. Of a question, what the engine adds to it is left out.
    """
    types = settings.bus.types
    questions = {request.type: request.accepts for request in settings.requests.values()}

    def faults(event_type: str, data: Mapping[str, Any]) -> Sequence[str]:
        if event_type in types:
            return _faults(types[event_type], data)
        if event_type not in questions:
            return [
                message(
                    "there is no schema for events of type {type} (key `types` of config/bus.yaml)", type=event_type
                )
            ]
        asked = {name: value for name, value in data.items() if name not in OWN_FIELDS}
        return _faults(questions[event_type], asked)

    return faults


def _faults(schema: str, data: Mapping[str, Any]) -> Sequence[str]:
    try:
        schema_class(schema).model_validate_json(orjson.dumps(data))
    except ValidationError as error:
        return [_sentence(details["loc"], details["type"], details.get("ctx", {})) for details in error.errors()]
    return []


def _sentence(path: Sequence[str | int], kind: str, context: Mapping[str, Any]) -> Message:
    field = ".".join(map(str, path))
    if kind == "literal_error":
        return message(
            "field `{field}` must be {values}", field=field, values=one_of(quoted_values(context["expected"]))
        )
    return message(_SENTENCES.get(kind, msgid("field `{field}` is not valid")), field=field)


_SENTENCES = {
    "missing": msgid("field `{field}` is missing"),
    "extra_forbidden": msgid("field `{field}` is not in the schema"),
    "string_type": msgid("field `{field}` must be text"),
    "bool_type": msgid("field `{field}` must be true or false"),
    "int_type": msgid("field `{field}` must be a whole number"),
    "int_parsing": msgid("field `{field}` must be a whole number"),
    "datetime_parsing": msgid("field `{field}` is not a date and time"),
    "datetime_from_date_parsing": msgid("field `{field}` is not a date and time"),
    "datetime_type": msgid("field `{field}` is not a date and time"),
    "tuple_type": msgid("field `{field}` must be a list"),
    "model_type": msgid("field `{field}` must be an object"),
}
"""By pydantic's type of error."""
