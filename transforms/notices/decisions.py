"""What becomes of a notice: judged before it goes, and after each answer of a gateway.

States: `held` (waits, and is judged again), `sending` (with its channel), `accepted`, `delivered`, `failed`,
`in_doubt`, `expired`, `suppressed`. The reasons are Vietnamese: operators read them, and they stand in the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from transforms.notices.quiet import next_day
from transforms.notices.rules import NoticeRules

HELD, SENDING, ACCEPTED, DELIVERED = "held", "sending", "accepted", "delivered"
FAILED, IN_DOUBT, EXPIRED, SUPPRESSED = "failed", "in_doubt", "expired", "suppressed"

STATES = (HELD, SENDING, ACCEPTED, DELIVERED, FAILED, IN_DOUBT, EXPIRED, SUPPRESSED)
INFORMED = (SENDING, ACCEPTED, DELIVERED, IN_DOUBT)
"""States in which the recipient knows, or may know."""

NOT_SENT = "not_sent"
"""The verdict of a channel that tried nothing, because the time in which it might send was over."""

ASK_WAITS = tuple(timedelta(minutes=minutes) for minutes in (10, 60, 360, 1440))
"""When a gateway is asked what became of a notice in doubt, each after the one before."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is decided about. `channels` are those it can go by, in their order, and `channel` is the one it is at.

    `attempt` numbers what was handed to channels; `tries` the answers of the present channel that a later try may help;
    `asks` how often its gateway was asked about a doubt. `sent_at`: when it was handed to its channel last.
    """

    state: str
    channel: str
    channels: tuple[str, ...]
    useful_until: datetime
    attempt: int = 0
    tries: int = 0
    asks: int = 0
    sent_at: datetime | None = None

    @property
    def next_channel(self) -> str | None:
        """The channel after the present one."""
        place = self.channels.index(self.channel) + 1
        return self.channels[place] if place < len(self.channels) else None


@dataclass(frozen=True, slots=True)
class Given:
    """What a gateway answered of an attempt, at the moment `at`; the number None: of whichever was last (a receipt)."""

    verdict: str
    at: datetime
    attempt: int | None = None
    channel: str | None = None
    why: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a notice becomes. `state` SENDING: it goes now, and its channel may send it until `until`.

    HELD: it is judged again at `until`. IN_DOUBT: its gateway is asked at `until`, or never when that is None.
    """

    state: str
    why: str
    channel: str
    until: datetime | None = None
    tries: int = 0


def judge(notice: Notice, rules: NoticeRules, now: datetime, *, sent_today: int) -> Decision:
    """Whether a held notice goes now. `sent_today`: how many the recipient had on this local day, without this one."""
    channel, quiet = notice.channel, rules.quiet(notice.channel)
    if now >= notice.useful_until:
        return Decision(EXPIRED, "hết thời gian còn hữu ích mà chưa gửi được", channel)
    opens = quiet.opens(now) if quiet else now
    if opens > now:
        return _hold(notice, opens, "chờ hết giờ yên tĩnh của kênh")
    if notice.attempt == 0 and sent_today >= rules.per_day:
        return _hold(notice, next_day(now, quiet), f"người nhận đã có {sent_today} thông báo trong ngày")
    limits = [notice.useful_until]
    if quiet:
        limits.append(quiet.closes(now))
    if notice.next_channel:
        limits.append(now + rules.channels[channel].patience)  # type: ignore[index]  # a known name
    return Decision(SENDING, "", channel, min(limits), notice.tries)


def after_answer(notice: Notice, answer: Given, rules: NoticeRules, now: datetime) -> Decision | None:
    """What a notice becomes by an answer; None when the answer changes nothing.

    Only what was surely not sent goes again; what is in doubt goes when it is known that it was not sent.
    """
    if not _concerns(notice, answer):
        return None
    decide = {
        ACCEPTED: _accepted,
        DELIVERED: _final,
        "dead": _final,
        FAILED: _final,
        IN_DOUBT: _in_doubt,
        NOT_SENT: _not_sent,
        "retry": _retry,
        "next_day": _next_day,
        "other_channel": _other_channel,
    }.get(answer.verdict)
    return None if decide is None else decide(notice, answer, rules, now)


def _concerns(notice: Notice, answer: Given) -> bool:
    """Whether an answer may change a notice: it is about its last attempt, and states more than what is known."""
    if answer.attempt is not None and answer.attempt != notice.attempt:
        return False
    if answer.channel is not None and answer.channel != notice.channel:
        return False
    return answer.verdict in _MORE.get(notice.state, ())


_ANY = (ACCEPTED, DELIVERED, "dead", FAILED, IN_DOUBT, NOT_SENT, "retry", "next_day", "other_channel")
_MORE: Mapping[str, tuple[str, ...]] = {
    SENDING: _ANY,
    IN_DOUBT: tuple(verdict for verdict in _ANY if verdict != IN_DOUBT),
    ACCEPTED: (DELIVERED, "dead", FAILED, "other_channel"),
    FAILED: (DELIVERED,),
}
"""By state, the verdicts that still change it."""

_Decided = Decision | None


def _accepted(notice: Notice, answer: Given, _: NoticeRules, __: datetime) -> _Decided:
    return Decision(ACCEPTED, answer.why, notice.channel)


def _final(notice: Notice, answer: Given, _: NoticeRules, __: datetime) -> _Decided:
    return Decision(DELIVERED if answer.verdict == DELIVERED else FAILED, answer.why, notice.channel)


def _in_doubt(notice: Notice, answer: Given, _: NoticeRules, now: datetime) -> _Decided:
    return Decision(IN_DOUBT, answer.why or "không rõ đã gửi chưa", notice.channel, now + ASK_WAITS[0])


def _retry(notice: Notice, answer: Given, rules: NoticeRules, now: datetime) -> _Decided:
    tries = notice.tries + 1
    if tries >= rules.channels[notice.channel].tries:  # type: ignore[index]  # a known name
        return _other_channel(notice, answer, rules, now)
    wait = rules.waits[min(tries, len(rules.waits)) - 1]
    again = max(now + wait, answer.not_before or now)
    if again >= notice.useful_until:
        return _other_channel(notice, answer, rules, now)
    return Decision(HELD, answer.why, notice.channel, again, tries)


def _next_day(notice: Notice, answer: Given, rules: NoticeRules, now: datetime) -> _Decided:
    quiet = rules.quiet(notice.channel)
    again = max(next_day(now, quiet), answer.not_before or now)
    if again >= notice.useful_until:
        return _other_channel(notice, answer, rules, now)
    return Decision(HELD, answer.why, notice.channel, again, notice.tries)


def _other_channel(notice: Notice, answer: Given, _: NoticeRules, now: datetime) -> _Decided:
    if notice.next_channel is None:
        return Decision(FAILED, answer.why, notice.channel)
    return Decision(HELD, answer.why, notice.next_channel, now)


def _not_sent(notice: Notice, answer: Given, rules: NoticeRules, now: datetime) -> _Decided:
    """Its time was over: it is judged again, at the next channel if the present one had no more patience."""
    patience = rules.channels[notice.channel].patience  # type: ignore[index]  # a known name
    is_over = notice.sent_at is not None and answer.at >= notice.sent_at + patience
    if is_over and notice.next_channel:
        return Decision(HELD, answer.why, notice.next_channel, now)
    return Decision(HELD, answer.why, notice.channel, now, notice.tries)


def _hold(notice: Notice, until: datetime, why: str) -> Decision:
    """Held until then, or until it is of no use any more."""
    return Decision(HELD, why, notice.channel, min(until, notice.useful_until), notice.tries)
