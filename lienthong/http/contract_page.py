"""`/asyncapi`: the contract of subscribers as one plain page. It runs no script and loads nothing."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from lienthong.configuration.reader_schemas import PERSONAL_DATA
from lienthong.http.page_shapes import as_json, kind, table
from lienthong.http.pages import STYLE

_HEAD = ("Field", "Type", "Always there", "Personal data", "Meaning")


def render_contract(document: Mapping[str, Any], *, recording: bool) -> str:
    """The page for an AsyncAPI document of ours. Everything in it is text."""
    info, schemas = document["info"], document["components"]["schemas"]
    messages = {name: one for name, one in document["components"]["messages"].items() if "x-schema" in one}
    mark = '<p class="mark">Bản ghi · Recording</p>' if recording else ""
    title = f"{escape(info['title'])} {escape(info['version'])}: events"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>{mark}<h1>{title}</h1>"
        f"<pre>{escape(info['description'])}</pre>"
        '<p>AsyncAPI 3.0: <a href="/v1/asyncapi.json"><code>/v1/asyncapi.json</code></a></p>'
        f"{_contents(document, messages)}<h2>Every event</h2>{_fields(schemas['CloudEvent'])}"
        f"{''.join(_types(document, messages, schemas))}{_own_queue(document)}"
        f"{''.join(_webhook(document))}</main></body></html>"
    )


def _contents(document: Mapping[str, Any], messages: Mapping[str, Any]) -> str:
    rows = [
        (
            f'<a href="#type-{escape(name)}"><code>{escape(name)}</code></a>{_deprecated(one)}',
            escape(document["channels"][name]["description"]),
        )
        for name, one in messages.items()
    ]
    return table(("Type, which is the routing key", "What announces it"), rows)


def _deprecated(about: Mapping[str, Any]) -> str:
    stated = about.get("x-deprecation")
    if stated is None:
        return ""
    sunset = f", announced until {escape(stated['sunset'])}" if "sunset" in stated else ""
    return (
        f" <strong>deprecated</strong> since {escape(stated['since'])}; see <code>{escape(stated['successor'])}</code>"
        f"{sunset}"
    )


def _types(document: Mapping[str, Any], messages: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    for name, one in messages.items():
        yield f'<h2 id="type-{escape(name)}"><code>{escape(name)}</code></h2><p>{_deprecated(one)}</p>'
        exchange = document["channels"][name]["bindings"]["amqp"]["exchange"]["name"]
        commands = "\n".join(document["channels"][name]["x-lienthong-queue"]["rabbitmqadmin"])
        yield (
            f"<p>Exchange <code>{escape(exchange)}</code>, routing key <code>{escape(name)}</code>, "
            f'<a href="{escape(one["x-schema"])}">JSON Schema of <code>data</code></a></p><pre>{escape(commands)}</pre>'
        )
        for schema_name, schema in schemas.items():
            if schema_name == name or (schema_name.startswith(f"{name}.") and schema_name != f"{name}.event"):
                yield f'<h3 id="{escape(schema_name)}"><code>{escape(schema_name)}</code></h3>{_fields(schema)}'
        for example in one.get("examples", ()):
            yield as_json(example["payload"])


def _fields(schema: Mapping[str, Any]) -> str:
    about = f'<p class="text">{escape(schema["description"])}</p>' if schema.get("description") else ""
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(name)}</code>",
            kind(field) + _deprecated(field),
            "yes" if name in required else "",
            escape(field.get(PERSONAL_DATA, "")),
            escape(field.get("description", "")),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    return about + (table(_HEAD, rows) if rows else as_json(schema))


def _own_queue(document: Mapping[str, Any]) -> str:
    channel = document["channels"].get("subscription-queue")
    if channel is None:
        return ""
    return (
        f"<h2>{escape(channel['title'])}</h2><p><code>{escape(channel['address'])}</code></p>"
        f"<p>{escape(channel['description'])}</p>"
    )


def _webhook(document: Mapping[str, Any]) -> Iterator[str]:
    channel = document["channels"].get("webhook")
    if channel is None:
        return
    headers = document["components"]["messages"]["webhook-batch"]["headers"]
    yield f"<h2>{escape(channel['title'])}</h2><p>{escape(channel['description'])}</p>{_fields(headers)}"
