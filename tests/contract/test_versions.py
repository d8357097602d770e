"""The contract of intake and ledger about versions of a record: what is the same shown again, and what is new."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.schema import bodies
from lienthong.data.event_ids import is_return
from lienthong.errors import Transient
from lienthong.intake import page_batcher, reading
from lienthong.intake.poller import Poller
from lienthong.ports import Cursor, Page, Record

NEVER = threading.Event()
Show = Callable[..., int]
"""Poll once: the source shows these pages. Returns how many events are new."""


class Script:
    """A source that shows the pages it is given: each record a letter, the content of the one key `k`."""

    def __init__(self) -> None:
        self.pages: Sequence[str] = ()
        self.fails = False
        self.key = "k"
        self.cursors: list[Cursor] = []

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        self.cursors.append(cursor)
        for number, page in enumerate(self.pages, 1):
            records = [Record("test.event", self.key, {"content": content}) for content in page]
            yield Page(records, {"pages": number})
        if self.fails:
            raise Transient("down")


@pytest.fixture(params=[1, 500], ids=["page by page", "together"])
def batch_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_batcher, "MAX_BATCH_EVENTS", request.param)


@pytest.fixture
def source() -> Script:
    return Script()


@pytest.fixture
def make_poller(
    ledger: SqlLedger, clock: ReplayClock, source: Script, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Poller]]:
    broker = KombuBroker("memory://", clock, name=request.node.name)
    broker.declare(["route.a"], ())
    yield lambda: Poller("people", source, ("route.a",), broker=broker, ledger=ledger, clock=clock)
    broker.close()


@pytest.fixture(params=["one process", "another process each time"])
def show(make_poller: Callable[[], Poller], source: Script, request: pytest.FixtureRequest) -> Show:
    poller = make_poller()

    def poll(*pages: str) -> int:
        source.pages = pages
        return (poller if request.param == "one process" else make_poller()).poll(NEVER).new

    return poll


def history(database: Engine, source: str = "people") -> str:
    """The contents that the ledger has, in order. Those of returns are small letters."""
    with database.connect() as connection:
        found = connection.execute(select(bodies).where(bodies.c.source == source).order_by(bodies.c.number)).all()
    contents = [row.body.decode()[len('{"content":"') : -len('"}')] for row in found]
    return "".join(
        content.lower() if is_return(row.event_id) else content for content, row in zip(contents, found, strict=True)
    )


@pytest.mark.usefixtures("batch_size")
@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        (["A", "A", "A"], "A"),
        (["A", "B", "A"], "ABa"),
        (["A", "B", "A", "A", "B", "A"], "ABaba"),
        (["AABBA"], "ABa"),
        (["A,B,A"], "ABa"),
        (["A,B,A,B"], "ABab"),
        (["AB", "AB", "A,B"], "AB"),
        (["AB", "ABA", "A,BA"], "ABa"),
        (["ABA", "A", "ABA", "A,B,A"], "ABa"),
        (["A,B", "AB,C", "A,B,C"], "ABC"),
        (["A,B,C", "A,C", "A,C", "AC"], "ABCac"),
        (["AB", "ABAB", "ABAB", "A,BAB"], "ABab"),
        (["A", "B", "A", "C", "A"], "ABaCa"),
        (["AB", "BA", "BA"], "ABa"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_a_return_is_new_and_a_repetition_is_not(
    polls: list[str], expected: str, show: Show, database: Engine, ledger: SqlLedger
) -> None:
    for pages in polls:
        show(*pages.split(","))
    assert history(database) == expected
    assert list(ledger.verify()) == []


def test_a_record_without_a_key_is_known_by_its_content_alone(show: Show, source: Script, database: Engine) -> None:
    source.key = ""
    assert [show(*pages) for pages in (["AB"], ["A"], ["B", "A"])] == [2, 0, 0]
    assert history(database) == "AB"


def test_the_id_of_a_first_content_is_the_one_of_earlier_versions(show: Show, database: Engine) -> None:
    show("A")
    with database.connect() as connection:
        assert connection.scalar(select(bodies.c.event_id)) == "abe7c85c-6e52-5b2a-9441-acea50a0303a"


def test_versions_of_one_page_are_received_one_after_the_other(show: Show, database: Engine) -> None:
    show("A")
    show("BAB")
    with database.connect() as connection:
        moments = connection.scalars(select(bodies.c.received_at).order_by(bodies.c.number)).all()
    assert len(moments) == 4
    assert sorted(set(moments)) == list(moments)


@pytest.mark.usefixtures("batch_size")
def test_a_source_that_fails_has_shown_what_it_has_shown(show: Show, source: Script, database: Engine) -> None:
    for pages in ("A", "B"):
        show(pages)
    source.fails = True
    for _ in range(3):
        with pytest.raises(Transient):
            show("A")
    assert history(database) == "ABa"


@pytest.mark.usefixtures("batch_size")
def test_the_cursor_waits_for_records_that_are_not_decided(
    make_poller: Callable[[], Poller], source: Script, ledger: SqlLedger, database: Engine
) -> None:
    poller = make_poller()
    for pages in (["A", "B"], ["A"]):
        source.pages = pages
        poller.poll(NEVER)
    assert ledger.cursor("people") == {"pages": 1}
    source.pages = ["B", "A", "C"]
    stop = threading.Event()
    stop.set()
    make_poller().poll(stop)  # it is stopped after the first batch
    assert ledger.cursor("people") in ({"pages": 1}, {"pages": 3})
    make_poller().poll(NEVER)
    assert ledger.cursor("people") == {"pages": 3}
    assert history(database) == "ABaC"


def test_more_records_than_may_wait_are_decided_at_once(
    make_poller: Callable[[], Poller], source: Script, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_batcher, "MAX_BATCH_EVENTS", 1)
    monkeypatch.setattr(reading, "MAX_HELD", 0)
    for pages in (["A", "B"], ["A", "B"]):
        source.pages = pages
        make_poller().poll(NEVER)
    assert history(database) == "ABab"
