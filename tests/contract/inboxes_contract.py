"""What every inbox promises, as functions of a stand; a new inbox adds a stand to test_inbox_classes.py."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Protocol

import pytest

from lienthong.errors import Rejected
from lienthong.intake.pushes import sound_reply
from lienthong.intake.record_envelope import make_envelope
from lienthong.ports import Inbox, Receipt, Reply

NOW = datetime(2026, 11, 28, tzinfo=UTC)

Push = tuple[bytes, Mapping[str, str]]
"""A body, and headers by lower-case name."""


class Stand(Protocol):
    """An outside system that pushes."""

    def inbox(self) -> Inbox:
        """A new inbox for this system."""

    def push(self, *names: str) -> Push:
        """A push of one object for each name; equal names give equal objects."""


def ids(receipt: Receipt) -> Sequence[str]:
    """The ids that the events of a receipt would have."""
    return [make_envelope("inbox.x", record, NOW).id for record in receipt.records]


def a_push_gives_a_record_for_each_object(stand: Stand) -> None:
    body, headers = stand.push("a", "b", "c")
    receipt = stand.inbox().receive(body, headers)
    assert len(set(ids(receipt))) == 3
    assert all(record.type and isinstance(record.key, str) for record in receipt.records)


def the_same_push_gives_the_same_records(stand: Stand) -> None:
    body, headers = stand.push("a", "b")
    assert ids(stand.inbox().receive(body, headers)) == ids(stand.inbox().receive(body, headers))
    inbox = stand.inbox()
    assert ids(inbox.receive(body, headers)) == ids(inbox.receive(body, dict(reversed(headers.items()))))


def an_object_is_the_same_in_another_push(stand: Stand) -> None:
    inbox = stand.inbox()
    both, one = (inbox.receive(*stand.push(*names)) for names in (("a", "b"), ("b",)))
    assert ids(both)[1:] == ids(one)


def a_reply_can_be_sent_whatever_was_new(stand: Stand) -> None:
    receipt = stand.inbox().receive(*stand.push("a", "b"))
    for new in ([True, True], [True, False], [False, False]):
        reply = receipt.reply(new) if callable(receipt.reply) else receipt.reply
        assert 200 <= sound_reply(reply).status < 300


def threads_share_an_inbox(stand: Stand) -> None:
    inbox = stand.inbox()
    pushes = [stand.push(f"{number}", "a") for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda push: ids(inbox.receive(*push)), pushes))
    assert found == [ids(stand.inbox().receive(*push)) for push in pushes]


def what_cannot_be_read_is_rejected(stand: Stand) -> None:
    good, headers = stand.push("a")
    inbox = stand.inbox()
    for body in (b"", b"{", b"\xff\xfe\x00", b"\0", b"[" * 100_000, b"nul", b"\x1f\x8b", good[: len(good) // 2]):
        try:
            receipt = inbox.receive(body, headers)
        except ExceptionGroup as group:
            assert group.split(Rejected)[1] is None
        except Rejected as rejected:
            assert rejected.why
        else:  # a wire with replies of its own, or a body that it keeps as it is
            reply = receipt.reply([True] * len(receipt.records)) if callable(receipt.reply) else receipt.reply
            assert receipt.records or reply.status >= 400
    assert ids(inbox.receive(good, headers)) == ids(stand.inbox().receive(good, headers))


def odd_objects_are_never_an_undeclared_error(stand: Stand) -> None:
    """Values of every kind in place of every object: rejected, or received for the route to judge."""
    _, headers = stand.push("a")
    inbox = stand.inbox()
    for value in (b"null", b"3", b'"x"', b"[]", b"{}", b"[null]", b"[[]]", b'[{"id": {}}]', b'{"data": 3}', b"[1e999]"):
        try:
            receipt = inbox.receive(value, headers)
        except (Rejected, ExceptionGroup):
            continue
        assert len(ids(receipt)) == len(receipt.records)


def a_refusal_is_in_the_words_of_the_wire(stand: Stand) -> None:
    inbox = stand.inbox()
    word = getattr(inbox, "refusal", None)
    if word is None:
        pytest.skip("its refusals are problems")
    for status in (400, 401, 403, 415, 429, 500, 503):
        reply = word(status, "vì sao")
        assert isinstance(reply, Reply)
        assert sound_reply(reply).body


CONTRACT: tuple[Callable[[Stand], None], ...] = (
    a_push_gives_a_record_for_each_object,
    the_same_push_gives_the_same_records,
    an_object_is_the_same_in_another_push,
    a_reply_can_be_sent_whatever_was_new,
    threads_share_an_inbox,
    what_cannot_be_read_is_rejected,
    odd_objects_are_never_an_undeclared_error,
    a_refusal_is_in_the_words_of_the_wire,
)
