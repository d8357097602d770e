"""What the doctor finds on a machine without servers, in both languages."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql import health as sql_health
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.status import SqlStatusBoard
from lienthong.operations import health
from lienthong.operations.health import examine_health
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.ports import ProcessStatus, StageCondition
from tests.databases import open_embedded
from tests.events import event

VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯà-ãè-êìíò-õùúýạ-ỹ]")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "bus.yaml").write_text("room: 10\n", encoding="utf-8")
    return Installation(tmp_path, {}, tmp_path / "var", broker="memory://", database="")


def examined(installation: Installation) -> Mapping[str, HealthItem]:
    return {item.topic: item for item in examine_health(installation)}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_item_is_in_the_readers_language(
    installation: Installation, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    for item in examine_health(installation):
        text = f"{item.topic} {item.found} {item.advice}".replace(str(installation.folder), "")
        assert bool(VIETNAMESE.search(text)) is (language == "vi" and item.topic != "Python"), text


def test_what_is_not_well_has_advice(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: SimpleNamespace(total=10**12, used=96 * 10**10, free=4 * 10**10)
    )
    found = examined(installation)
    assert found["Configuration"].state == "fail" and "lienthong check" in found["Configuration"].advice
    assert found["Database"].state == "warn" and "lienthong run" in found["Database"].advice
    assert found["Disk"].state == "warn" and "40.0 GB free, 96% used" in found["Disk"].found and found["Disk"].advice
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert examined(installation)["Disk"].state == "fail"


def test_an_examination_that_fails_is_an_item_and_the_rest_go_on(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")

    def fail(_: Installation) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr(health, "_disk", fail)
    found = examined(installation)
    assert found["Disk"].found == "it could not be examined: ZeroDivisionError: “first line”"
    assert found["Calendar"].state == "ok"


def test_a_damaged_database_file_is_reported_with_what_to_do(installation: Installation) -> None:
    installation.data.mkdir()
    (installation.data / "lienthong.db").write_bytes(b"this is no database" * 100)
    item = examined(installation)["Cơ sở dữ liệu"]
    assert item.state == "fail" and "not a database" in item.found


def test_of_a_large_file_the_small_tables_are_examined(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_health, "WHOLE_BYTES", 0)
    installation.data.mkdir()
    with open_embedded(installation.data).begin() as connection:
        connection.execute(text("CREATE TABLE other (number INTEGER PRIMARY KEY, word TEXT) WITHOUT ROWID"))
    assert "quá lớn" in examined(installation)["Cơ sở dữ liệu"].found
    with open_embedded(installation.data).begin() as connection:
        connection.execute(text("CREATE TABLE noted (word TEXT)"))
        connection.execute(text("INSERT INTO noted VALUES (NULL)"))
        connection.execute(text("PRAGMA writable_schema = ON"))
        connection.execute(
            text("UPDATE sqlite_schema SET sql = replace(sql, 'TEXT', 'TEXT NOT NULL') WHERE name = 'noted'")
        )
    item = examined(installation)["Cơ sở dữ liệu"]
    assert item.state == "fail" and "noted.word" in item.found


def test_a_bus_that_no_process_runs_is_not_well(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    installation.data.mkdir()
    database = open_embedded(installation.data)
    ledger = SqlLedger(database, SystemClock())
    board = SqlStatusBoard(database, ledger)
    assert examined(installation)["Processes"].state == "warn"
    now = datetime.now(UTC)
    process = ProcessStatus(process="p", pid=77, host="lt1", role="everything", began_at=now, seen_at=now)
    board.save(process, (), [StageCondition(stage="sink.b", process="p", halted_since=now)])
    found = examined(installation)
    assert found["Processes"].state == "ok" and "process 77 on lt1" in found["Processes"].found
    assert found["Stages"].state == "fail" and "lienthong resume sink.b" in found["Stages"].advice
    board.save(replace(process, seen_at=now - timedelta(hours=1)))
    gone = examined(installation)["Processes"]
    assert gone.state == "fail" and "not ended in order" in gone.found and "lienthong run" in gone.advice
    board.save(replace(process, ended_at=now))
    assert examined(installation)["Processes"].state == "warn"
    board.save(replace(process, role="until-done", ended_at=now))
    assert examined(installation)["Processes"].state == "ok"
    with ledger.transaction() as transaction:
        transaction.receive([event("a")], source="igate", to=("route.a",), cursor={})
    left = examined(installation)["Processes"]
    assert left.state == "fail" and "1 event is not finished" in left.found
    database.dispose()
