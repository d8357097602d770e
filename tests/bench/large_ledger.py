"""A ledger with a long history, written by the ledger itself: years of events in small and large blocks.

Two years of four sources, up to now: what was delivered, dropped and dead, letters of dozens of causes, some of them
given up, an event that has been open for a year, and a few hundred that are open now. Its chain and its sums verify.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

from sqlalchemy import Engine, select, text, update

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import dead_letters
from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.ledger.records import DeadLetter, Entry
from tests.bench.dossiers import TYPE, dossier

DAYS = 730
NEW = 3_000
"""Events whose sums are not kept yet: more than a minute brings."""

OPEN = 300
"""Events that the sink has not finished at the end."""

VERSIONS = 4
"""Events of each record."""

LETTERS = 30_000
SINK = "sink.data-store"
BUNDLES = (500, 200, 1, 50, 3, 1, 200, 20, 1, 24)
"""Events of bundles, and so entries of blocks, in turn."""

ROUTES = {"igate": "igate-dossiers", "dvcqg": "dvcqg-dossiers", "vneid": "identity-accounts", "ccvc": "civil-servants"}
_TURNS = ("igate", "igate", "dvcqg", "igate", "vneid", "igate", "ccvc")
_REASONS = (
    "must be one of CB, CC, VC, HD, not “{0}”",
    "the date {0} is before 1900",
    "{0} is not a whole number",
    "the text is longer than 200 characters: {0}",
    "the procedure {0} is not known",
    "HTTP 404 for the record {0}",
)
_FIELDS = ("category", "accepted_at")
"""Together with the reasons, a dozen causes."""


@dataclass(slots=True)
class _Plan:
    """How many events, which moment each bundle is of, and every how many-th event dies."""

    events: int
    every: int
    began: datetime
    step: timedelta

    def moment(self, event: int) -> datetime:
        return self.began + self.step * event


def build(database: Engine, entries: int) -> None:
    """Write about `entries` entries into an empty ledger, and keep its sums but for the last `NEW` events."""
    events = entries // 3
    now = datetime.now(UTC)
    plan = _Plan(events, max(events // LETTERS, 20), now - timedelta(days=DAYS), timedelta(days=DAYS) / events)
    clock = ReplayClock(plan.began)
    ledger = SqlLedger(database, clock)
    ledger.identity()
    bundles = _bundles(plan)
    kept = False
    for _ in range(events):
        group = list(islice(bundles, 10))
        if not group:
            break
        if not kept and group[-1][-1] > events - NEW:
            kept = True
            ledger.keep_sums()
        _write(ledger, clock, group, plan)
    _discard_some(ledger, clock)


def _bundles(plan: _Plan) -> Iterator[tuple[str, list[Envelope], int]]:
    """Source, events, and the number of the first of them."""
    first = 0
    for size, source in zip(cycle(BUNDLES), cycle(_TURNS), strict=False):
        count = min(size, plan.events - first)
        if count <= 0:
            return
        yield source, [_event(source, number, plan.moment(first)) for number in range(first, first + count)], first
        first += count


def _event(source: str, number: int, moment: datetime) -> Envelope:
    data = dossier(number // VERSIONS) | {"version": number % VERSIONS}
    kind = TYPE if source == "igate" else f"{source}.record"
    identity = derive_id(source, data["code"], digest(canonical_json(data)))
    return Envelope(identity, kind, source, data["code"], moment, moment, data)


def _write(
    ledger: SqlLedger, clock: ReplayClock, group: Sequence[tuple[str, list[Envelope], int]], plan: _Plan
) -> None:
    """Ten bundles from their receipt to their end, in one transaction."""
    with ledger.transaction() as transaction:
        for source, envelopes, first in group:
            clock.move_to(envelopes[0].received_at)
            route = f"route.{ROUTES[source]}"
            numbers = transaction.receive(envelopes, source=source, to=[route], cursor={"done": first}).numbers
            transaction.mark_published(source, numbers)
            dead = {number for number in range(first, first + len(envelopes)) if number % plan.every == 0}
            letters = [
                _letter(envelope, route, first + at) for at, envelope in enumerate(envelopes) if first + at in dead
            ]
            reasons = {letter.envelope.id: letter.reason for letter in letters}
            transaction.record(
                [_at_route(envelope, route, reasons.get(envelope.id)) for envelope in envelopes], letters
            )
            transaction.record(
                [
                    _at_sink(envelope, first + at, plan)
                    for at, envelope in enumerate(envelopes)
                    if first + at not in dead and not _is_open(first + at, plan)
                ]
            )


def _is_open(number: int, plan: _Plan) -> bool:
    """Without an entry of the sink: one of a year ago, and the latest but for each tenth, which waits."""
    return number == plan.events // 2 + 1 or (number > plan.events - OPEN and number % 10 != 0)


def _at_route(envelope: Envelope, route: str, why: str | None) -> Entry:
    if why is None:
        return _entry(envelope, route, "done", to=(SINK,))
    return _entry(envelope, route, "dead", reason=why)


def _at_sink(envelope: Envelope, number: int, plan: _Plan) -> Entry:
    if number > plan.events - OPEN:
        return _entry(envelope, SINK, "later", reason="the data store does not answer")
    return _entry(envelope, SINK, "dropped" if number % 97 == 0 else "done")


def _entry(envelope: Envelope, stage: str, verdict: str, *, reason: str = "", to: tuple[str, ...] = ()) -> Entry:
    of = (envelope.id, envelope.source, envelope.subject, envelope.received_at)
    return Entry(*of, stage, 1, verdict, reason, to)  # type: ignore[arg-type] - the verdicts are ours


def _letter(envelope: Envelope, stage: str, number: int) -> DeadLetter:
    kind = number // 20
    reason = _REASONS[kind % len(_REASONS)].format(number)
    field = _FIELDS[kind // len(_REASONS) % len(_FIELDS)]
    return DeadLetter(0, envelope, stage, 1, 1, "Rejected", field, reason, envelope.received_at)


def _discard_some(ledger: SqlLedger, clock: ReplayClock) -> None:
    """Give up each fiftieth letter, as an operator does."""
    letter = dead_letters.c
    with ledger.transaction() as transaction:
        connection = transaction.connection
        numbers = connection.scalars(select(letter.number).where(letter.number % 50 == 0)).all()
        query = text("SELECT event_id, source, subject, received_at FROM ledger_bodies WHERE event_id = :id")
        acts = []
        for found in connection.execute(select(letter.event_id, letter.stage).where(letter.number.in_(numbers))).all():
            event = connection.execute(query, {"id": found.event_id}).one()
            moment = datetime.fromisoformat(event.received_at)
            of = (event.event_id, event.source, event.subject, moment)
            acts.append(Entry(*of, found.stage, 2, "discarded", "an exercise", (), "operator"))
        clock.move_to(datetime.now(UTC))
        transaction.record(acts)
        connection.execute(update(dead_letters).where(letter.number.in_(numbers)).values(state="discarded"))
