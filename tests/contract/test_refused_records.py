"""A record that the database refuses costs itself alone, on both databases alike."""

import threading
from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import Engine, select, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.rows import REASON_LIMIT
from lienthong.adapters.sql.schema import bodies
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.errors import Transient
from lienthong.intake import record_envelope
from lienthong.intake.poller import Poller
from lienthong.intake.record_envelope import make_envelope
from lienthong.ledger.records import DeadLetter, Entry
from lienthong.ports import Cursor, Page, Record
from tests.events import DAY

NEVER = threading.Event()
NAMES = [f"L-{number}" for number in range(9)]


class Letters:
    """A source with one page of letters."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.cursor: Cursor = {"page": 1}

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        yield Page([Record("letter.seen", key, {"code": key}) for key in self.keys], self.cursor)


@pytest.fixture
def broker(clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[KombuBroker]:
    broker = KombuBroker("memory://", clock, name=request.node.name)
    broker.declare(["route.a"], ())
    yield broker
    broker.close()


def refuse(database: Engine, condition: str) -> None:
    """Let the database refuse bodies by a condition on the new row, as a limit of its own would."""
    when = condition.format("NEW.")
    trigger = f"CREATE TRIGGER no_bad BEFORE INSERT ON {bodies.name}"
    statements = [f"{trigger} WHEN {when} BEGIN SELECT RAISE(ABORT, 'no'); END"]
    if database.dialect.name == "postgresql":
        body = "BEGIN RAISE EXCEPTION USING ERRCODE = 'string_data_right_truncation'; END"
        statements = [
            f"CREATE FUNCTION no_bad() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"{trigger} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION no_bad()",
        ]
    with database.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def received(database: Engine) -> dict[str, str]:
    with database.connect() as connection:
        rows = connection.execute(select(bodies.c.subject, bodies.c.body).order_by(bodies.c.number)).all()
    return {row.subject: row.body.decode() for row in rows}


def poller_of(source: Letters, broker: KombuBroker, ledger: SqlLedger, clock: ReplayClock) -> Poller:
    return Poller("post", source, ("route.a",), broker=broker, ledger=ledger, clock=clock)


@pytest.mark.parametrize("guilty", ["L-0", "L-4", "L-8"])
def test_a_refused_record_is_received_without_its_key_and_its_neighbours_as_they_are(
    guilty: str, database: Engine, broker: KombuBroker, ledger: SqlLedger, clock: ReplayClock
) -> None:
    refuse(database, f"{{0}}subject = '{guilty}'")
    poller = poller_of(Letters(*NAMES), broker, ledger, clock)
    assert poller.poll(NEVER).new == len(NAMES)
    found = received(database)
    assert set(found) == {*NAMES, ""} - {guilty}
    assert UNREADABLE_KEY in found[""] and f'"code":"{guilty}"' in found[""]
    assert ledger.cursor("post") == {"page": 1}
    assert ledger.balance().faults == ()
    assert list(ledger.verify()) == []
    assert poller_of(Letters(*NAMES), broker, ledger, clock).poll(NEVER).new == 0, "the same again changes nothing"


def test_a_record_that_is_refused_without_its_key_keeps_nothing_of_its_own(
    database: Engine, broker: KombuBroker, ledger: SqlLedger, clock: ReplayClock
) -> None:
    refuse(database, "{0}type = 'letter.seen' AND {0}subject IN ('L-1', '')")
    assert poller_of(Letters(*NAMES), broker, ledger, clock).poll(NEVER).new == len(NAMES)
    assert "L-1" not in received(database)[""]


def test_a_cursor_or_a_type_that_is_refused_for_ever_ends_the_poll_and_not_the_process(
    database: Engine, broker: KombuBroker, ledger: SqlLedger, clock: ReplayClock
) -> None:
    refuse(database, "{0}subject IN ('L-1', '')")
    with pytest.raises(Transient):
        poller_of(Letters(*NAMES), broker, ledger, clock).poll(NEVER)
    assert set(received(database)) <= {*NAMES} - {"L-1"}


def test_a_key_that_no_index_can_hold_is_refused_by_the_bound_before_a_database_sees_it(
    database: Engine, broker: KombuBroker, ledger: SqlLedger, clock: ReplayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(6_000))
    assert poller_of(Letters("L-1", key), broker, ledger, clock).poll(NEVER).new == 2
    assert set(received(database)) == {"L-1", ""}
    # Without the bound, one database refuses the key and the other takes it; the neighbours are received either way.
    monkeypatch.setattr(record_envelope, "KEY_LIMIT", 10_000)
    monkeypatch.setattr("lienthong.data.sound_data.KEY_LIMIT", 10_000)
    assert poller_of(Letters("L-2", key[::-1], "L-3"), broker, ledger, clock).poll(NEVER).new == 3
    assert {"L-2", "L-3"} < set(received(database))


def test_whatever_stands_in_a_reason_can_be_kept_and_verified(ledger: SqlLedger) -> None:
    envelope = make_envelope("post", Record("letter.seen", "L-1", {"code": "L-1"}), DAY)
    why, field = "a\0b \ud83d " + "x" * 5_000, "f\0" * 500
    with ledger.transaction() as transaction:
        transaction.receive([envelope], source="post", to=("route.a",), cursor={})
    entry = Entry(envelope.id, "post", "L-1", envelope.received_at, "route.a", 1, "dead", why)
    letter = DeadLetter(0, envelope, "route.a", 1, 1, "Kind\0", field, why, DAY)
    with ledger.transaction() as transaction:
        transaction.record([entry], [letter])
    (kept,) = ledger.letters()
    assert "\0" not in f"{kept.reason}{kept.field}{kept.error}"
    assert len(kept.reason) == REASON_LIMIT and kept.reason.startswith("a\ufffdb ?")
    assert list(ledger.verify()) == []
    assert ledger.balance().faults == ()


def test_a_source_that_fails_is_named_with_file_and_line(
    broker: KombuBroker, ledger: SqlLedger, clock: ReplayClock
) -> None:
    class Faulty(Letters):
        def poll(self, cursor: Cursor) -> Iterable[Page]:
            yield from super().poll(cursor)
            raise ValueError

    poller = poller_of(Faulty("L-1"), broker, ledger, clock)
    with pytest.raises(Transient, match=r"ValueError .*test_refused_records\.py:\d+"):
        poller.poll(NEVER)
    assert poller.log.status.trouble == "failing"
    assert len(ledger.trail("L-1")) == 1, "the page before stays received"
