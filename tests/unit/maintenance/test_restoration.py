"""The witness that a broker keeps shows whether an older state of the database was restored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ledger.identity import LedgerIdentity, Position, Witness, incarnation_number
from lienthong.maintenance.restoration import NotAdopted, RestorationWatch
from tests.databases import open_embedded
from tests.events import DAY, event


class Keeping(KombuBroker):
    """The embedded broker, as one that survives its process."""

    durable = True
    kept: str | None = None

    def keep_witness(self, ledger: str, text: str) -> None:
        self.kept = text

    def read_witness(self, ledger: str) -> str | None:
        return self.kept


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, ReplayClock(DAY))
    with ledger.transaction() as transaction:
        transaction.receive([event("a")], source="igate", to=("route.a",), cursor={})
    yield ledger
    database.dispose()


@pytest.fixture
def broker() -> Iterator[Keeping]:
    broker = Keeping("memory://", ReplayClock(DAY))
    yield broker
    broker.close()


def enter_with(broker: Keeping, ledger: SqlLedger, kept: str | None) -> tuple[LedgerIdentity, LedgerIdentity]:
    """The identity before and after a start that finds this witness."""
    before = ledger.identity()
    broker.kept = kept
    return before, RestorationWatch(broker, ledger).enter()


def test_without_a_witness_or_with_one_that_cannot_be_read_nothing_begins(broker: Keeping, ledger: SqlLedger) -> None:
    for kept in (None, "", "[]", '{"incarnation": 1}', '{"incarnation": "1-a", "positions": {"main": [1]}}'):
        before, after = enter_with(broker, ledger, kept)
        assert after == before
        assert broker.kept is not None and Witness.from_json(broker.kept).positions == ledger.positions()
        assert broker.origin == (after.id, after.incarnation)


def test_a_block_that_the_ledger_does_not_have_begins_an_incarnation(broker: Keeping, ledger: SqlLedger) -> None:
    current = ledger.identity().incarnation
    before, after = enter_with(broker, ledger, Witness(current, {"main": Position(9, "lost")}).to_json())
    assert incarnation_number(after.incarnation) == incarnation_number(before.incarnation) + 1
    assert after.restored_at == DAY
    _, again = enter_with(broker, ledger, broker.kept)
    assert again == after
    with pytest.raises(NotAdopted):
        RestorationWatch(broker, ledger).require_adopted()


def test_a_witness_of_a_later_incarnation_shows_a_restoration_and_one_of_an_earlier_does_not(
    broker: Keeping, ledger: SqlLedger
) -> None:
    before, after = enter_with(broker, ledger, Witness("5-later", {}).to_json())
    assert incarnation_number(after.incarnation) == 6 and after.incarnation != before.incarnation
    _, same = enter_with(broker, ledger, Witness("2-earlier", {"main": Position(9, "lost")}).to_json())
    assert same == after


def test_the_witness_is_written_when_the_ledger_has_come_further(broker: Keeping, ledger: SqlLedger) -> None:
    watch = RestorationWatch(broker, ledger)
    watch.enter()
    broker.kept = None
    watch.keep()
    assert broker.kept is None
    with ledger.transaction() as transaction:
        transaction.receive([event("b")], source="igate", to=("route.a",), cursor={})
    watch.keep()
    assert broker.kept is not None and Witness.from_json(broker.kept).positions == ledger.positions()


def test_an_incarnation_that_another_process_began_is_taken_over_although_the_ledger_has_come_no_further(
    broker: Keeping, ledger: SqlLedger
) -> None:
    watch = RestorationWatch(broker, ledger)
    watch.enter()
    watch.keep()
    begun = ledger.begin_incarnation(after=ledger.identity().incarnation)
    watch.keep()
    assert broker.origin == (begun.id, begun.incarnation), "what this process publishes must not be held"
    assert broker.kept is not None and Witness.from_json(broker.kept).incarnation == begun.incarnation
