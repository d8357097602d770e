"""The header `Idempotency-Key` at requests: a question with a key is answered once, however often it is sent.

Its answer is kept for a day, in the transaction that records it.
"""

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from fastapi import Request
from starlette.responses import Response

from lienthong.data.event_ids import canonical_json, digest
from lienthong.http.idempotency import REPLAYED, idempotency_key, key_reused
from lienthong.http.service import Service
from lienthong.ports import KeptReply, ReplyKey
from lienthong.requests.again import Again
from lienthong.settings import RequestSettings


class KeptAnswers:
    """The answers of a service that are kept."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def again(
        self,
        request: Request,
        settings: RequestSettings,
        client: str,
        fields: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Again | None:
        """The key of a question, and what it is about; None without a key. Raises `Problem` for what is no key."""
        key = idempotency_key(request) if settings.method == "POST" else ""
        if not key:
            return None
        return Again(ReplyKey(settings.source, client, key), digest(canonical_json(fields)), headers)

    async def find(self, again: Again) -> Response | None:
        """The answer that is kept for a key. Raises `Problem` when the key was used for another question."""
        kept = await to_thread.run_sync(self._find, again.key, abandon_on_cancel=True)
        if kept is None:
            return None
        if kept.digest != again.digest:
            raise key_reused()
        reply = kept.reply
        headers = {**reply.headers, **REPLAYED}
        return Response(reply.body, reply.status, headers, media_type=reply.content_type)

    def _find(self, key: ReplyKey) -> KeptReply | None:
        with self._service.watch.call(), self._service.storage.ledger.transaction() as transaction:
            return self._service.replies.find([key], transaction).get(key)
