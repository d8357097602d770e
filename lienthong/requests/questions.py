"""Reading what is asked: JSON, the path and the query become the fields of one question, with every fault at once."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from lienthong.data.input_faults import input_fault
from lienthong.data.sound_data import is_whole, writable
from lienthong.errors import LienthongError
from lienthong.messages import message
from lienthong.settings import FILE_FIELD

Place = Literal["body", "path", "query"]

Fault = tuple[str, str]
"""Where: a JSON Pointer into the body, `path/NAME` or `query/NAME`; and a sentence. No value: it may be personal."""


class InvalidQuestion(LienthongError):  # noqa: N818 - reads as a statement
    """What was asked is not a question of this request. `faults` has all that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{pointer}: {why}" for pointer, why in faults))
        self.faults = faults


class Questions:
    """Reads the questions of one request.

    - A field comes from one place: from the path if that names it, else from the body; of a GET, else from the query.
    - Unknown fields are refused, whatever the model states, so that a mistyped optional field is noticed.
    - `read` gives the fields as JSON values, defaults included. Raises `InvalidQuestion`.
    """

    def __init__(self, model: type[BaseModel], *, path_fields: Iterable[str] = (), in_query: bool = False) -> None:
        self.model = model
        self._path_fields = frozenset(path_fields)
        self._in_query = in_query
        self._lists = frozenset(_list_fields(model)) if in_query else frozenset()

    def read(
        self, body: bytes, path: Mapping[str, str] | None = None, query: Sequence[tuple[str, str]] = ()
    ) -> dict[str, Any]:
        if self._in_query:
            return self._validated(orjson.dumps({**self._query_fields(query), **(path or {})}))
        if query:
            raise InvalidQuestion([_unknown_parameter(name) for name, _ in query])
        if not self._path_fields:
            return self._validated(body)
        return self._validated(self._with_path(body, path or {}))

    def read_form(
        self, metadata: bytes, file: Mapping[str, Any], path: Mapping[str, str], faults: Sequence[Fault] = ()
    ) -> dict[str, Any]:
        """The question of a form: the fields of its metadata, and the file. `faults`: what is wrong with the form."""
        known = {**path, FILE_FIELD: file}
        try:
            found = self._validated(self._with_path(metadata, known))
        except InvalidQuestion as invalid:
            of_file = f"/{FILE_FIELD}/"
            more = [fault for fault in invalid.faults if not (faults and fault[0].startswith(of_file))]
            raise InvalidQuestion([*faults, *more]) from None
        if faults:
            raise InvalidQuestion(faults)
        return found

    def _query_fields(self, query: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
        counts = Counter(name for name, _ in query)
        faults = [_unknown_parameter(name) for name in counts if name in self._path_fields]
        twice = message("it is given more than once")
        faults += [(f"query/{name}", twice) for name, count in counts.items() if count > 1 and name not in self._lists]
        if faults:
            raise InvalidQuestion(faults)
        found: dict[str, Any] = {}
        for name, value in query:
            if name in self._lists:
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found

    def _with_path(self, body: bytes, path: Mapping[str, Any]) -> bytes:
        """The body with the fields of the path. A body that is no object stays, and validation refuses it."""
        try:
            fields = from_json(body) if body else {}
        except ValueError:
            return body
        if not isinstance(fields, dict):
            return body
        twice = [
            (f"/{name}", message("it is the part `file`") if name == FILE_FIELD else message("it stands in the path"))
            for name in path
            if name in fields
        ]
        if twice:
            raise InvalidQuestion(twice)
        try:
            return orjson.dumps({**fields, **path})
        except TypeError:  # a number that JSON has and orjson does not write
            _, fault = writable(fields)
            raise InvalidQuestion([(_pointer(fault.field), fault.why) if fault else ("", "")]) from None

    def _validated(self, json: bytes) -> dict[str, Any]:
        try:
            found = self.model.model_validate_json(json, extra="forbid")
        except ValidationError as error:
            raise InvalidQuestion([self._fault(each) for each in error.errors(include_url=False)]) from None
        data = found.model_dump(mode="json")
        if not _can_travel(data):
            _, fault = writable(data)
            if fault is not None:
                raise InvalidQuestion([(_pointer(fault.field), fault.why)])
        return data

    def _fault(self, error: Any) -> Fault:
        if error["type"] == "json_invalid":
            return "", message("it is not JSON: {why}", why=str(error.get("ctx", {}).get("error", "")))
        steps = [str(step).replace("~", "~0").replace("/", "~1") for step in error["loc"]]
        first = str(error["loc"][0]) if error["loc"] else ""
        place = "path" if first in self._path_fields else "query" if self._in_query else ""
        return place + "".join(f"/{step}" for step in steps), input_fault(error)


def field_pointer(field: str | None) -> str:
    """The pointer of a field that a step named: `components[0].code` becomes `/components/0/code`."""
    return _pointer(field or "")


def _pointer(field: str) -> str:
    steps = field.replace("~", "~0").replace("/", "~1").replace("[", ".").replace("]", "").split(".")
    return "".join(f"/{step}" for step in steps if step)


def _unknown_parameter(name: str) -> Fault:
    return f"query/{name}", message("there is no such parameter")


def _can_travel(value: Any) -> bool:
    """Whether JSON, as it is kept and sent, can carry every number. Texts were checked by the reader of JSON."""
    if isinstance(value, dict):
        return all(map(_can_travel, value.values()))
    if isinstance(value, list):
        return all(map(_can_travel, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or is_whole(value)


def _list_fields(model: type[BaseModel]) -> Iterable[str]:
    for name, shape in model.model_json_schema().get("properties", {}).items():
        if any(one.get("type") == "array" for one in (shape, *shape.get("anyOf", ()))):
            yield name
