"""The requests in the OpenAPI document: the shapes of questions and answers, and what each path may reply."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic.json_schema import models_json_schema

from lienthong.configuration.names import schema_class
from lienthong.http.request_replies import KEY_HEADER, form_content, request_replies
from lienthong.runtime.requests import path_fields
from lienthong.settings import FILE_FIELD, RequestSettings

_REF = "#/components/schemas/"
_RESERVED = frozenset({"ClientBody", "FaultBody", "ProblemBody"})


class RequestShapes:
    """The schemas of all requests. A question is named after its request: `CounterChecksQuestion` of `counter-checks`.

    `schemas` are those of the document, by name.
    """

    def __init__(self, requests: Sequence[RequestSettings]) -> None:
        self._requests = {request.name: request for request in requests}
        models: dict[str, tuple[Any, Any]] = {}
        for request in requests:
            models[_name(request, "Question")] = (schema_class(request.accepts), "validation")
            models[_name(request, "Answer")] = (schema_class(request.answers), "serialization")
        found, whole = models_json_schema(list(dict.fromkeys(models.values())), ref_template=_REF + "{model}")
        self.schemas: dict[str, Any] = whole.get("$defs", {})
        self._refs = {name: found[model]["$ref"].removeprefix(_REF) for name, model in models.items()}
        self._rename()
        for request in requests:
            self._close(self._refs[_name(request, "Question")])

    def describe(self, request: RequestSettings) -> dict[str, Any]:
        """What FastAPI needs to know of a path."""
        replies = request_replies(request, _REF + self._refs[_name(request, "Answer")])
        summary, _, more = request.description.strip().partition("\n")
        within = f"Answered within {request.within.total_seconds():g} s, or 503."
        scope = f" Needs the scope `{request.scope}`." if request.scope else ""
        extra: dict[str, Any] = {
            "security": [] if request.is_open else [{"key": [request.scope] if request.scope else []}]
        }
        if parameters := self._parameters(request):
            extra["parameters"] = parameters
        if request.method == "POST":
            body = self._body(request)
            is_form = request.body == "multipart"
            content = form_content(request, body) if is_form else {"application/json": {"schema": body}}
            extra["requestBody"] = {"required": True, "content": content}
        return {
            "tags": ["requests"],
            "summary": summary or request.name,
            "description": f"{more.strip()}\n\n{within}{scope}".strip(),
            "operation_id": request.name,
            "responses": replies,
            "openapi_extra": extra,
        }

    def _parameters(self, request: RequestSettings) -> list[dict[str, Any]]:
        in_path = path_fields(request.path)
        shape = self.schemas[self._refs[_name(request, "Question")]]
        names = in_path if request.method == "POST" else tuple(dict.fromkeys((*in_path, *shape.get("properties", {}))))
        found = []
        for name in names:
            field = dict(shape.get("properties", {}).get(name, {"type": "string"}))
            text = field.pop("description", "")
            place = "path" if name in in_path else "query"
            required = place == "path" or name in shape.get("required", ())
            found.append({"name": name, "in": place, "required": required, "schema": field, "description": text})
        return [*found, KEY_HEADER] if request.method == "POST" else found

    def _body(self, request: RequestSettings) -> dict[str, Any]:
        """The question without what stands in the path, and without its file."""
        name = self._refs[_name(request, "Question")]
        in_path = (*path_fields(request.path), *((FILE_FIELD,) if request.body == "multipart" else ()))
        if not in_path:
            return {"$ref": _REF + name}
        shape = dict(self.schemas[name])
        shape["properties"] = {key: field for key, field in shape.get("properties", {}).items() if key not in in_path}
        shape["required"] = [key for key in shape.get("required", ()) if key not in in_path]
        if not shape["required"]:
            del shape["required"]
        if "examples" in shape:
            shape["examples"] = [
                {key: value for key, value in example.items() if key not in in_path} for example in shape["examples"]
            ]
        return shape

    def _rename(self) -> None:
        """Name questions and answers by their request, and no other schema as one of the interface's own."""
        names = {old: f"Project{old}" if old in _RESERVED else old for old in self.schemas}
        renamed = _with_refs(self.schemas, lambda ref: _REF + names[ref])
        inner = {ref for schema in renamed.values() for ref in _refs(schema)}
        outer = set(self._refs.values())
        kept = {names[old]: schema for old, schema in renamed.items() if old not in outer or names[old] in inner}
        of_requests = {new: deepcopy(renamed[old]) for new, old in self._refs.items()}
        self.schemas = kept | of_requests
        self._refs = {name: name for name in self._refs}

    def _close(self, name: str, seen: frozenset[str] = frozenset()) -> None:
        """State that a question, and what is in it, has no other fields."""
        schema = self.schemas[name]
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in _refs(schema):
            if inner not in seen:
                self._close(inner, seen | {name, inner})


def _name(request: RequestSettings, what: str) -> str:
    words = request.name.replace("_", "-").split("-")
    return "".join(word[:1].upper() + word[1:] for word in words) + what


def _with_refs(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: change(part.removeprefix(_REF))
            if key == "$ref" and isinstance(part, str)
            else _with_refs(part, change)
            for key, part in value.items()
        }
    return [_with_refs(part, change) for part in value] if isinstance(value, list) else value


def _refs(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key == "$ref" and isinstance(part, str):
                yield part.removeprefix(_REF)
            else:
                yield from _refs(part)
    elif isinstance(value, list):
        for part in value:
            yield from _refs(part)
