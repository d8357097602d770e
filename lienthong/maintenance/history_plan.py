"""What a replay of history does with one event: where it may be made again, and what the ledger records of that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import orjson

from lienthong.envelope import EncodedData, Envelope
from lienthong.ledger.double_entry import find_open_stages
from lienthong.ledger.records import PARKED_VERDICTS, REDOABLE_VERDICTS, Entry, Verdict
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports.history import HistoryRun, Kept, PastEvent
from lienthong.processing.stage import Stage


def encoded(envelope: Envelope) -> Envelope:
    """An event with its data as JSON, as a message carries it to a sink: what a store keeps of it is the same then."""
    data = envelope.data
    return envelope if isinstance(data, EncodedData) else envelope._replace(data=EncodedData(orjson.dumps(data)))


class Standing(Enum):
    """How an event stands at a stage before the replay."""

    NEVER = "never"
    AGAIN = "again"
    OPEN = "open"
    DEAD = "dead"
    DISCARDED = "discarded"


def standing(event: PastEvent, stage: str) -> Standing:
    """How the event stands at a stage, by its entries."""
    last = last_at(event, stage)
    if last is not None and last.verdict in REDOABLE_VERDICTS:
        return Standing.AGAIN
    if last is not None and last.verdict in PARKED_VERDICTS:
        return Standing.DEAD
    if last is not None and last.verdict == "discarded":
        return Standing.DISCARDED
    return Standing.OPEN if stage in find_open_stages(event.entries) else Standing.NEVER


def last_at(event: PastEvent, stage: str) -> Entry | None:
    """The last entry of the event at a stage."""
    return next((entry for entry in reversed(event.entries) if entry.stage == stage), None)


@dataclass(frozen=True, slots=True)
class Passage:
    """What the route `route` of today makes of an event. `is_new`: this route never had it."""

    route: Stage
    outcome: Outcome
    is_new: bool

    def at(self, sink: str, event: PastEvent) -> Envelope | None:
        """What the sink gets of it; an approved edit for the sink goes before. None for nothing."""
        if not isinstance(self.outcome, Done) or sink not in self.route.destinations(self.outcome):
            return None
        edited = event.edited.get(sink)
        return self.outcome.envelope if edited is None else encoded(edited)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with one event.

    - `sinks`: by stage of a sink that keeps state, how the event stands there; only where something may be done.
    - `left`: how it stands at the stages where it is left alone.
    - `refused`: why it is left as it is altogether, or "".
    """

    event: PastEvent
    passages: Sequence[Passage]
    sinks: Mapping[str, Standing]
    left: frozenset[Standing]
    refused: str = ""

    @property
    def is_done(self) -> bool:
        """Whether anything is made again or given to what never had it."""
        return bool(self.sinks) and not self.refused

    def kept(self, sink: str) -> Kept:
        """What becomes of it at a sink."""
        found = (passage.at(sink, self.event) for passage in self.passages)
        envelope = self.event.envelope
        return Kept(envelope.id, envelope.source, envelope.subject, tuple(one for one in found if one is not None))

    def entries(self, run: HistoryRun, *, reason: str, seals: Mapping[str, str]) -> Iterator[Entry]:
        """The entries of it, each stage after the one that passes it on. `seals`: by sink, of what it stores now."""
        for passage in self.passages:
            stage = passage.route.name
            to = [sink for sink, was in self.sinks.items() if was is Standing.NEVER and passage.at(sink, self.event)]
            if passage.is_new:
                if to:
                    yield self._entry(self._source_stage, "passed", run, reason, to=(stage,))
                    yield self._entry(stage, "done", run, reason, to=to)
                continue
            again = self._entry(stage, "redone", run, reason)
            yield again
            if to:
                yield again._replace(turn=again.turn + 1, verdict="passed", to=tuple(to))
        for sink, was in self.sinks.items():
            yield self._entry(
                sink, "done" if was is Standing.NEVER else "redone", run, reason, seal=seals.get(sink, "")
            )

    @property
    def _source_stage(self) -> str:
        return f"source.{self.event.envelope.source}"

    def _entry(
        self, stage: str, verdict: Verdict, run: HistoryRun, reason: str, *, to: Sequence[str] = (), seal: str = ""
    ) -> Entry:
        last, envelope = last_at(self.event, stage), self.event.envelope
        return Entry(
            envelope.id,
            envelope.source,
            envelope.subject,
            envelope.received_at,
            stage,
            turn=1 if last is None else last.turn + 1,
            verdict=verdict,
            reason=reason,
            to=tuple(to),
            who=run.who,
            seal=seal,
        )


def make_plan(event: PastEvent, passages: Sequence[Passage], sinks: Sequence[str]) -> Plan:
    """The plan for an event. `passages` are of the routes at which it may be made again, or which never had it."""
    found: dict[str, Standing] = {}
    left: set[Standing] = set()
    for sink in sinks:
        was = standing(event, sink)
        if was is Standing.AGAIN or (was is Standing.NEVER and any(one.at(sink, event) for one in passages)):
            found[sink] = was
        elif was is not Standing.NEVER:
            left.add(was)
    refused = next((one.outcome.why for one in passages if isinstance(one.outcome, Dead)), "")
    useful = [one for one in passages if not one.is_new or any(one.at(sink, event) for sink in found)]
    return Plan(event, useful, found, frozenset(left), refused)
