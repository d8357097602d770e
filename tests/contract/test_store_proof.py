"""The data store is proved: a row that was changed or removed is named, on every database."""

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.operations.verification import verify
from lienthong.outcome import Done
from lienthong.ports import Site
from store.writer import DataStore
from tests.contract.ledger_steps import receive
from tests.events import entry
from tests.unit.store.events import (
    account,
    dossier,
    payment,
    petition,
    procedure,
    question,
    question_answer,
    servant,
    submission,
)

STAGE = "sink.store"
CHANGES = {
    "update store_dossiers set channel = 'x'": "cột channel",
    "update store_dossiers set officer = 'x'": "cột officer",
    "delete from store_dossiers": "mất trong bảng hồ sơ",
    "delete from store_dossier_versions": "lịch sử không còn",
    "update store_dossier_versions set data = replace(data, 'channel', 'kenh')": "không còn là nội dung đã giao",
    "update store_dossier_versions set updated_at = '2020-01-01T00:00:00.000000Z'": "không còn là nội dung đã giao",
    "update store_dossier_versions set source = 'x'": "không còn là nội dung đã giao",
    "update store_dossiers set event_id = 'x'": "không có lần giao nào",
    "update store_service_periods set agency = 'x'": "store_service_periods",
    "update store_procedures set online_level = 'full'": "store_procedures",
    "update store_accounts set account_type = 'x'": "store_accounts",
    "update store_submissions set outcome = 'lacking'": "store_submissions",
    "update store_submissions set event = '{}'": "store_submissions",
    "update store_payments set amount = 1": "store_payments",
    "update store_questions set agency = 'x'": "store_questions",
    "update store_question_answers set text = 'x'": "store_question_answers",
    "update store_petitions set answered_at = null": "store_petitions",
}


@pytest.fixture
def sink(database: Engine, ledger: SqlLedger, clock: ReplayClock) -> DataStore:
    """A data store with one row in each table, delivered and recorded as the worker does."""
    store = DataStore(Site(clock, database))
    events = [dossier(), servant(), account(), procedure(), submission(), payment()]
    events += [question(), question_answer(), petition()]
    for envelope in events:
        receive(ledger, envelope)
    with ledger.transaction() as transaction:
        outcomes = store.deliver(events, transaction)
        seals = [outcome.seal for outcome in outcomes if isinstance(outcome, Done)]
        transaction.record([entry(of, STAGE, "done", seal=seal) for of, seal in zip(events, seals, strict=True)])
    return store


def test_what_was_delivered_is_proved(sink: DataStore, ledger: SqlLedger) -> None:
    assert [fault for fault in verify(ledger, sinks={STAGE: sink}).faults if "kho dữ liệu" in fault] == []


@pytest.mark.parametrize(("change", "named"), CHANGES.items())
def test_a_changed_row_is_named(change: str, named: str, sink: DataStore, ledger: SqlLedger, database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text(change))
    faults = [fault for fault in verify(ledger, sinks={STAGE: sink}).faults if "kho dữ liệu" in fault]
    assert any(named in fault for fault in faults), faults
