"""Tables of the data store that earlier versions made are adopted with all their rows, whatever shape they have."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.migrations.runner import upgrade
from lienthong.configuration.load import load
from lienthong.configuration.resolve import make_connector
from lienthong.ports import Site
from lienthong.report import Document
from reports.rendering import json_file, xlsx
from store import tables
from store.writer import DataStore
from tests.contract.conftest import START
from tests.contract.sinks_contract import committed
from tests.contract.store_shapes import Change, assert_todays_tables, change, forget_step
from tests.databases import PACKAGES, STORE, make_tables
from tests.events import entry
from tests.unit.store.events import NOON, account, dossier, servant

ROOT = Path(__file__).parents[2]
CODES = ("1", "2", "3")


def keep_data_beside_dossiers(connection: Connection) -> None:
    """Earlier versions had the JSON of the newest version in `store_dossiers` as well."""
    connection.execute(text("ALTER TABLE store_dossiers ADD COLUMN data TEXT NOT NULL DEFAULT ''"))
    connection.execute(
        text(
            "UPDATE store_dossiers SET data = (SELECT data FROM store_dossier_versions AS v WHERE v.source ="
            " store_dossiers.source AND v.code = store_dossiers.code AND v.event_id = store_dossiers.event_id)"
        )
    )


def key_history_by_event(connection: Connection) -> None:
    """The first version knew the history by the event id alone, and had an index over the rest."""
    rows = [dict(row._mapping) for row in connection.execute(select(tables.dossier_versions))]
    connection.execute(text("DROP TABLE store_dossier_versions"))
    columns = ", ".join(f"{name} VARCHAR NOT NULL" for name in ("event_id", "source", "code", "updated_at"))
    connection.execute(
        text(f"CREATE TABLE store_dossier_versions ({columns}, data TEXT NOT NULL, PRIMARY KEY (event_id))")
    )
    connection.execute(
        text("CREATE INDEX store_dossier_versions_by_dossier ON store_dossier_versions (source, code, updated_at)")
    )
    connection.execute(insert(tables.dossier_versions), rows)


def lose_tables_and_an_index(connection: Connection) -> None:
    connection.execute(text("DROP TABLE store_accounts"))
    connection.execute(text("DROP TABLE store_service_periods"))
    connection.execute(text("DROP INDEX store_dossiers_by_acceptance"))


def lose_versions(connection: Connection) -> None:
    connection.execute(delete(tables.dossier_versions).where(tables.dossier_versions.c.code != CODES[0]))


def lose_history(connection: Connection) -> None:
    connection.execute(text("DROP TABLE store_dossier_versions"))


FIRST_SHAPE = (keep_data_beside_dossiers, key_history_by_event, forget_step)
SECOND_SHAPE = (keep_data_beside_dossiers, forget_step)
TODAYS_SHAPE = (forget_step,)


@pytest.fixture
def filled(empty: Engine) -> Engine:
    """Three dossiers with two versions each, in today's tables."""
    make_tables(empty)
    with empty.begin() as connection:
        for code in CODES:
            known = {"source": "igate", "code": code, "updated_at": "2023-11-07"}
            newest = known | {"event_id": f"{code}2", "observed_at": "2023-11-07", "procedure": "1.0", "quality": ""}
            connection.execute(insert(tables.dossiers).values(newest))
            for version in _versions(code):
                connection.execute(insert(tables.dossier_versions).values(known | version))
    return empty


def _versions(code: str, *numbers: int) -> list[dict[str, str]]:
    return [{"event_id": f"{code}{n}", "data": f'{{"code":"{code}","n":{n}}}'} for n in numbers or (1, 2)]


def _history(engine: Engine) -> list[dict[str, str]]:
    query = select(tables.dossier_versions.c["event_id", "data"]).order_by("event_id")
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        (FIRST_SHAPE, (1, 2)),
        (SECOND_SHAPE, (1, 2)),
        (TODAYS_SHAPE, (1, 2)),
        ((*FIRST_SHAPE, lose_tables_and_an_index), (1, 2)),
        ((*TODAYS_SHAPE, lose_tables_and_an_index), (1, 2)),
        ((*FIRST_SHAPE, lose_history), (2,)),
        ((*SECOND_SHAPE, lose_history), (2,)),
    ],
    ids=lambda value: "-".join(getattr(each, "__name__", str(each)) for each in value),
)
def test_tables_of_an_earlier_version_are_adopted_with_every_row(
    filled: Engine, changes: Sequence[Change], kept: tuple[int, ...]
) -> None:
    change(filled, changes)
    for _ in range(2):
        upgrade(filled, [STORE])
        assert_todays_tables(filled)
        assert _history(filled) == [version for code in CODES for version in _versions(code, *kept)]
        with filled.connect() as connection:
            newest = connection.execute(select(tables.dossiers.c["code", "event_id"]).order_by("code")).all()
        assert [tuple(row) for row in newest] == [(code, f"{code}2") for code in CODES]


