"""The effects of a handled bundle: what must be recorded, published, announced and parked. No broker, no database.

`plan_effects` works them out from the outcomes; the worker carries them out.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import orjson

from lienthong.envelope import NO_WAIT, Bundle, EncodedData, Envelope, SharedEnvelopes
from lienthong.ledger.records import DeadLetter, Entry, Verdict
from lienthong.masking import mask_about, mask_text
from lienthong.messages import in_ledger_language, message_n
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.processing.follow_ups import note_of
from lienthong.processing.stage import Stage
from lienthong.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Effects:
    """Bundles to publish, envelopes to announce, entries to record, dead letters to park.

    `follow_ups`: what a sink handed back, each with the id of the event that it is about.
    """

    bundles: Sequence[Bundle]
    announce: Sequence[Envelope]
    entries: Sequence[Entry]
    letters: Sequence[DeadLetter]
    follow_ups: Sequence[tuple[str, Envelope]] = ()

    def limited_to(self, written: Sequence[Entry]) -> "Effects":
        """The effects of those events whose entry was written.

        The others come too late: another attempt was recorded before, and has published what there was to publish.
        """
        if len(written) == len(self.entries):
            return self
        new = {entry.event_id for entry in written}
        limited = ((bundle, tuple(e for e in bundle.envelopes if e.id in new)) for bundle in self.bundles)
        return Effects(
            [replace(bundle, envelopes=envelopes) for bundle, envelopes in limited if envelopes],
            [envelope for envelope in self.announce if envelope.id in new],
            [entry for entry in self.entries if entry.event_id in new],
            [letter for letter in self.letters if letter.envelope.id in new],
            [follow_up for follow_up in self.follow_ups if follow_up[0] in new],
        )


NO_EFFECTS = Effects((), (), (), ())


def plan_effects(
    stage: Stage, bundle: Bundle, outcomes: Sequence[Outcome], *, now: datetime, spend_attempt: bool = True
) -> Effects:
    """The effects of the outcomes of a bundle: one outcome for each envelope, in their order.

    - `now`: the time of death of its dead letters (UTC).
    - `spend_attempt`: False while the target is known to be down. Then events that wait keep their attempt number and
      do not die of waiting, because the outage is not their fault.

    Raises ValueError when the numbers of envelopes and outcomes differ.
    """
    done: list[Envelope] = []
    destinations: list[tuple[str, ...]] = []
    waiting: dict[timedelta, list[Envelope]] = defaultdict(list)
    entries: list[Entry] = []
    letters: list[DeadLetter] = []
    follow_ups: list[tuple[str, Envelope]] = []
    attempt = bundle.attempt if spend_attempt else 1
    for envelope, outcome in zip(bundle.envelopes, outcomes, strict=True):
        final = _with_wait(stage.retry, attempt, outcome, may_die=spend_attempt)
        match final:
            case Done(envelope=result, note=note, seal=seal):
                to = stage.destinations(final) if final.to else stage.to
                done.append(result)
                destinations.append(to)
                if final.follow_ups:
                    note = _hand_back(stage, envelope, final, follow_ups)
                entries.append(_entry(stage, bundle, envelope, verdict="done", reason=note, to=to, seal=seal))
            case Dropped(why=why):
                entries.append(_entry(stage, bundle, envelope, verdict="dropped", reason=why))
            case Later(why=why, delay=delay):
                waiting[delay or NO_WAIT].append(envelope)
                entries.append(_entry(stage, bundle, envelope, verdict="later", reason=why))
            case Dead(why=why):
                reason = mask_about(why, envelope.data_dict(), stage.personal)
                entries.append(_entry(stage, bundle, envelope, verdict="dead", reason=reason))
                letters.append(_letter(stage, bundle, envelope, final, reason=reason, died_at=now))
    passed_on: tuple[Envelope, ...] = tuple(done)
    if stage.announce:
        passed_on = SharedEnvelopes(map(_encoded, done) if stage.keep else done)
    bundles = _sink_bundles(stage.to, passed_on, destinations)
    next_attempt = bundle.attempt + 1 if spend_attempt else bundle.attempt
    bundles += [
        Bundle(stage.name, tuple(envelopes), bundle.turn + 1, next_attempt, wait) for wait, envelopes in waiting.items()
    ]
    return Effects(bundles, passed_on if stage.announce else (), entries, letters, follow_ups)


def _encoded(envelope: Envelope) -> Envelope:
    """The same event with its data as JSON: it is encoded once for the sinks, for subscribers and for the ledger."""
    if isinstance(envelope.data, EncodedData):
        return envelope
    return envelope.with_data(envelope.type, EncodedData(orjson.dumps(envelope.data)))


def _hand_back(stage: Stage, cause: Envelope, done: Done, follow_ups: list[tuple[str, Envelope]]) -> str:
    """Add what the sink hands back about an event to `follow_ups`. Returns the event's note, which names it."""
    if stage.follow_ups is None:
        return done.note
    envelopes = stage.follow_ups.make(cause, done.follow_ups)
    follow_ups += [(cause.id, envelope) for envelope in envelopes]
    return note_of(done.note, envelopes)


