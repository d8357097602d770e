"""The contract of intake and ledger about records that disappear where a source lists everything."""

import threading
from collections.abc import Callable, Iterable, Iterator

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies
from lienthong.errors import Transient
from lienthong.intake.poller import Poller
from lienthong.ports import Cursor, Page, Record

NEVER = threading.Event()
Show = Callable[[str], int]
"""Poll once: the source shows records with these letters as keys. Returns how many events are new."""


class Register:
    """Lists records whose keys are the letters of `keys`; a space is a record without a key."""

    def __init__(self) -> None:
        self.keys = ""
        self.ends = "well"

    def poll(self, _: Cursor) -> Iterable[Page]:
        for key in self.keys:
            yield Page([Record("test.event", key.strip(), {"name": key})], {}, more=self.ends == "early")
        if self.ends == "down":
            raise Transient("down")


@pytest.fixture
def source() -> Register:
    return Register()


@pytest.fixture(params=["one process", "another process each time"])
def show(
    ledger: SqlLedger, clock: ReplayClock, source: Register, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], int]]:
    broker = KombuBroker("memory://", clock, name=request.node.name)
    broker.declare(["route.a"], ())

    def make() -> Poller:
        ports = {"broker": broker, "ledger": ledger, "clock": clock}
        return Poller("people", source, ("route.a",), **ports, lists_everything=True)

    poller = make()

    def poll(keys: str) -> int:
        source.keys = keys
        return (poller if request.param == "one process" else make()).poll(NEVER).new

    yield poll
    broker.close()


def history(database: Engine) -> str:
    """The keys of all events in order; a small letter is a mark of absence."""
    with database.connect() as connection:
        found = connection.execute(select(bodies).order_by(bodies.c.number)).all()
    return "".join(row.subject.lower() if b'"lienthong:absent":true' in row.body else row.subject for row in found)


def test_a_record_that_is_no_longer_listed_is_marked_once_with_its_last_content(
    show: Show, database: Engine, ledger: SqlLedger
) -> None:
    assert [show("ABC"), show("AC"), show("AC"), show("AC")] == [3, 1, 0, 0]
    assert history(database) == "ABCb"
    mark = ledger.latest_version("people", ("test.event", "B"))
    assert mark is not None and mark.is_absent and mark.data_dict()["name"] == "B"
    assert list(ledger.verify()) == []


def test_a_record_that_is_listed_again_returns_and_can_be_gone_again(show: Show, database: Engine) -> None:
    for keys in ("AB", "A", "AB", "AB", "A", "B"):
        show(keys)
    assert history(database) == "ABbBbBa"


@pytest.mark.parametrize("ends", ["down", "early"])
def test_a_poll_that_does_not_show_everything_marks_nothing(
    ends: str, show: Show, source: Register, database: Engine
) -> None:
    show("AB")
    source.ends = ends
    if ends == "down":
        with pytest.raises(Transient):
            show("A")
    else:
        show("A")
    assert history(database) == "AB"
    source.ends = "well"
    show("A")
    assert history(database) == "ABb"


@pytest.mark.parametrize("keys", ["", "A "])
def test_a_poll_that_shows_nothing_or_a_record_without_a_key_marks_nothing(
    keys: str, show: Show, database: Engine
) -> None:
    show("AB")
    show(keys)
    assert history(database) == "AB"


def test_most_records_are_not_believed_to_be_gone_at_once(show: Show, database: Engine) -> None:
    everyone = "ABCDEFGHIJKLMNOPQRSTUVWX"
    show(everyone)
    show(everyone[:11])
    show(everyone[:11])
    assert history(database) == everyone
    show(everyone[:12])
    assert history(database) == everyone + everyone[12:].lower()


def test_a_source_that_shows_few_of_its_records_is_logged_when_that_begins_and_ends(
    ledger: SqlLedger, clock: ReplayClock, source: Register
) -> None:
    broker = KombuBroker("memory://", clock, name="log")
    broker.declare(["route.a"], ())
    poller = Poller("people", source, ("route.a",), broker=broker, ledger=ledger, clock=clock, lists_everything=True)
    everyone, few = "ABCDEFGHIJKLMNOPQRSTUVWX", "ABC"
    begins, ends = "most records of the source are gone; not marked", "the source shows most of its records again"
    logged = []
    for source.keys in (everyone, few, few, everyone, everyone, few):
        with capture_logs() as logs:
            poller.poll(NEVER)
        logged.append([line["event"] for line in logs if line["event"] in (begins, ends)])
    assert logged == [[], [begins], [], [ends], [], [begins]]
    broker.close()


def test_other_sources_mark_nothing(ledger: SqlLedger, clock: ReplayClock, source: Register, database: Engine) -> None:
    broker = KombuBroker("memory://", clock, name="changes")
    broker.declare(["route.a"], ())
    poller = Poller("people", source, ("route.a",), broker=broker, ledger=ledger, clock=clock)
    for source.keys in ("AB", "A"):
        poller.poll(NEVER)
    assert history(database) == "AB"
    broker.close()