@pytest.mark.parametrize("changes", [FIRST_SHAPE, SECOND_SHAPE], ids=["first", "second"])
def test_versions_that_the_history_lacks_are_taken_from_the_dossiers(filled: Engine, changes: Sequence[Change]) -> None:
    change(filled, (*changes, lose_versions))
    upgrade(filled, [STORE])
    assert_todays_tables(filled)
    lost = [version for code in CODES[1:] for version in _versions(code, 2)]
    assert _history(filled) == _versions(CODES[0]) + lost


def test_a_version_of_the_history_is_not_replaced_by_the_copy_beside_the_dossier(filled: Engine) -> None:
    change(filled, SECOND_SHAPE)
    with filled.begin() as connection:
        connection.execute(text("UPDATE store_dossiers SET data = 'another'"))
    upgrade(filled, [STORE])
    assert _history(filled) == [version for code in CODES for version in _versions(code)]


def test_a_version_dated_in_the_future_no_longer_hides_the_later_ones(empty: Engine) -> None:
    clock, hour = ReplayClock(START), timedelta(hours=1)
    typo = dossier(status=4, updated_at="2099-01-01T00:00:00Z", observed_at=NOON)
    later = dossier(status=10, updated_at=NOON + hour, observed_at=NOON + 2 * hour, accepted_at=NOON - hour)
    earlier = dossier(status=2, updated_at=NOON - hour, observed_at=NOON - hour)
    alone = dossier("2", updated_at="2099-01-01T00:00:00Z", observed_at=NOON)
    make_tables(empty)
    with committed(empty) as transaction:
        DataStore(Site(clock, empty)).deliver([earlier, later, typo, alone, servant()], transaction)
    with empty.begin() as connection:
        shown = tables.dossiers.update().values(updated_at="2099-01-01T00:00:00.000000Z")
        connection.execute(shown.where(tables.dossiers.c.code == "2"))
        connection.execute(shown.values(event_id=typo.id, status=4, observed_at="2023-11-07T05:00:00.000000Z"))
        connection.execute(tables.service_periods.update().values(updated_at="2099-01-01T00:00:00.000000Z"))
    change(empty, TODAYS_SHAPE)
    upgrade(empty, PACKAGES)
    columns = tables.dossiers.c["event_id", "status", "updated_at", "observed_at", "accepted_at"]
    with empty.connect() as connection:
        dossiers = connection.execute(select(columns).order_by("code")).all()
        periods = connection.execute(select(tables.service_periods.c["updated_at"])).scalars().all()
    noon = "2023-11-07T05:00:00.000000Z"
    assert tuple(dossiers[0]) == (
        later.id, 10, "2023-11-07T06:00:00.000000Z", "2023-11-07T07:00:00.000000Z", "2023-11-07T04:00:00.000000Z"
    )  # fmt: skip
    assert dossiers[1].updated_at == noon
    assert periods == [noon]


def test_an_empty_database_gets_todays_tables(empty: Engine) -> None:
    upgrade(empty, [STORE])
    assert_todays_tables(empty)


@pytest.mark.parametrize("changes", [FIRST_SHAPE, SECOND_SHAPE, TODAYS_SHAPE], ids=["first", "second", "today"])
def test_the_ledger_and_the_reports_say_the_same_before_and_after(empty: Engine, changes: Sequence[Change]) -> None:
    clock = ReplayClock(START)
    ledger = SqlLedger(make_tables(empty), clock)
    paper = {"digitised": True, "reused": False, "from_store": True}
    portal = {"source": "dvcqg", "channel": "online", "fee": 1000, "online_payment": 1, "components": [paper]}
    events = [dossier(), dossier("2", officer=None), dossier("3", **portal), dossier("4", **portal, result_file=True)]
    events += [servant(), account(), dossier(status=9, observed_at="2023-11-09T00:00:00Z")]
    for source in sorted({each.source for each in events}):
        of_source = [each for each in events if each.source == source]
        with ledger.transaction() as transaction:
            transaction.receive(of_source, source=source, to=("sink.store",), cursor={})
            transaction.record([entry(each, "sink.store", "done") for each in of_source])
    with committed(empty) as transaction:
        DataStore(Site(clock, empty)).deliver(events, transaction)
    before = _everything(empty, ledger, clock)
    assert before["verify"] == [] and len(before["reports"]) == 28

    change(empty, changes)
    upgrade(empty, PACKAGES)
    assert _everything(empty, ledger, clock) == before


def _everything(engine: Engine, ledger: SqlLedger, clock: ReplayClock) -> dict[str, Any]:
    """What `verify`, `balance` and every report say."""
    settings, _ = load(ROOT, os.environ)
    site = Site(clock, engine)
    named_things = {"calendars": settings.calendars, "own_files": settings.own_files}
    documents: list[Document] = [
        make_connector(named.use, site, named.parameters, settings.tables, **named_things).build("2023-11")
        for named in settings.reports.values()
    ]
    return {
        "verify": list(ledger.verify()),
        "heads": ledger.heads(),
        "balance": ledger.balance(),
        "reports": [render(document) for document in documents for render in (json_file.render, xlsx.render)],
    }
