"""The sink of a channel: it gives each notice to its gateway, once.

An attempt is committed before the call. One that is found again without an answer, because a process ended in between,
is in doubt: its gateway is never called again, see `store.notices.answers`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from connectors.notices.gateway import Answer, Gateway, Message, Verdict
from lienthong import Dead, Done, Envelope, Later, Outcome, Record, Site, Transaction, Transient
from store.instants import format_instant, parse_instant
from store.notices.attempts import Attempts, answer_of
from transforms.notices.decisions import NOT_SENT

ANSWERED = "notice.answered.v1"

_IN_DOUBT = Answer(Verdict.IN_DOUBT, "tiến trình dừng khi đang gửi: không rõ cổng đã nhận chưa")

log = structlog.get_logger(__name__)


class NoticeChannel:
    """Sends the notices of one channel (`notice.due.v1`) and hands back what became of each (`notice.answered.v1`).

    - A gateway that does not answer at all makes them wait; one that refuses account, template or brand name stops the
      channel: nothing is lost, and `lienthong resume` lets it go on.
    - What comes when its time is over (quiet hours, usefulness) is not sent, and goes back to be judged again.
    """

    reaches_outside = True

    def __init__(self, site: Site, gateway: Gateway) -> None:
        self._clock = site.clock
        self._attempts = Attempts(site.database)
        self._gateway = gateway

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - the ledger's writer is not kept waiting for a gateway
        """Send the notices in their order. Once the gateway is away, or the channel stops, the rest waits."""
        outcomes: list[Outcome] = []
        waiting: Later | None = None
        for envelope in envelopes:
            outcome = waiting or self._deliver(envelope)
            if isinstance(outcome, Later):
                waiting = outcome
            outcomes.append(outcome)
        return outcomes

    def _deliver(self, envelope: Envelope) -> Outcome:
        try:
            due = _Due.of(envelope.data_dict())
        except (KeyError, TypeError, ValueError) as error:
            field = str(error.args[0]) if isinstance(error, KeyError) else None
            return Dead("không phải thông báo đến hạn gửi", field=field)
        try:
            return self._ask(envelope, due) if due.message is None else self._send(envelope, due, due.message)
        except Transient as down:
            return Later(down.why, down.after, outage=down.outage)

    def _send(self, envelope: Envelope, due: "_Due", message: Message) -> Outcome:
        now = self._clock.now()
        known = self._attempts.find(due.notice, due.attempt)
        if known is None and due.before is not None and now >= due.before:
            return Done(envelope, follow_ups=[due.answered(NOT_SENT, now, why="đã hết giờ được gửi")])
        known = known or self._attempts.begin(
            due.notice, due.attempt, channel=due.channel, event_id=envelope.id, now=now
        )
        if known is not None:  # a redelivery: the answer is in the attempt, or it is lost
            return self._answer(envelope, due, answer_of(known) or _IN_DOUBT)
        try:
            answer = self._call(message)
        except Transient:
            self._attempts.undo(due.notice, due.attempt)
            raise
        if answer.verdict == Verdict.CONFIGURATION:
            self._attempts.undo(due.notice, due.attempt)
            log.error("a channel stops", channel=due.channel, code=answer.code, why=answer.why)
            return Later(f"cổng từ chối cấu hình ({answer.code or '?'}): {answer.why}", halt=True)
        return self._answer(envelope, due, answer)

    def _call(self, message: Message) -> Answer:
        """The gateway's answer. What it raises by mistake may have come after the notice was sent."""
        try:
            return self._gateway.send(message)
        except Transient:
            raise
        except Exception as error:
            log.exception("a gateway failed", notice=message.notice_id)
            return Answer(Verdict.IN_DOUBT, f"lỗi khi gọi cổng ({type(error).__name__}): không rõ đã gửi chưa")

    def _answer(self, envelope: Envelope, due: "_Due", answer: Answer) -> Outcome:
        now = self._clock.now()
        self._attempts.note(due.notice, due.attempt, answer, now)
        return Done(envelope, follow_ups=[due.answer(answer, now)])

    def _ask(self, envelope: Envelope, due: "_Due") -> Outcome:
        """Ask the gateway about a notice in doubt; it sends nothing. What the attempt knows by now is known first."""
        known = self._attempts.find(due.notice, due.attempt)
        answer = None if known is None else answer_of(known)
        if answer is None or answer.verdict == Verdict.IN_DOUBT:
            answer = self._gateway.query(due.notice, None if known is None else known.gateway_id)
        if answer is None:
            return Done(envelope, "cổng không cho hỏi lại, hoặc không biết thông báo này")
        return self._answer(envelope, due, answer)


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be sent. `message` is None when the gateway is only asked. `before`: it is not sent from then on."""

    notice: str
    attempt: int
    channel: str
    before: datetime | None
    message: Message | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "_Due":
        """Raises KeyError, TypeError or ValueError for data of another kind."""
        key = str(data["notice"]), int(data["attempt"]), str(data["channel"])
        if data.get("ask"):
            return cls(*key, before=None, message=None)
        before = min(parse_instant(data["send_before"]), parse_instant(data["useful_until"]))
        return cls(*key, before=before, message=_message(data))

    def answer(self, answer: Answer, now: datetime) -> Record:
        """What the gateway answered, as an event for the notice's state."""
        more = {name: getattr(answer, name) for name in ("why", "code", "gateway_id", "cost", "parts")}
        if answer.not_before is not None:
            more["not_before"] = format_instant(answer.not_before)
        return self.answered(str(answer.verdict), now, **more)

    def answered(self, verdict: str, now: datetime, **more: Any) -> Record:
        """The same for any verdict."""
        key = {"notice": self.notice, "attempt": self.attempt, "channel": self.channel}
        known = {name: value for name, value in more.items() if value is not None}
        return Record(
            ANSWERED, f"{self.notice}/{self.attempt}", {**key, "verdict": verdict, "at": format_instant(now), **known}
        )


def _message(data: Mapping[str, Any]) -> Message:
    return Message(
        notice_id=data["notice"],
        recipient=data["recipient"],
        template=data["template"],
        parameters=data["parameters"],
        text=data.get("text"),
        subject=data.get("subject"),
        attempt=int(data.get("try") or 1),
    )
