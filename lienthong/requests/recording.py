"""Recording what was asked: question, answer and verdict in one transaction, however many questions there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lienthong.envelope import Bundle, Envelope
from lienthong.ledger.records import Handled
from lienthong.masking import mask_about
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Clock, KeptReply, Ledger, PushReplies, ReplyKey
from lienthong.processing.death_log import log_deaths
from lienthong.processing.effects import plan_effects
from lienthong.processing.stage import Stage
from lienthong.requests.answering import Attempt
from lienthong.requests.replies import (
    RETRY_SECONDS,
    TOO_OFTEN_SECONDS,
    Answered,
    Failed,
    NothingFound,
    Refused,
    Reply,
    Unavailable,
)

TOO_OFTEN = "TooOften"
NOTHING_KEPT: Mapping[ReplyKey, KeptReply] = MappingProxyType({})

REFUSALS = ("Rejected", TOO_OFTEN)
"""The errors of an event that a step refuses; see `Dead`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ledger keeps of a question, and the reply to its caller."""

    outcome: Outcome
    reply: Reply


def judge(attempt: Attempt) -> Verdict:
    """The verdict on a question. It always ends at its route: the caller knows the reply, and may ask again.

    So a question that a step refuses is no dead letter, and one that cannot be answered now does not wait.
    """
    outcome = attempt.outcome
    match outcome:
        case Done():
            return Verdict(outcome, Answered(attempt.answer, attempt.status, attempt.location))
        case Dropped():
            return Verdict(outcome, NothingFound())
        case Later(why=why, delay=delay):
            after = delay.total_seconds() if delay else RETRY_SECONDS
            return Verdict(Dropped(message("not answered: {why}", why=why)), Unavailable(after))
        case Dead(why=why, error=error, field=field) if error in REFUSALS:
            refused = message("refused: {why}", why=message("`{field}`: {why}", field=field, why=why) if field else why)
            return Verdict(Dropped(refused), _refusal(outcome, attempt.status))
        case Dead():
            return Verdict(outcome, Failed())


def _refusal(dead: Dead, status: int) -> Refused:
    if dead.error == TOO_OFTEN:
        after = dead.after.total_seconds() if dead.after else TOO_OFTEN_SECONDS
        return Refused(dead.why, dead.field, after=after)
    if dead.refusal is None:
        return Refused(dead.why, dead.field)
    refusal = dead.refusal
    return Refused(dead.why, dead.field, code=refusal.code, status=status, faults=refusal.faults, more=refusal.more)


def too_late() -> Verdict:
    """The verdict on a question whose answer would come after its time."""
    return Verdict(Dropped(message("not answered in time")), Unavailable())


class Recorder:
    """Records the questions of one request, with the replies that are kept for callers that send one again."""

    def __init__(
        self, source: str, stage: Stage, *, ledger: Ledger, clock: Clock, replies: PushReplies | None = None
    ) -> None:
        self._replies = replies
        self._source = source
        self._stage = stage
        self._ledger = ledger
        self._clock = clock
        self._quiet = not (stage.to or stage.announce)

    def record(
        self,
        questions: Sequence[Envelope],
        verdicts: Sequence[Verdict],
        clients: Sequence[str],
        kept: Mapping[ReplyKey, KeptReply] = NOTHING_KEPT,
    ) -> None:
        """Record them in one transaction, with the replies of `kept`.

        Raises `Transient`, and what the database raises for data it refuses.
        """
        outcomes = [self._masked(one, verdict) for one, verdict in zip(questions, verdicts, strict=True)]
        effects = plan_effects(self._stage, Bundle(self._stage.name, tuple(questions)), outcomes, now=self._clock.now())
        handled = [
            Handled(outcome.envelope if isinstance(outcome, Done) else question, client, entry)
            for question, outcome, client, entry in zip(questions, outcomes, clients, effects.entries, strict=True)
        ]
        with self._ledger.transaction() as transaction:
            transaction.receive_handled(
                handled, source=self._source, to=self._stage.name, quiet=self._quiet, letters=effects.letters
            )
            if kept and self._replies:
                self._replies.keep(kept, self._clock.now(), transaction)
        log_deaths(effects.letters)

    def _masked(self, question: Envelope, verdict: Verdict) -> Outcome:
        """The outcome without personal data in the words of a step or a lookup, as those of a dead letter are."""
        outcome = verdict.outcome
        if isinstance(outcome, Dropped) and isinstance(verdict.reply, Refused | Unavailable):
            return Dropped(mask_about(outcome.why, question.data_dict(), self._stage.personal))
        return outcome
