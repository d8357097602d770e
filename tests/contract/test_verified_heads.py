"""Verification goes on from the heads that were verified last; what was proved before is proved on demand."""

import pytest
from sqlalchemy import Connection, Engine, text

from lienthong.adapters.sql.ledger import SqlLedger
from tests.contract.ledger_steps import deliver, die, receive, tamper
from tests.contract.test_verification import TAMPERING
from tests.events import event

_NOT_HERE = ("block", "number", "state")
CHANGES = {name: sql for name, sql in TAMPERING.items() if not any(word in sql for word in _NOT_HERE)}
"""Changes of what was written, without those that name one block by its number."""


def test_only_what_came_since_is_proved(ledger: SqlLedger, database: Engine) -> None:
    receive(ledger, event("a"))
    assert list(ledger.verify(since_verified=True)) == []
    assert ledger.verified().blocks == 1
    receive(ledger, event("b"))
    with tamper(database) as connection:
        connection.execute(text("update ledger_entries set reason = 'x' where subject = 'a'"))
    assert list(ledger.verify(since_verified=True)) == [], "a was proved before"
    assert ledger.verified().blocks == 2
    assert list(ledger.verify()), "everything is looked at on demand"


def test_a_ledger_is_verified_where_nothing_can_be_noted(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica, or a file on a disk that is read only."""
    receive(ledger, event("a"))

    def write(connection: Connection, *_: object) -> None:
        is_sqlite = connection.dialect.name == "sqlite"
        connection.execute(text("PRAGMA query_only=1" if is_sqlite else "SET TRANSACTION READ ONLY"))
        try:
            connection.execute(text("delete from ledger_marks"))
        finally:
            if is_sqlite:
                connection.execute(text("PRAGMA query_only=0"))

    monkeypatch.setattr("lienthong.adapters.sql.verification.write_marks", write)
    assert list(ledger.verify()) == []
    assert ledger.verified().at is None


def test_a_fault_is_found_until_it_is_gone(ledger: SqlLedger, database: Engine) -> None:
    receive(ledger, event("a"))
    assert list(ledger.verify(since_verified=True)) == []
    receive(ledger, event("b"))
    with tamper(database) as connection:
        connection.execute(text("update ledger_entries set reason = 'x' where subject = 'b'"))
    assert list(ledger.verify(since_verified=True)) == list(ledger.verify(since_verified=True)) != []
    assert ledger.verified().blocks == 1


@pytest.mark.parametrize("since_verified", [True, False])
def test_a_verified_head_that_was_rewritten_is_named(ledger: SqlLedger, database: Engine, since_verified: bool) -> None:
    receive(ledger, event("a"))
    assert list(ledger.verify()) == []
    head = ledger.heads()["main"]
    with tamper(database) as connection:
        for table in ("entries", "postings", "blocks", "bodies", "writers", "cursors"):
            connection.execute(text(f"delete from ledger_{table}"))  # noqa: S608 - names of this test
    receive(ledger, event("other"))
    assert any(head in fault for fault in ledger.verify(since_verified=since_verified))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_after_the_verified_heads_is_found(change: str, ledger: SqlLedger, database: Engine) -> None:
    receive(ledger, event("first"))
    assert list(ledger.verify(since_verified=True)) == []
    receive(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"), event("b"))
    die(ledger, event("c"))
    with tamper(database) as connection:
        for statement in CHANGES[change].split(";"):
            connection.execute(text(statement))
    assert list(ledger.verify(since_verified=True))
