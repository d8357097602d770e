"""Answers to questions (hỏi đáp), pushed to the national portal through its adapter."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.protocols.adapter import NAME, Adapter, ServiceRefused
from lienthong import LOCAL_ZONE, Dead, Done, Envelope, Later, Outcome, Site, Transaction, Transient, on_behalf_of
from lienthong.connectors.protocols.http import TIMEOUT, Http
from schemas.requests.question_answers import TYPE

_SERVICE = "DongBoKetQuaHoiDapGuiTuDVCQG"


class PortalAnswers:
    """Sends each answer with one call, so that a refused one costs no other.

    The portal knows an answer by its question (HOIDAPID): sent again, it replaces itself, and a later one replaces the
    one before. `agency` is our code on the portal (madonvi), also for a question without one; `dstcode` is the
    portal's routing code on the adapter.

    Once the portal does not answer, no other call is made: the rest waits. Raises `Transient` when nothing could be
    delivered.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: str,
        username: str,
        password: str,
        dstcode: str,
        agency: str,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        self._agency = agency
        self._adapter = Adapter(
            http or Http(NAME, timeout=timeout),
            site.clock,
            url=url,
            account={"username": username, "password": password},
            dstcode=dstcode,
            agency=agency,
        )

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - it writes nothing of its own
        """Send the answers in their order. See the class."""
        outcomes: list[Outcome] = []
        down: Transient | None = None
        for envelope in envelopes:
            if down is None:
                try:
                    outcomes.append(self._send(envelope))
                    continue
                except Transient as failure:
                    down = failure
            outcomes.append(Later(down.why, down.after, outage=True))
        if down is not None and all(isinstance(outcome, Later) for outcome in outcomes):
            raise down
        return outcomes

    def _send(self, envelope: Envelope) -> Outcome:
        if envelope.type != TYPE:
            return Dead(f"nơi nhận này chỉ nhận câu trả lời ({TYPE}), không nhận loại {envelope.type!r}", field="type")
        try:
            row = self._row(envelope.data_dict())
        except (KeyError, TypeError, ValueError):
            return Dead("câu trả lời thiếu trường mà Cổng cần, hoặc thời điểm không đọc được")
        except OverflowError:  # year 1 or 9999, with an offset
            return Dead("thời điểm trả lời nằm ngoài lịch nên không gửi lên Cổng được", field="answer.answered_at")
        try:
            with on_behalf_of([envelope]):
                self._adapter.push(_SERVICE, [row])
        except ServiceRefused as refused:
            return Later(refused.why)
        return Done(envelope)

    def _row(self, data: Mapping[str, Any]) -> Mapping[str, str]:
        answered_at = datetime.fromisoformat(data["answer"]["answered_at"]).astimezone(LOCAL_ZONE)
        return {
            "HOIDAPID": data["question"],
            "MADONVI": data.get("addressed_to") or self._agency,
            "NGUOITRALOI": data["answered_by"],
            "CHUCVUNGUOITRALOI": data.get("position") or "",
            "NGAYTRALOI": f"{answered_at:%Y%m%d%H%M%S}",
            "NOIDUNGTRALOI": data["text"],
        }
