"""What comes back after a crash is handled event by event, and what kills workers is parked."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.hands import FileHands
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle, Envelope
from lienthong.errors import Transient
from lienthong.outcome import Done, Outcome
from lienthong.places import Places
from lienthong.ports import Transaction
from lienthong.quarantine import CHANCES, key_of, singles
from lienthong.retry import RetryPolicy
from lienthong.stage import Stage
from lienthong.worker import Worker
from tests.events import DAY, event

EVENTS = (event("một"), event("hai"), event("ba"))


@dataclass
class Returned:
    """A delivery that was in somebody's hands so many times before."""

    bundle: Bundle
    redeliveries: int
    acked: bool = False

    @property
    def redelivered(self) -> bool:
        return self.redeliveries > 0

    def ack(self) -> None:
        self.acked = True


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
        self.database = open_database(Places(data).database_url())
        self.ledger = SqlLedger(self.database, self.clock)
        self.folder = data / "hands"
        self.hands = FileHands(self.folder)
        self.handled: list[str] = []
        self.stage = Stage("sink.b", self._attempt, RetryPolicy())
        with self.ledger.transaction() as transaction:
            transaction.take(EVENTS, "source.igate", ("sink.b",), {})

    def worker(self, wire: Wire, *, quarantine: bool = False) -> Worker:
        return Worker(  # a broker that only takes is enough here
            self.stage,
            wire,
            self.ledger,
            self.clock,
            lambda _: None,
            quarantine=quarantine,
            hands=self.hands,  # type: ignore[arg-type]
        )

    def somebody_dies_over(self, bundle: Bundle, times: int = 1) -> None:
        """As a kernel sees it: the file is there and nobody locks it."""
        for number in range(times):
            (self.folder / f"{key_of('sink.b', bundle)}.{number}").touch()

    def _attempt(self, envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        self.handled += [envelope.subject for envelope in envelopes]
        return [Done(envelope) for envelope in envelopes]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.database.dispose()


def test_the_events_of_a_suspect_go_to_quarantine_one_by_one_in_the_same_turn() -> None:
    apart = singles(Bundle("sink.b", EVENTS, turn=3, attempt=2))
    assert [one.envelopes for one in apart] == [(one,) for one in EVENTS]
    assert {(one.queue, one.turn, one.attempt) for one in apart} == {("sink.b.quarantine", 3, 2)}


def test_a_bundle_somebody_died_over_is_taken_apart_and_not_tried_again_together(bench: Bench) -> None:
    wire, whole = Wire(), Bundle("sink.b", EVENTS)
    bench.somebody_dies_over(whole)
    bench.worker(wire).take(Returned(whole, 1))
    assert wire.sent == singles(whole)
    assert bench.handled == []
    assert bench.hands.deaths(key_of("sink.b", whole)) == 0


@pytest.mark.parametrize("redeliveries", [0, 1, 50])
def test_a_bundle_that_merely_came_back_is_no_suspect(bench: Bench, redeliveries: int) -> None:
    wire = Wire()
    bench.worker(wire).take(Returned(Bundle("sink.b", EVENTS), redeliveries))
    assert bench.handled == ["một", "hai", "ba"] and wire.sent == []
    assert not list(bench.folder.iterdir())


@pytest.mark.parametrize("deaths", range(CHANCES))
def test_in_quarantine_an_event_has_its_chances(bench: Bench, deaths: int) -> None:
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    bench.somebody_dies_over(one, deaths)
    bench.worker(Wire(), quarantine=True).take(Returned(one, 50))
    assert bench.handled == ["một"]
    assert bench.ledger.letters() == []


def test_an_event_alone_that_killed_too_often_is_parked_and_never_handled_again(bench: Bench) -> None:
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    bench.somebody_dies_over(one, CHANCES)
    bench.worker(Wire(), quarantine=True).take(Returned(one, 1))
    assert bench.handled == []
    (letter,) = bench.ledger.letters()
    assert (letter.envelope.subject, letter.error) == ("một", "Poison")
    assert bench.ledger.in_flight() == 2


def test_an_event_whose_ack_was_lost_keeps_its_verdict(bench: Bench) -> None:
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    worker = bench.worker(Wire(), quarantine=True)
    worker.take(Returned(one, 0))
    bench.somebody_dies_over(one, CHANCES)
    worker.take(Returned(one, 1))
    assert bench.ledger.letters() == []
    assert [entry.verdict for entry in bench.ledger.trail(EVENTS[0].id)] == ["received", "done"]


def test_an_outage_of_the_ledger_is_no_evidence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise Transient("sổ cái không trả lời")

    monkeypatch.setattr(bench.ledger, "transaction", away)
    (one, *_) = singles(Bundle("sink.b", EVENTS))
    with pytest.raises(Transient):
        bench.worker(Wire(), quarantine=True).take(Returned(one, 1))
    assert bench.hands.deaths(key_of("sink.b", one)) == 0


def test_only_a_death_leaves_evidence(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from lienthong.adapters.hands import FileHands\n"
        "with FileHands(Path(sys.argv[1])).holding('key'):\n"
        "    os.write(1, b'.'); sys.stdin.read(); os.kill(os.getpid(), 9)"
    )
    hands = FileHands(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout and process.stdout.read(1) == b"."
        assert hands.deaths("key") == 0  # it is in hand, and whose hand it is lives
        process.stdin.close()
        process.wait()
    assert hands.deaths("key") == 1
    with pytest.raises(ZeroDivisionError), hands.holding("key"):
        raise ZeroDivisionError
    assert hands.deaths("key") == 1
    hands.forget("key")
    assert hands.deaths("key") == 0
