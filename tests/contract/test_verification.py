"""Verification finds every change to the ledger's tables and names its place."""

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.sql.ledger import SqlLedger
from tests.contract.ledger_steps import deliver, die, receive, tamper
from tests.events import event

TAMPERING = {
    "a reason is changed": "update ledger_entries set reason = 'x' where stage = 'sink.b' and subject = 'a'",
    "a verdict is changed": "update ledger_entries set verdict = 'dropped' where stage = 'sink.b' and subject = 'a'",
    "a day is changed": "update ledger_entries set day = '2023-12-01' where stage = 'sink.b' and subject = 'a'",
    "a subject is changed": "update ledger_entries set subject = 'z' where stage = 'sink.b' and subject = 'a'",
    "an entry is deleted": "delete from ledger_entries where stage = 'sink.b' and subject = 'a'",
    "an entry is added to a block": (
        "insert into ledger_entries select writer, block, position + 50, event_id, source, subject, received_at, day,"
        " stage, turn + 50, verdict, reason, handed_to, fan_out, who, seal from ledger_entries"
        " where verdict = 'received'"
    ),
    "an entry is added to a block that is not there": (
        "insert into ledger_entries select writer, block + 50, position, event_id, source, subject, received_at, day,"
        " stage, turn + 50, verdict, reason, handed_to, fan_out, who, seal from ledger_entries"
        " where verdict = 'received'"
    ),
    "an entry is added under another writer": (
        "insert into ledger_entries select 'x', block, position, event_id, source, subject, received_at, day,"
        " stage, turn + 50, verdict, reason, handed_to, fan_out, who, seal from ledger_entries"
        " where verdict = 'received'"
    ),
    "two entries are swapped": (
        "update ledger_entries set position = case position when 0 then 101 when 1 then 100 end"
        " where block = 1 and position in (0, 1);"
        "update ledger_entries set position = position - 100 where block = 1 and position >= 100"
    ),
    "the last block is cut off": (
        "delete from ledger_entries where block = (select max(number) from ledger_blocks);"
        "delete from ledger_postings where block = (select max(number) from ledger_blocks);"
        "delete from ledger_blocks where number = (select max(number) from ledger_blocks)"
    ),
    "a middle block is cut out": (
        "delete from ledger_entries where block = 2;delete from ledger_postings where block = 2;"
        "delete from ledger_blocks where number = 2"
    ),
    "a block's hash is changed": "update ledger_blocks set hash = replace(hash, '1', '2') where number = 2",
    "a block's time is changed": "update ledger_blocks set at = '2024-01-01T00:00:00+00:00' where number = 2",
    "a block's count is changed": "update ledger_blocks set entries = entries + 1 where number = 2",
    "two blocks are swapped": (
        "update ledger_blocks set number = number + 100 where number in (1, 2);"
        "update ledger_blocks set number = 103 - number where number > 100"
    ),
    "the head of the chain is changed": "update ledger_writers set blocks = blocks - 1",
    "a posting is changed": "update ledger_postings set amount = amount + 1 where block = 1 and account = 'route.a'",
    "a posting is deleted": "delete from ledger_postings where block = 1 and account = 'route.a'",
    "a posting is added": (
        "insert into ledger_postings select writer, block, source, day, 'sink.z', 1 from ledger_postings"
        " where block = 1 and account = 'route.a'"
    ),
    "a body is changed": "update ledger_bodies set body = (select body from ledger_bodies where subject = 'b')",
    "a body is deleted": "delete from ledger_bodies where subject = 'a'",
    "a body's type is changed": "update ledger_bodies set type = 'x' where subject = 'a'",
    "a dead letter is deleted": "delete from dead_letters",
    "a dead letter's reason is changed": "update dead_letters set reason = 'x'",
    "a dead letter's attempt is changed": "update dead_letters set attempt = attempt + 1",
    "a dead letter's error is changed": "update dead_letters set error = 'x'",
    "a dead letter's field is changed": "update dead_letters set field = 'x'",
    "a dead letter's time is changed": "update dead_letters set died_at = '2024-01-01T00:00:00+00:00'",
    "a dead letter's event is changed": (
        "update dead_letters set envelope = (select body from ledger_bodies where subject = 'a')"
    ),
    "a dead letter is marked as discarded": "update dead_letters set state = 'discarded'",
}


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda name: name.replace(" ", "-"))
def test_verification_names_the_place_when(tampering: str, ledger: SqlLedger, database: Engine) -> None:
    receive(ledger, event("a"), event("b"), event("c"))
    deliver(ledger, event("a"), event("b"))
    die(ledger, event("c"))
    assert list(ledger.verify()) == []
    with tamper(database) as connection:
        for statement in TAMPERING[tampering].split(";"):
            connection.execute(text(statement))
    faults = list(ledger.verify())
    assert faults
    assert any("khối" in fault or "sự kiện" in fault or "thư chết" in fault or "chuỗi" in fault for fault in faults)


@pytest.mark.parametrize(("language", "sentence"), [("vi", "chuỗi main: thiếu khối 2"), ("en", "block 2 is missing")])
def test_faults_are_in_the_readers_language(
    language: str, sentence: str, ledger: SqlLedger, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    receive(ledger, event("a"))
    receive(ledger, event("b"))
    receive(ledger, event("c"))
    with tamper(database) as connection:
        connection.execute(text("delete from ledger_blocks where number = 2"))
    faults = list(ledger.verify())
    assert any(sentence in fault for fault in faults)
