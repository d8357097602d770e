"""Backup and restore of a ledger on PostgreSQL, with the server's own programs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.identity import claim_world, read_identity
from lienthong.adapters.sql.ledger import SqlLedger
from tests.command_line import lienthong
from tests.contract.ledger_steps import receive
from tests.databases import make_tables
from tests.events import event
from tests.services import postgres

ENGLISH = {"LIENTHONG_LANG": "en"}


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_dump_is_restored_into_an_empty_database_and_proved(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with postgres.fresh_database() as engine, postgres.fresh_database(empty=True) as empty:
        ledger = SqlLedger(make_tables(engine), SystemClock())
        ledger.identity()
        receive(ledger, event("a"), event("b"))
        done = lienthong("backup", file, "--data", tmp_path / "data", LIENTHONG_DATABASE=url_of(engine), **ENGLISH)
        assert done.returncode == 0, done.stderr
        receive(ledger, event("after the backup"), cursor=2)

        there = {"LIENTHONG_DATABASE": url_of(empty), "LIENTHONG_DATA": str(tmp_path / "data"), **ENGLISH}
        restored = lienthong("restore", file, **there)
        assert restored.returncode == 0, restored.stderr
        assert done.stdout.splitlines()[-1] == restored.stdout.splitlines()[-1], "the same head"
        again = SqlLedger(empty, SystemClock())
        assert list(again.verify()) == [] and again.balance().sources["igate"].received == 2
        assert lienthong("verify", **there).returncode == 0
        old, new = read_identity(engine), read_identity(empty)
        assert old and new and old.id == new.id and old.incarnation != new.incarnation

        refused = lienthong("restore", file, **there)
        assert refused.returncode == 1 and "is not empty" in refused.stderr


def test_without_the_client_programs_the_message_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.fresh_database() as engine:
        make_tables(engine)
        claim_world(engine, datetime.now(UTC), world="live")
        monkeypatch.setenv("LIENTHONG_DATABASE", url_of(engine))
        done = lienthong("backup", tmp_path / "x.tar", "--data", tmp_path / "data", PATH="/nowhere", **ENGLISH)
    assert done.returncode == 1 and "postgresql-client" in done.stderr
    assert not (tmp_path / "x.tar").exists()
