"""The queue of a subscription in the AsyncAPI document: made by the bus, read by its subscriber alone."""

from collections.abc import Sequence
from typing import Any

from lienthong.envelope import CONTENT_TYPE
from lienthong.subscriptions.asyncapi.announced_type import AnnouncedType

NAME = "subscription-queue"
ADDRESS = "lt1.subscription.{subscription}"
"""By the name of the subscription."""


def own_queue_channel(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    """The channel; its messages may have events of several types."""
    if not types:
        return {}
    queue = {"name": ADDRESS, "durable": True, "exclusive": False, "autoDelete": False}
    return {
        NAME: {
            "address": ADDRESS,
            "title": "The queue of a subscription",
            "description": (
                "What `lienthong subscriptions add NAME --types … --to queue` selects, from the moment that it states."
            ),
            "servers": [{"$ref": "#/servers/rabbitmq"}],
            "parameters": {"subscription": {"description": "The name of the subscription."}},
            "messages": {"batch": {"$ref": f"#/components/messages/{NAME}"}},
            "bindings": {"amqp": {"is": "queue", "queue": queue, "bindingVersion": "0.3.0"}},
        }
    }


def own_queue_operation(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    """The delivery."""
    if not types:
        return {}
    return {
        "deliver-queue": {
            "action": "send",
            "title": "Events are delivered to the queue of a subscription",
            "channel": {"$ref": f"#/channels/{NAME}"},
            "messages": [{"$ref": f"#/channels/{NAME}/messages/batch"}],
            "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": "0.3.0"}},
        }
    }


def own_queue_message(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    """A batch of events of the subscription's types."""
    if not types:
        return {}
    events = [{"$ref": f"#/components/schemas/{one.name}.event"} for one in types]
    return {
        NAME: {
            "name": NAME,
            "title": "Events of a subscription",
            "contentType": CONTENT_TYPE,
            "payload": {"type": "array", "minItems": 1, "items": {"anyOf": events}},
            "bindings": {"amqp": {"bindingVersion": "0.3.0"}},
        }
    }
