"""A ledger of an earlier version has no mark of its world: its own times decide, before anything is answered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.runtime.world import SURE_BLOCKS, ledger_world, settle_world
from tests.databases import open_embedded
from tests.events import event

MOMENT = datetime(2023, 11, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "blocks", "world"),
    [
        (MOMENT, SURE_BLOCKS, "recording"),
        (MOMENT + timedelta(microseconds=1), 1, "live"),
        (MOMENT, 0, "live"),
    ],
    ids=["whole seconds", "microseconds", "nothing"],
)
def test_what_wrote_an_unmarked_ledger_is_its_world(tmp_path: Path, first: datetime, blocks: int, world: str) -> None:
    database = open_embedded(tmp_path)
    ledger = SqlLedger(database, ReplayClock(first))
    for number in range(blocks):
        with ledger.transaction() as transaction:
            transaction.receive([event(str(number))], source="igate", to=("route.a",), cursor={})
    assert settle_world(database, datetime.now(UTC)) == world
    assert ledger_world(database) == world
    assert settle_world(database, datetime.now(UTC), default="recording") == world
    database.dispose()
