"""The parts of a delivery: what a worker records in one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from lienthong.data.unreadable import unreadable_data
from lienthong.envelope import Bundle
from lienthong.ledger.records import Entry
from lienthong.messages import message
from lienthong.outcome import Dead, Outcome
from lienthong.ports import Broker, Ledger
from lienthong.processing.effects import Effects
from lienthong.processing.stage import Stage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """Events of a delivery that are recorded in one transaction; usually all of them.

    - `outcomes`: known without an attempt, or None: then the stage decides.
    - `behind_probe`: attempted only if the circuit breaker has closed by then.
    - `to_quarantine`: not handled here; each event goes to the quarantine queue by itself.
    - `condemned`: dead because an undeclared error remained when the event was alone.
    - `unreadable`: one event whose data is no JSON; why. It is set aside, and dead if the ledger knows it.
    """

    bundle: Bundle
    outcomes: Sequence[Outcome] | None = None
    behind_probe: bool = False
    to_quarantine: bool = False
    condemned: bool = False
    unreadable: str = ""

    def halves(self) -> "Sequence[Part]":
        """Two parts that hold the same events, with their outcomes. For a part with more than one event."""
        at = len(self.bundle.envelopes) // 2
        bundles = self.bundle.split(at)
        outcomes = (None, None) if self.outcomes is None else (self.outcomes[:at], self.outcomes[at:])
        return [Part(bundle, known) for bundle, known in zip(bundles, outcomes, strict=True)]

    def behind_each_other(self) -> "Sequence[Part]":
        """The halves, where the second is attempted only if the circuit breaker is closed by then; so is the first."""
        return [replace(half, behind_probe=True) for half in self.halves()]

    def without_data(self) -> Bundle:
        """The bundle of an unreadable part with data that states so, which can be kept in a dead letter."""
        data = unreadable_data(self.unreadable)
        return replace(self.bundle, envelopes=tuple(each._replace(data=data) for each in self.bundle.envelopes))


class RecordedBefore(Exception):  # noqa: N818 - reads as a statement
    """Another attempt at events of a part was recorded before; `left` is what is to be attempted again."""

    def __init__(self, left: Sequence[Part]) -> None:
        super().__init__()
        self.left = left


def effects_of_written(part: Part, effects: Effects, written: Sequence[Entry], stage: Stage) -> Effects:
    """The effects of those events whose entry was written.

    A message may come twice, when a process ended between its publish and its commit. What a sink has written for an
    event that was recorded before has to be undone: raises `RecordedBefore` where it can be, which is where nothing is
    new, or where the sink does nothing but what is undone with the transaction.
    """
    if part.outcomes is None and len(written) < len(effects.entries) and stage.name.startswith("sink."):
        new = {entry.event_id for entry in written}
        left = tuple(envelope for envelope in part.bundle.envelopes if envelope.id in new)
        if not left:
            raise RecordedBefore(())
        if stage.is_undone:
            raise RecordedBefore([replace(part, bundle=replace(part.bundle, envelopes=left))])
    return effects.limited_to(written)


def probe_and_rest(bundle: Bundle, failed_probes: int) -> "Sequence[Part]":
    """One event that probes the target, and the others behind it. After each failure another event is the probe,
    because the reason may be the event.
    """
    envelopes, at = bundle.envelopes, failed_probes % len(bundle.envelopes)
    probe, rest = envelopes[at : at + 1], envelopes[:at] + envelopes[at + 1 :]
    return [Part(replace(bundle, envelopes=probe)), Part(replace(bundle, envelopes=rest), behind_probe=True)]


def set_unreadable_aside(part: Part, broker: Broker, ledger: Ledger) -> Sequence[Outcome]:
    """Keep the bytes of an unreadable part for an operator. The event is dead if it has an account in the ledger."""
    envelopes = part.bundle.envelopes
    broker.set_aside(part.bundle, "unreadable", part.unreadable)
    log.error("data of an event is no JSON", stage=part.bundle.queue, event_id=envelopes[0].id, why=part.unreadable)
    known = ledger.known([envelope.id for envelope in envelopes])
    return [unreadable(part.unreadable)] if known else ()


def unreadable(why: str) -> Dead:
    """The outcome of an event whose data cannot be read."""
    reason = message("the data of the event in the message is not a JSON object: {why}", why=why)
    return Dead(reason, error="Unreadable", field="data")
