"""What comes back after a crash is handled event by event, and what kills workers is parked."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.crash_markers import FileCrashMarkers
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.outcome import Done, Outcome
from lienthong.ports import Transaction
from lienthong.processing.quarantine import MAX_SOLO_CRASHES, marker_key, split_for_quarantine
from lienthong.processing.stage import Stage
from lienthong.processing.worker import Worker
from lienthong.retry import RetryPolicy
from tests.databases import open_embedded
from tests.events import DAY, event
from tests.workers import Delivered, serve

EVENTS = (event("một"), event("hai"), event("ba"))


class Wire:
    """A broker that only takes."""

    def __init__(self, *, durable: bool = True) -> None:
        self.durable = durable
        self.sent: list[Bundle] = []

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        self.sent += bundles


class Bench:
    """A stage that keeps what it was given, its ledger, and workers for it."""

    def __init__(self, data: Path) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_embedded(data)
        self.ledger = SqlLedger(self.database, self.clock)
        self.folder = data / "hands"
        self.crash_markers = FileCrashMarkers(self.folder)
        self.handled: list[str] = []
        self.stage = Stage("sink.b", self._attempt, RetryPolicy())
        with self.ledger.transaction() as transaction:
            transaction.receive(EVENTS, source="igate", to=("sink.b",), cursor={})

    def worker(self, wire: Wire, *, quarantine: bool = False) -> Worker:
        return Worker(
            self.stage,
            broker=wire,  # type: ignore[arg-type]  # a broker that can only publish is enough here
            ledger=self.ledger,
            clock=self.clock,
            quarantine=quarantine,
            crash_markers=self.crash_markers,
        )

    def somebody_dies_over(self, bundle: Bundle, times: int = 1) -> None:
        """As a kernel sees it: the file is there and nobody locks it."""
        for number in range(times):
            (self.folder / f"{marker_key('sink.b', bundle)}.{number}").touch()

    def _attempt(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        self.handled += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.database.dispose()


def test_the_events_of_a_suspect_go_to_quarantine_one_by_one_in_the_same_turn() -> None:
    apart = split_for_quarantine(Bundle("sink.b", EVENTS, turn=3, attempt=2))
    assert [one.envelopes for one in apart] == [(one,) for one in EVENTS]
    assert {(one.queue, one.turn, one.attempt) for one in apart} == {("sink.b.quarantine", 3, 2)}


def test_a_bundle_somebody_died_over_is_taken_apart_and_not_tried_again_together(bench: Bench) -> None:
    wire, whole = Wire(), Bundle("sink.b", EVENTS)
    bench.somebody_dies_over(whole)
    serve(bench.worker(wire), Delivered(whole, 1))
    assert wire.sent == split_for_quarantine(whole)
    assert bench.handled == []
    assert bench.crash_markers.count(marker_key("sink.b", whole)) == 0


@pytest.mark.parametrize("redeliveries", [0, 1, 50])
def test_a_bundle_that_merely_came_back_is_no_suspect(bench: Bench, redeliveries: int) -> None:
    wire = Wire()
    serve(bench.worker(wire), Delivered(Bundle("sink.b", EVENTS), redeliveries))
    assert bench.handled == ["một", "hai", "ba"] and wire.sent == []
    assert not list(bench.folder.iterdir())


@pytest.mark.parametrize("deaths", range(MAX_SOLO_CRASHES))
def test_in_quarantine_an_event_has_its_chances(bench: Bench, deaths: int) -> None:
    (one, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    bench.somebody_dies_over(one, deaths)
    serve(bench.worker(Wire(), quarantine=True), Delivered(one, 50))
    assert bench.handled == ["một"]
    assert bench.ledger.letters() == []


def test_an_event_alone_that_killed_too_often_is_parked_and_never_handled_again(bench: Bench) -> None:
    (one, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    bench.somebody_dies_over(one, MAX_SOLO_CRASHES)
    serve(bench.worker(Wire(), quarantine=True), Delivered(one, 1))
    assert bench.handled == []
    (letter,) = bench.ledger.letters()
    assert (letter.envelope.subject, letter.error) == ("một", "Poison")
    assert bench.ledger.in_flight() == 2


def test_an_event_whose_ack_was_lost_keeps_its_verdict(bench: Bench) -> None:
    (one, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    worker = bench.worker(Wire(), quarantine=True)
    serve(worker, Delivered(one, 0))
    bench.somebody_dies_over(one, MAX_SOLO_CRASHES)
    serve(worker, Delivered(one, 1))
    assert bench.ledger.letters() == []
    assert [entry.verdict for entry in bench.ledger.trail(EVENTS[0].id)] == ["received", "done"]


def test_an_outage_of_the_ledger_is_no_evidence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise Transient("sổ cái không trả lời")

    monkeypatch.setattr(bench.ledger, "transaction", away)
    (one, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    serve(bench.worker(Wire(), quarantine=True), unserved := Delivered(one, 1))
    assert not unserved.acked
    assert bench.crash_markers.count(marker_key("sink.b", one)) == 0


def test_only_a_death_leaves_evidence(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from lienthong.adapters.crash_markers import FileCrashMarkers\n"
        "with FileCrashMarkers(Path(sys.argv[1])).mark('key'):\n"
        "    os.write(1, b'.'); sys.stdin.read(); os.kill(os.getpid(), 9)"
    )
    crash_markers = FileCrashMarkers(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout and process.stdout.read(1) == b"."
        assert crash_markers.count("key") == 0  # it is in hand, and whose hand it is lives
        process.stdin.close()
        process.wait()
    assert crash_markers.count("key") == 1
    with pytest.raises(ZeroDivisionError), crash_markers.mark("key"):
        raise ZeroDivisionError
    assert crash_markers.count("key") == 1
    crash_markers.clear("key")
    assert crash_markers.count("key") == 0
