"""Questions that are sent again with an `Idempotency-Key`: the replies that are kept for them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lienthong.ports import KeptReply, ReplyKey
from lienthong.ports import Reply as WireReply
from lienthong.requests.replies import Answered, Reply


class Again(NamedTuple):
    """The `Idempotency-Key` of a question, and the digest of its fields: it is answered once, however often it is sent.

    `headers`: those of the kept reply.
    """

    key: ReplyKey
    digest: str
    headers: Mapping[str, str]


class SameKeyError(Exception):
    """Two questions of a transaction have one key. Apart, the second one fails; its caller finds the first's answer."""


def kept_replies(keys: Sequence[Again | None], replies: Sequence[Reply]) -> Mapping[ReplyKey, KeptReply]:
    """The replies that are kept: answers alone, because a refusal may be another one later. Raises `SameKeyError`."""
    kept: dict[ReplyKey, KeptReply] = {}
    for again, answered in zip(keys, replies, strict=True):
        if again is not None and isinstance(answered, Answered):
            if again.key in kept:
                raise SameKeyError
            headers = {**again.headers, **({"Location": answered.location} if answered.location else {})}
            reply = WireReply(answered.status, answered.body, "application/json", headers)
            kept[again.key] = KeptReply(again.digest, reply)
    return kept
