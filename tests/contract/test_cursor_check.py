"""Verification of cursors, and of heads that were noted outside of the ledger."""

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.sql.ledger import SqlLedger
from tests.contract.ledger_steps import receive, tamper
from tests.events import event

EMPTIED = (
    "delete from ledger_bodies;delete from ledger_entries;delete from ledger_postings;delete from ledger_blocks;"
    "delete from ledger_writers"
)
TAMPERING = {
    "a cursor counts more": "update ledger_cursors set taken = taken + 1",
    "a cursor counts less": "update ledger_cursors set taken = taken - 1, handed_over = 0",
    "a cursor has more published than received": "update ledger_cursors set handed_over = taken + 1",
    "a cursor is deleted": "delete from ledger_cursors",
    "a cursor is left of a ledger that was emptied": EMPTIED,
    "an event bears the number of another": "update ledger_bodies set number = 2 where number = 3",
    "numbers begin late": "update ledger_bodies set number = number + 10",
}


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda name: name.replace(" ", "-"))
def test_verification_names_the_source_when(tampering: str, ledger: SqlLedger, database: Engine) -> None:
    receive(ledger, event("a"), event("b"))
    receive(ledger, event("c"))
    with ledger.transaction() as transaction:
        transaction.mark_published("igate", range(1, 3))
    assert list(ledger.verify()) == []
    with tamper(database) as connection:
        for statement in TAMPERING[tampering].split(";"):
            connection.execute(text(statement))
    assert any("nguồn igate" in fault for fault in ledger.verify())


def test_a_head_that_was_noted_elsewhere_shows_that_a_ledger_was_rewritten(ledger: SqlLedger, database: Engine) -> None:
    assert ledger.heads() == {}
    receive(ledger, event("a"))
    noted = list(ledger.heads().values())
    receive(ledger, event("b"))
    assert len(noted) == 1 and noted != list(ledger.heads().values())
    assert list(ledger.verify([f" {noted[0].upper()} "])) == []
    with tamper(database) as connection:
        for statement in (*EMPTIED.split(";"), "delete from ledger_cursors"):
            connection.execute(text(statement))
    assert noted[0] not in next(iter(ledger.verify())), "the head that was verified last is missing, not the one noted"
    with tamper(database) as connection:
        connection.execute(text("delete from ledger_marks"))
    assert list(ledger.verify()) == [], "an empty ledger has no fault"
    receive(ledger, event("b"))
    (fault,) = ledger.verify(noted)
    assert noted[0] in fault
