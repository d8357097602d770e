"""The AsyncAPI 3.0 document: a channel for each event type on RabbitMQ, one for webhooks, and every schema.

The same types give the same document, byte for byte.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import __version__
from lienthong.envelope import CONTENT_TYPE
from lienthong.subscriptions.asyncapi.announced_type import AnnouncedType
from lienthong.subscriptions.asyncapi.envelope_schema import ENVELOPE, data_schemas, event_schema
from lienthong.subscriptions.asyncapi.own_queue import own_queue_channel, own_queue_message, own_queue_operation
from lienthong.subscriptions.asyncapi.webhooks import webhook_channel, webhook_messages, webhook_operation
from lienthong.topology import EXCHANGE

AMQP_BINDING = "0.3.0"

DESCRIPTION = """Events of the integration bus of a province.

- **What comes.** CloudEvents 1.0 in the JSON format, in batches of events of one type. The AMQP binding of CloudEvents
  is for AMQP 1.0; over AMQP 0-9-1 the media type of the message states that it is a batch.
- **What is promised.** Every announced event comes at least once. It may come again (same `id`), late, and out of
  order. A type never changes in a way that breaks its readers: such a change is a new type, which is announced beside
  the old one. Fields and attributes may be added: pass over those you do not know.
- **How it comes.** By a subscription: a queue that the bus makes for you, a webhook, or `GET /v1/events`. Or bind a
  durable queue of your own to the exchange: the bus declares the exchange only, and what was announced before does not
  come.
- **By HTTP.** `/v1/openapi.json` describes what there is to call.
- **Personal data.** Fields with `x-personal-data` hold personal data of that kind.
"""

RECORDING = "**This is a recording:** what is announced was invented or played."


def make_asyncapi(types: Sequence[AnnouncedType], *, recording: bool = False) -> dict[str, Any]:
    """The document for these types, in this order."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Lienthong (recording)" if recording else "Lienthong",
            "version": __version__,
            "description": f"{RECORDING}\n\n{DESCRIPTION}" if recording else DESCRIPTION,
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": _servers(),
        "channels": {
            **{one.name: _channel(one) for one in types},
            **own_queue_channel(types),
            **webhook_channel(types),
        },
        "operations": {
            **{f"announce-{one.name}": _operation(one) for one in types},
            **own_queue_operation(types),
            **webhook_operation(types),
        },
        "components": {
            "schemas": _schemas(types),
            "messages": {
                **{one.name: _message(one) for one in types},
                **own_queue_message(types),
                **webhook_messages(types),
            },
        },
    }


def _servers() -> dict[str, Any]:
    return {
        "rabbitmq": {
            "host": "{broker}",
            "protocol": "amqp",
            "protocolVersion": "0-9-1",
            "description": "RabbitMQ. The operator states its address, and gives you a user and a queue.",
            "variables": {"broker": {"default": "localhost:5672", "description": "Its name and port."}},
            "security": [{"type": "userPassword", "description": "The user of your system on RabbitMQ."}],
        },
        "receiver": {
            "host": "{receiver}",
            "protocol": "https",
            "description": "Your own server, which takes webhooks.",
            "variables": {"receiver": {"default": "receiver.example", "description": "Its name."}},
        },
    }


def _channel(one: AnnouncedType) -> dict[str, Any]:
    return {
        "address": one.name,
        "title": one.name,
        "description": "\n".join(f"From the route `{name}`: {about}" for name, about in one.routes.items()),
        "servers": [{"$ref": "#/servers/rabbitmq"}],
        "messages": {"batch": {"$ref": f"#/components/messages/{one.name}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": AMQP_BINDING,
            }
        },
        "x-lienthong-queue": _queue_of_ones_own(one.name),
    }


def _queue_of_ones_own(routing_key: str) -> dict[str, Any]:
    """How a queue is declared and bound: the binding of AMQP cannot state it."""
    binding = {"source": EXCHANGE, "destination": "YOUR-QUEUE", "routing_key": routing_key}
    return {
        "declare": {
            "name": "YOUR-QUEUE",
            "durable": True,
            "arguments": {"x-queue-type": "quorum", "x-max-length": 1_000_000, "x-overflow": "drop-head"},
        },
        "bind": binding,
        "rabbitmqadmin": [
            "rabbitmqadmin declare queue name=YOUR-QUEUE durable=true"
            ' arguments=\'{"x-queue-type":"quorum","x-max-length":1000000,"x-overflow":"drop-head"}\'',
            f"rabbitmqadmin declare binding source={EXCHANGE} destination=YOUR-QUEUE routing_key={routing_key}",
        ],
    }


def _operation(one: AnnouncedType) -> dict[str, Any]:
    return {
        "action": "send",
        "title": f"{one.name} is announced",
        "channel": {"$ref": f"#/channels/{one.name}"},
        "messages": [{"$ref": f"#/channels/{one.name}/messages/batch"}],
        "bindings": {"amqp": {"deliveryMode": 2, "mandatory": False, "bindingVersion": AMQP_BINDING}},
    }


def _message(one: AnnouncedType) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": one.name,
        "title": f"Events of the type {one.name}",
        "contentType": CONTENT_TYPE,
        "payload": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": f"#/components/schemas/{one.name}.event"},
        },
        "bindings": {"amqp": {"bindingVersion": AMQP_BINDING}},
        "examples": [
            {"name": f"example-{number}", "payload": [example]} for number, example in enumerate(one.examples, 1)
        ],
        "x-schema": f"/v1/schemas/{one.name}.json",
    }
    if not one.examples:
        del found["examples"]
    return found if one.deprecation is None else found | {"x-deprecation": dict(one.deprecation.as_json())}


def _schemas(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    found: dict[str, Any] = {"CloudEvent": dict(ENVELOPE)}
    for one in types:
        reference: Mapping[str, Any] = {"$ref": f"#/components/schemas/{one.name}"}
        found |= data_schemas(one.name, one.schema)
        found[f"{one.name}.event"] = event_schema(one.name, reference, list(one.sources))
    return found