def _sink_bundles(
    to: tuple[str, ...], done: tuple[Envelope, ...], destinations: Sequence[tuple[str, ...]]
) -> list[Bundle]:
    """One bundle for each sink that receives any of the events.

    Sinks that receive all of them share one tuple, so that a broker can encode the body once.
    """
    if all(chosen is to for chosen in destinations):  # the usual case: no sink of the route has a condition
        return [Bundle(name, done) for name in to if done]
    bundles = []
    for name in to:
        received = tuple(envelope for envelope, chosen in zip(done, destinations, strict=True) if name in chosen)
        if received:
            bundles.append(Bundle(name, done if len(received) == len(done) else received))
    return bundles


def _with_wait(retry: RetryPolicy, attempt: int, outcome: Outcome, *, may_die: bool) -> Outcome:
    """A `Later` with the wait it gets from the retry policy, or a `Dead` when there is no further attempt."""
    if not isinstance(outcome, Later):
        return outcome
    wait = retry.wait_after(attempt, requested=outcome.delay)
    if wait is None and not may_die:
        wait = retry.rungs[-1]
    if wait is None:
        why = message_n(
            "gave up after {count} attempt; the last reason: {why}",
            "gave up after {count} attempts; the last reason: {why}",
            count=attempt,
            why=outcome.why,
        )
        return Dead(why, error="RetriesExhausted")
    return Later(outcome.why, wait)


def _entry(
    stage: Stage,
    bundle: Bundle,
    envelope: Envelope,
    *,
    verdict: Verdict,
    reason: str,
    to: tuple[str, ...] = (),
    seal: str = "",
) -> Entry:
    # By position: by name it takes twice as long, and this runs for every event of every stage.
    return Entry(
        envelope.id,
        envelope.source,
        envelope.subject,
        envelope.received_at,
        stage.name,
        bundle.turn,
        verdict,
        _for_ledger(reason) if reason else "",
        to,
        "",
        None,
        seal,
    )


def _letter(
    stage: Stage, bundle: Bundle, envelope: Envelope, dead: Dead, *, reason: str, died_at: datetime
) -> DeadLetter:
    return DeadLetter(
        number=0,
        envelope=envelope,
        stage=stage.name,
        turn=bundle.turn,
        attempt=bundle.attempt,
        error=dead.error,
        field=None if dead.field is None else mask_text(dead.field),
        reason=_for_ledger(reason),
        died_at=died_at,
    )


@lru_cache(maxsize=1024)
def _for_ledger(reason: str) -> str:
    """A reason as the ledger keeps it: in its language, without numbers of persons. Most reasons come repeatedly."""
    return mask_text(in_ledger_language(reason))
