"""Webhooks in the AsyncAPI document: one channel, to whichever address a receiver states."""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong.envelope import CONTENT_TYPE
from lienthong.subscriptions.asyncapi.announced_type import AnnouncedType

HTTP_BINDING = "0.3.0"
SINGLE = "application/cloudevents+json"

HEADERS: Mapping[str, Any] = {
    "type": "object",
    "description": "Standard Webhooks.",
    "properties": {
        "webhook-id": {"type": "string", "description": "The same in every repetition of the request."},
        "webhook-timestamp": {"type": "string", "description": "When the request was sent: seconds since 1970."},
        "webhook-signature": {
            "type": "string",
            "description": (
                "`v1,` and the base64 HMAC-SHA256 of `webhook-id.webhook-timestamp.body`, by the decoded secret; "
                "two of them, separated by a space, while a secret is replaced."
            ),
        },
    },
}


def webhook_channel(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    """The channel. Its address is the receiver's own, so it has none here."""
    if not types:
        return {}
    return {
        "webhook": {
            "address": None,
            "title": "Webhook",
            "description": (
                "A POST to the address of your receiver. Answer 2xx once you have kept the events, 4xx to refuse them "
                "for good; anything else is sent again."
            ),
            "servers": [{"$ref": "#/servers/receiver"}],
            "messages": {
                **{one.name: {"$ref": f"#/components/messages/webhook-{one.name}"} for one in types},
                "batch": {"$ref": "#/components/messages/webhook-batch"},
            },
        }
    }


def webhook_operation(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    """The delivery."""
    if not types:
        return {}
    names = [*(one.name for one in types), "batch"]
    return {
        "deliver-webhook": {
            "action": "send",
            "title": "Events are delivered by webhook",
            "channel": {"$ref": "#/channels/webhook"},
            "messages": [{"$ref": f"#/channels/webhook/messages/{name}"} for name in names],
            "bindings": {"http": {"method": "POST", "bindingVersion": HTTP_BINDING}},
        }
    }


def webhook_messages(types: Sequence[AnnouncedType]) -> dict[str, Any]:
    """A message for one event of each type, and one for several events."""
    if not types:
        return {}
    each = {f"webhook-{one.name}": _single(one) for one in types}
    events = [{"$ref": f"#/components/schemas/{one.name}.event"} for one in types]
    payload = {"type": "array", "minItems": 1, "items": {"anyOf": events}}
    return {**each, "webhook-batch": _message("webhook-batch", "Several events", CONTENT_TYPE, payload)}


def _single(one: AnnouncedType) -> dict[str, Any]:
    payload = {"$ref": f"#/components/schemas/{one.name}.event"}
    return _message(f"webhook-{one.name}", f"One event of the type {one.name}", SINGLE, payload)


def _message(name: str, title: str, media: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "contentType": media,
        "headers": dict(HEADERS),
        "payload": dict(payload),
        "bindings": {"http": {"bindingVersion": HTTP_BINDING}},
    }
