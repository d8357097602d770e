"""The sinks keep the contract of their port."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select

from lienthong.ports import Site
from store import tables
from store.writer import DataStore
from tests.contract import sinks_contract as contract
from tests.contract.answers_sink import answers_bench
from tests.contract.generic_sinks import HTTP_FORMATS, files_bench, http_bench, sql_bench
from tests.contract.portal_sink import portal_bench
from tests.unit.store.events import (
    NOON,
    account,
    dossier,
    payment,
    petition,
    question,
    question_answer,
    servant,
    submission,
)


class _Noon:
    def now(self) -> Any:
        return NOON


@pytest.fixture
def data_store(database: Engine) -> Any:
    engine = database

    def observe() -> Any:
        with engine.connect() as connection:
            return {
                table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
                for table in tables.metadata.sorted_tables
            }

    events = [dossier(), servant(), account(), dossier("000.00.31.H08-231107-0002")]
    events += [submission(), payment(), submission(outcome="lacking")]
    events += [question(), question_answer(), petition()]
    unknown = events[0]._replace(id="unknown", type="unknown.v9")
    return contract.Bench(DataStore(Site(_Noon(), engine)), engine, observe, events, poison=(unknown, "unknown.v9"))


def promises(*groups: Sequence[Callable[[contract.Bench], None]]) -> pytest.MarkDecorator:
    every = [promise for group in groups for promise in group]
    return pytest.mark.parametrize("promise", every, ids=lambda promise: promise.__name__)


Promise = Callable[[contract.Bench], None]


@promises(contract.EVERY_SINK, contract.TRANSACTIONAL, contract.REFUSING)
def test_the_data_store_keeps_the_contract(data_store: contract.Bench, promise: Promise) -> None:
    promise(data_store)


@promises(contract.EVERY_SINK, contract.INDEPENDENT, contract.REFUSING)
def test_the_portal_keeps_the_contract(promise: Promise) -> None:
    promise(portal_bench(create_engine("sqlite://")))


@pytest.mark.parametrize("format_", HTTP_FORMATS)
@promises(contract.EVERY_SINK, contract.INDEPENDENT, contract.REFUSING)
def test_the_http_sink_keeps_the_contract(format_: str, promise: Promise) -> None:
    promise(http_bench(create_engine("sqlite://"), format_))


@promises(contract.EVERY_SINK, contract.INDEPENDENT, contract.REFUSING)
def test_the_sink_of_answers_keeps_the_contract(promise: Promise) -> None:
    promise(answers_bench(create_engine("sqlite://")))


@pytest.mark.parametrize("part_size", [1, 1_000_000])
@promises(contract.EVERY_SINK, contract.INDEPENDENT)
def test_the_files_sink_keeps_the_contract(tmp_path: Path, part_size: int, promise: Promise) -> None:
    promise(files_bench(create_engine("sqlite://"), tmp_path, part_size))


@promises(contract.EVERY_SINK, contract.TRANSACTIONAL, contract.REFUSING)
def test_the_sql_sink_in_our_database_keeps_the_contract(database: Engine, promise: Promise) -> None:
    promise(sql_bench(database, by_url=False))


@promises(contract.EVERY_SINK, contract.INDEPENDENT, contract.REFUSING)
def test_the_sql_sink_in_another_database_keeps_the_contract(database: Engine, promise: Promise) -> None:
    promise(sql_bench(database, by_url=True))
