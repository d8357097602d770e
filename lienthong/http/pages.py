"""`/docs`: the OpenAPI document as one plain page. It is written here, runs no script and loads nothing."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from lienthong.http.page_shapes import Schemas, as_json, example, kind, shape, table

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:"
    "#fff}code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f3f4f6;padding:.75rem;overflow:auto}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #c9ccd1;padding:.3rem .6rem;text-align:left;"
    "vertical-align:top}h2{border-top:2px solid #1a1a1a;padding-top:1rem}.mark{background:#8a1c00;color:#fff;padding:"
    ".5rem}.text{white-space:pre-line}"
)

POLICY = (
    "default-src 'none'; frame-ancestors 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""The page's Content-Security-Policy: its one style, and nothing else."""


def render_page(document: Mapping[str, Any], *, recording: bool) -> str:
    """The page for a document. Everything in it is text."""
    info = document["info"]
    schemas = document.get("components", {}).get("schemas", {})
    mark = '<p class="mark">Bản ghi · Recording</p>' if recording else ""
    shapes = "".join(
        f'<h3 id="{escape(name)}"><code>{escape(name)}</code></h3>{shape(schema)}' for name, schema in schemas.items()
    )
    title = f"{escape(info['title'])} {escape(info['version'])}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{mark}<h1>{title}</h1>"
        f"<pre>{escape(info['description'])}</pre>"
        f'<p>OpenAPI 3.1: <a href="/v1/openapi.json"><code>/v1/openapi.json</code></a></p>'
        f"{_contents(document)}{''.join(_operations(document, schemas))}<h2>Shapes</h2>{shapes}</main></body></html>"
    )


def _each(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", f"{method}{path}", operation


def _contents(document: Mapping[str, Any]) -> str:
    rows = [
        (f'<a href="#{escape(anchor)}"><code>{escape(name)}</code></a>', escape(operation.get("summary", "")))
        for name, anchor, operation in _each(document)
    ]
    return table(("Call", "What for"), rows)


def _operations(document: Mapping[str, Any], schemas: Schemas) -> Iterator[str]:
    for name, anchor, operation in _each(document):
        yield f'<h2 id="{escape(anchor)}"><code>{escape(name)}</code></h2>'
        yield f"<p>{escape(operation.get('summary', ''))}</p>"
        if operation.get("description"):
            yield f'<p class="text">{escape(operation["description"])}</p>'
        if operation.get("parameters"):
            rows = [
                (f"<code>{escape(one['name'])}</code>", escape(one["in"]), escape(one.get("description", "")))
                for one in operation["parameters"]
            ]
            yield table(("Parameter", "In", "Meaning"), rows)
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield _body(media, content.get("schema", {}), schemas)
        replies = sorted(operation["responses"].items())
        yield table(("Status", "Meaning", "Shape"), [_reply(status, reply) for status, reply in replies])


def _body(media: str, schema: Mapping[str, Any], schemas: Schemas) -> str:
    """What is sent: its media type, its shape or fields, and an example."""
    if schema.get("format") == "binary":
        return f"<h3>Body: {escape(media)}</h3>"
    described = f"<p>{kind(schema)}</p>" if "$ref" in schema else shape(schema)
    return f"<h3>Body: {escape(media)}</h3>{described}{as_json(example(schema, schemas))}"


def _reply(status: str, reply: Mapping[str, Any]) -> tuple[str, ...]:
    named = [
        f"{escape(media)} {kind(content['schema']) if content.get('schema') else ''}".strip()
        for media, content in reply.get("content", {}).items()
    ]
    return escape(status), escape(reply.get("description", "")), ", ".join(named)
