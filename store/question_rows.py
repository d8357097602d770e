"""The rows of the data store that questions, their answers and petitions make."""

from collections.abc import Mapping
from typing import Any

from lienthong import Envelope
from schemas.canonical import petition_v1, question_v1
from schemas.requests import question_answers
from store.instants import format_instant

_SUBJECT = ("procedure", "field", "addressed_to", "agency", "routed_by")
_MOMENTS = (
    *("received_at", "refused_at", "supplement_requested_at", "supplemented_at", "answered_at", "published_at"),
)


def question_row(envelope: Envelope, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A question. Raises KeyError for a value that the row needs."""
    return {
        "source": envelope.source,
        "code": data["code"],
        **{name: data.get(name) for name in _SUBJECT},
        "state": data["state"],
        "text": data["text"],
        **_seen(envelope, data),
    }


def answer_row(envelope: Envelope, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer to a question, as an officer's system gave it. Raises KeyError for a value that the row needs."""
    return {
        "question": data["question"],
        "text": data["text"],
        "answered_by": data["answered_by"],
        "position": data.get("position"),
        "answered_at": format_instant(data["answer"]["answered_at"]),
        "client": data.get("client"),
        "observed_at": format_instant(envelope.received_at),
        "event_id": envelope.id,
    }


def petition_row(envelope: Envelope, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A petition. Raises KeyError for a value that the row needs."""
    return {
        "source": envelope.source,
        "code": data["code"],
        "kind": data.get("kind"),
        **{name: data.get(name) for name in _SUBJECT},
        **{name: None if data.get(name) is None else format_instant(data[name]) for name in _MOMENTS},
        **_seen(envelope, data),
    }


def _seen(envelope: Envelope, data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "quality": " ".join(data.get("quality") or ()),
        "observed_at": format_instant(data["observed_at"]),
        "event_id": envelope.id,
    }


QUESTION_ROWS = {
    question_v1.TYPE: question_row,
    question_answers.TYPE: answer_row,
    petition_v1.TYPE: petition_row,
}
"""By event type, what makes its row."""
