"""What `/docs` shows of shapes: their fields, and examples that the interface itself accepts."""

import re
from typing import Any

from lienthong.http.page_shapes import example, kind, shape
from lienthong.http.service import Service
from tests.serving import scopes_of
from tests.unit.http.conftest import Caller, add, open_app


def test_the_example_of_every_question_is_accepted(service: Service) -> None:
    call = Caller(open_app(service))
    document = call("GET", "/v1/openapi.json").json()
    headers = {"Authorization": f"Bearer {add(service, 'reader', *scopes_of(document))}"}
    schemas = document["components"]["schemas"]
    asked = 0
    for path, operations in document["paths"].items():
        content = operations.get("post", {}).get("requestBody", {}).get("content", {})
        if schema := content.get("application/json", {}).get("schema"):
            body = example(schema, schemas)
            reply = call("POST", re.sub(r"\{\w+\}", "A-1", path), json=body, headers=headers)
            # The national store is not there in this test, and nothing was looked up there before.
            answered = (200, 404, 503) if path.startswith("/v1/national-documents/") else (200, 201, 404)
            not_looked_up = path.endswith("/fetch") and "chưa tra cứu thấy tệp này" in reply.text
            assert reply.status_code in answered or not_looked_up, (path, body, reply.text)
            asked += 1
    assert asked >= 7


def test_a_shape_is_a_table_of_its_fields() -> None:
    schema = {
        "properties": {
            "code": {"type": "string", "description": "The <code>."},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
            "how": {"anyOf": [{"enum": ["post", "online"]}, {"type": "null"}]},
        },
        "required": ["code"],
    }
    shown = shape(schema)
    assert "<td><code>code</code></td><td>string</td><td>yes</td><td>The &lt;code&gt;.</td>" in shown
    assert '<td>list of <a href="#Part"><code>Part</code></a></td><td></td>' in shown
    assert kind(schema["properties"]["how"]) == "<code>&quot;post&quot;</code>, <code>&quot;online&quot;</code> or null"


def test_shapes_that_contain_each_other_have_an_end() -> None:
    schemas: dict[str, Any] = {
        "Unit": {"properties": {"parent": {"$ref": "#/components/schemas/Unit"}}, "required": ["parent"]}
    }
    assert str(example({"$ref": "#/components/schemas/Unit"}, schemas)).count("parent") < 20
