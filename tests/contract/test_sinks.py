"""The sinks keep the contract of their port."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lienthong.ports import Site
from store import tables
from store.writer import DataStore
from tests.contract import sinks_contract as contract
from tests.unit.store.events import NOON, account, dossier, servant


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
    return contract.Bench(DataStore(Site(_Noon(), engine)), engine, observe, events)


@pytest.mark.parametrize(
    "promise",
    [
        contract.gives_one_outcome_each_in_order,
        contract.what_was_not_read_yet_is_delivered_as_what_was,
        contract.told_twice_keeps_one,
        contract.only_the_stranger_dies,
        contract.a_rolled_back_transaction_leaves_nothing,
        contract.nothing_to_deliver_is_fine,
    ],
    ids=lambda promise: promise.__name__,
)
def test_the_data_store_keeps_the_contract(
    data_store: contract.Bench, promise: Callable[[contract.Bench], None]
) -> None:
    promise(data_store)
