"""After a crash a bundle is handled event by event, and an event that kills workers is parked."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.crash_markers import FileCrashMarkers
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import EventsTooLarge, Transient
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


class PublishOnly:
    """A broker that keeps the bundles that are published to it."""

    def __init__(self, *, durable: bool = True) -> None:
        self.durable = durable
        self.published: list[Bundle] = []

    def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
        self.published += bundles


class StageUnderTest:
    """A stage that keeps the names of the events it handled, with its ledger, its crash markers and its workers."""

    def __init__(self, data: Path) -> None:
        self.clock = ReplayClock(DAY)
        self.database = open_embedded(data)
        self.ledger = SqlLedger(self.database, self.clock)
        self.folder = data / "crash-markers"
        self.crash_markers = FileCrashMarkers(self.folder)
        self.handled: list[str] = []
        self.stage = Stage("sink.b", self._attempt, RetryPolicy())
        with self.ledger.transaction() as transaction:
            transaction.receive(EVENTS, source="igate", to=("sink.b",), cursor={})

    def worker(self, broker: PublishOnly, *, quarantine: bool = False) -> Worker:
        return Worker(
            self.stage,
            broker=broker,  # type: ignore[arg-type]  # a broker that can only publish is enough here
            ledger=self.ledger,
            clock=self.clock,
            quarantine=quarantine,
            crash_markers=self.crash_markers,
        )

    def crash_over(self, bundle: Bundle, times: int = 1) -> None:
        """Leave what a process leaves that dies over a bundle: a marker file without a lock."""
        for number in range(times):
            (self.folder / f"{marker_key('sink.b', bundle)}.{number}").touch()

    def _attempt(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        self.handled += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[StageUnderTest]:
    under_test = StageUnderTest(tmp_path)
    yield under_test
    under_test.database.dispose()


def test_each_event_goes_to_quarantine_in_a_bundle_of_its_own_with_the_same_turn() -> None:
    apart = split_for_quarantine(Bundle("sink.b", EVENTS, turn=3, attempt=2))
    assert [one.envelopes for one in apart] == [(one,) for one in EVENTS]
    assert {(one.queue, one.turn, one.attempt) for one in apart} == {("sink.b.quarantine", 3, 2)}


def test_a_bundle_that_a_worker_died_over_is_split_and_not_attempted(stage: StageUnderTest) -> None:
    broker, whole = PublishOnly(), Bundle("sink.b", EVENTS)
    stage.crash_over(whole)
    serve(stage.worker(broker), Delivered(whole, 1))
    assert broker.published == split_for_quarantine(whole)
    assert stage.handled == []
    assert stage.crash_markers.count(marker_key("sink.b", whole)) == 0


@pytest.mark.parametrize("large", [{"hai"}, {"một", "hai", "ba"}])
def test_on_the_way_to_quarantine_what_no_message_can_hold_is_dead_and_the_rest_goes_there(
    stage: StageUnderTest, large: set[str]
) -> None:
    class Narrow(PublishOnly):
        def publish(self, bundles: Sequence[Bundle], announce: Sequence[Envelope] = ()) -> None:
            sizes = {each.id: 99 for bundle in bundles for each in bundle.envelopes if each.subject in large}
            if sizes:
                raise EventsTooLarge(sizes, 10)
            super().publish(bundles, announce)

    broker, whole = Narrow(), Bundle("sink.b", EVENTS)
    stage.crash_over(whole)
    serve(stage.worker(broker), delivered := Delivered(whole, 1))
    assert delivered.acked
    assert stage.handled == []
    assert broker.published == [one for one in split_for_quarantine(whole) if one.envelopes[0].subject not in large]
    assert {letter.envelope.subject for letter in stage.ledger.letters()} == large
    assert {letter.error for letter in stage.ledger.letters()} == {"TooLarge"}


@pytest.mark.parametrize("redeliveries", [0, 1, 50])
def test_a_redelivery_without_a_crash_is_handled_as_usual(stage: StageUnderTest, redeliveries: int) -> None:
    broker = PublishOnly()
    serve(stage.worker(broker), Delivered(Bundle("sink.b", EVENTS), redeliveries))
    assert stage.handled == ["một", "hai", "ba"] and broker.published == []
    assert not list(stage.folder.iterdir())


@pytest.mark.parametrize("deaths", range(MAX_SOLO_CRASHES))
def test_in_quarantine_an_event_is_attempted_until_it_has_too_many_crashes(stage: StageUnderTest, deaths: int) -> None:
    (single, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    stage.crash_over(single, deaths)
    serve(stage.worker(PublishOnly(), quarantine=True), Delivered(single, 50))
    assert stage.handled == ["một"]
    assert stage.ledger.letters() == []


def test_a_single_event_with_too_many_crashes_is_parked_without_an_attempt(stage: StageUnderTest) -> None:
    (single, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    stage.crash_over(single, MAX_SOLO_CRASHES)
    serve(stage.worker(PublishOnly(), quarantine=True), Delivered(single, 1))
    assert stage.handled == []
    (letter,) = stage.ledger.letters()
    assert (letter.envelope.subject, letter.error) == ("một", "Poison")
    assert stage.ledger.in_flight() == 2


def test_an_event_whose_ack_was_lost_keeps_its_verdict(stage: StageUnderTest) -> None:
    (single, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    worker = stage.worker(PublishOnly(), quarantine=True)
    serve(worker, Delivered(single, 0))
    stage.crash_over(single, MAX_SOLO_CRASHES)
    serve(worker, Delivered(single, 1))
    assert stage.ledger.letters() == []
    assert [entry.verdict for entry in stage.ledger.trail(EVENTS[0].id)] == ["received", "done"]


def test_an_outage_of_the_ledger_leaves_no_crash_marker(stage: StageUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable() -> None:
        raise Transient("sổ cái không trả lời")

    monkeypatch.setattr(stage.ledger, "transaction", unavailable)
    (single, *_) = split_for_quarantine(Bundle("sink.b", EVENTS))
    serve(stage.worker(PublishOnly(), quarantine=True), unserved := Delivered(single, 1))
    assert not unserved.acked
    assert stage.crash_markers.count(marker_key("sink.b", single)) == 0


def test_only_the_death_of_the_process_leaves_a_crash_marker(tmp_path: Path) -> None:
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
        assert crash_markers.count("key") == 0  # it is being handled by a process that lives
        process.stdin.close()
        process.wait()
    assert crash_markers.count("key") == 1
    with pytest.raises(ZeroDivisionError), crash_markers.mark("key"):
        raise ZeroDivisionError
    assert crash_markers.count("key") == 1
    crash_markers.clear("key")
    assert crash_markers.count("key") == 0
