"""A push: as it came, as it was read, and as it is answered."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lienthong.data.trace_context import Trace
from lienthong.envelope import Envelope
from lienthong.errors import BrokenInbox
from lienthong.ledger.records import version_key
from lienthong.ports import Receipt, Record, Reply, ReplyFor


@dataclass(frozen=True)
class Push:
    """One push as it came. `headers` by lower-case name.

    - `client` is "" where the wire itself states who pushes.
    - `key`: its `Idempotency-Key`; "" for none.
    - `trace`: our part of the trace of the call; that of each of its events that states none of its own.
    """

    body: bytes
    headers: Mapping[str, str]
    client: str = ""
    key: str = ""
    trace: Trace | None = None

    @cached_property
    def digest(self) -> str:
        """The digest of what is pushed: the body, and the headers that are part of an event."""
        sha = hashlib.sha256()
        for name in sorted(name for name in self.headers if name == "content-type" or name.startswith("ce-")):
            sha.update(f"{name}: {self.headers[name]}\n".encode())
        sha.update(self.body)
        return sha.hexdigest()


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push that was read: the events it would be, and the rest of its receipt."""

    push: Push
    envelopes: Sequence[Envelope]
    reply: Reply | ReplyFor
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a push whose records are in the ledger, and how many of them were `new`.

    - `reply` is None where the class of the inbox failed to make it; the log states how.
    - `is_kept`: the reply is that of an earlier push with the same `Idempotency-Key`.
    - `is_other`: another body was pushed with that key. Nothing is recorded, and there is no reply.
    """

    reply: Reply | None
    new: int = 0
    is_kept: bool = False
    is_other: bool = False


def apart(pushes: Sequence[Pushed]) -> Iterator[Sequence[Pushed]]:
    """The pushes in groups, in their order. Two of a group are of one client and have neither a record nor an
    `Idempotency-Key` in common.

    What two pushes show of one record is a sequence of its versions; within one push it may be a repetition of what
    was shown before (see `lienthong.ledger.versions`).
    """
    group: list[Pushed] = []
    keys: set[object] = set()
    for pushed in pushes:
        shown: set[object] = {version_key(one) if one.subject else one.id for one in pushed.envelopes}
        if pushed.push.key:
            shown.add((pushed.push.key,))
        if group and (_kind(pushed) != _kind(group[0]) or keys & shown):
            yield group
            group, keys = [], set()
        group.append(pushed)
        keys |= shown
    if group:
        yield group


def _kind(pushed: Pushed) -> tuple[str, bool]:
    return pushed.push.client, pushed.unique


def sound_reply(reply: object) -> Reply:
    """The reply, which can be sent. Raises `BrokenInbox` for one that cannot."""
    if not isinstance(reply, Reply):
        raise BrokenInbox(f"{type(reply).__name__} in place of a reply")
    if type(reply.status) is not int or not 200 <= reply.status <= 599 or not isinstance(reply.body, bytes):
        raise BrokenInbox(f"a reply with status {reply.status!r} and a body of type {type(reply.body).__name__}")
    for text in (reply.content_type, *reply.headers, *reply.headers.values()):
        if not isinstance(text, str) or not text.isprintable() or not text.isascii():
            raise BrokenInbox("a header that HTTP cannot carry")
    return reply


def records_of(receipt: Receipt) -> Sequence[Record]:
    if not isinstance(receipt, Receipt) or not isinstance(receipt.records, Sequence):
        raise BrokenInbox(f"{type(receipt).__name__} in place of a receipt")
    return receipt.records
