"""The shapes of requests in the document: names by the request, closed questions, and fields where they are sent."""

from dataclasses import replace
from typing import Any

from lienthong.http.request_shapes import RequestShapes
from tests.novel_request import NOTE, NOVELS, SHELF


def shapes() -> RequestShapes:
    return RequestShapes([NOVELS, NOTE, SHELF])


def described(name: str) -> Any:
    found = shapes()
    return found.describe(next(one for one in (NOVELS, NOTE, SHELF) if one.name == name))


def test_each_request_has_shapes_of_its_own_and_what_is_in_them_is_shared() -> None:
    assert set(shapes().schemas) == {
        *("NovelsQuestion", "NovelsAnswer", "NoteQuestion", "NoteAnswer", "ShelfQuestion", "ShelfAnswer"),
        "Place",
    }


def test_a_question_and_what_is_in_it_have_no_further_fields() -> None:
    schemas = shapes().schemas
    assert schemas["NovelsQuestion"]["additionalProperties"] is False
    assert schemas["Place"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["NovelsAnswer"]


def test_only_a_request_with_a_scope_can_refuse_a_client_that_lacks_it() -> None:
    assert 403 in described("novels")["responses"]
    assert 403 not in described("shelf")["responses"]


def test_an_open_request_needs_no_key_and_refuses_none() -> None:
    open_shelf = replace(SHELF, is_open=True)
    found = RequestShapes([open_shelf]).describe(open_shelf)
    assert found["openapi_extra"]["security"] == []
    assert not {401, 403} & found["responses"].keys()
    assert 401 in described("shelf")["responses"]


def test_a_field_in_the_path_is_not_in_the_body() -> None:
    extra = described("note")["openapi_extra"]
    body = extra["requestBody"]["content"]["application/json"]["schema"]
    assert [(one["name"], one["in"]) for one in extra["parameters"]] == [
        ("novel", "path"),
        ("Idempotency-Key", "header"),
    ]
    assert "novel" not in body["properties"]
    assert body["examples"] == [{}]


def test_the_fields_of_a_get_are_parameters() -> None:
    extra = described("shelf")["openapi_extra"]
    found = {one["name"]: (one["in"], one["required"]) for one in extra["parameters"]}
    assert found["number"] == ("path", True)
    assert found["weight"] == ("query", False)
    assert "requestBody" not in extra
