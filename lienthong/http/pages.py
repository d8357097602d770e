"""`/docs`: the OpenAPI document as one plain page. It is written here, runs no script and loads nothing."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:"
    "#fff}code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f3f4f6;padding:.75rem;overflow:auto}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #c9ccd1;padding:.3rem .6rem;text-align:left;"
    "vertical-align:top}h2{border-top:2px solid #1a1a1a;padding-top:1rem}.mark{background:#8a1c00;color:#fff;padding:"
    ".5rem}"
)

POLICY = (
    "default-src 'none'; frame-ancestors 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""The page's Content-Security-Policy: its one style, and nothing else."""


def render_page(document: Mapping[str, Any], *, recording: bool) -> str:
    """The page for a document. Everything in it is text."""
    info = document["info"]
    mark = '<p class="mark">Bản ghi · Recording</p>' if recording else ""
    body = "".join(_operations(document))
    shapes = "".join(
        f'<h3 id="{escape(name)}"><code>{escape(name)}</code></h3>{_json(shape)}'
        for name, shape in document.get("components", {}).get("schemas", {}).items()
    )
    title = f"{escape(info['title'])} {escape(info['version'])}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{mark}<h1>{title}</h1>"
        f"<pre>{escape(info['description'])}</pre>"
        f'<p>OpenAPI 3.1: <a href="/v1/openapi.json"><code>/v1/openapi.json</code></a></p>{body}'
        f"<h2>Shapes</h2>{shapes}</main></body></html>"
    )


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
            yield f"<p>{escape(operation.get('summary', ''))}</p>"
            if operation.get("description"):
                yield f"<p>{escape(operation['description'])}</p>"
            if operation.get("parameters"):
                yield _table(
                    ("Parameter", "In", "Meaning"),
                    [(one["name"], one["in"], one.get("description", "")) for one in operation["parameters"]],
                )
            if operation.get("requestBody"):
                yield f"<h3>Body</h3>{_json(operation['requestBody'].get('content', {}))}"
            replies = operation["responses"].items()
            yield _table(("Status", "Meaning", "Shape"), [(*_reply(status, reply),) for status, reply in replies])


def _reply(status: str, reply: Mapping[str, Any]) -> tuple[str, str, str]:
    kinds = reply.get("content", {})
    shapes = (content.get("schema", {}).get("$ref", "").rpartition("/")[2] for content in kinds.values())
    named = [f"{kind} {shape}".strip() for kind, shape in zip(kinds, shapes, strict=True)]
    return status, reply.get("description", ""), ", ".join(named)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _json(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=1))}</pre>"
