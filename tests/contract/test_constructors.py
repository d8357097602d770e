"""No constructor makes or changes tables: only migrations do."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.configuration.load import load
from lienthong.configuration.resolve import make_connector
from lienthong.ports import Site
from tests.contract.conftest import START

ROOT = Path(__file__).parents[2]


def test_everything_can_be_constructed_over_an_empty_database_without_making_a_table(empty: Engine) -> None:
    clock = ReplayClock(START)
    settings, _ = load(ROOT, {**os.environ, "IGATE_URL": "http://127.0.0.1:1"})
    make_letter_store(empty, SqlLedger(empty, clock), clock)
    parts = [settings.sources, settings.sinks, settings.lookups, settings.reports]
    assert all(parts)
    for part in parts:
        for named in part.values():
            files: Any = {"calendars": settings.calendars, "own_files": settings.own_files}
            make_connector(named.use, Site(clock, empty), named.parameters, settings.tables, **files)
    assert inspect(empty).get_table_names() == []
