"""A backup of the embedded database is whole or not there, private, and proved."""

import io
import stat
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.backup import CopyFailed
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.identity import claim_world, read_identity
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.operations.backup import MANIFEST, NoBackup, Place, back_up, restore
from tests.contract.ledger_steps import receive
from tests.databases import open_embedded
from tests.events import DAY, event

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A data directory whose newest event lies in the write-ahead log alone."""
    data = tmp_path / "data"
    (data / "set-aside").mkdir(parents=True)
    (data / "set-aside" / "foreign-1.body").write_bytes(b"message")
    (data / "logs").mkdir()
    (data / "logs" / "lienthong.jsonl").write_text("{}", encoding="utf-8")
    database = open_embedded(data)
    ledger = SqlLedger(database, ReplayClock(DAY))
    ledger.identity()
    receive(ledger, event("a"))
    assert (data / "lienthong.db-wal").stat().st_size > 0
    return Place(data, "")


def received(data: Path) -> int:
    database = open_embedded(data)
    try:
        ledger = SqlLedger(database, ReplayClock(DAY))
        assert list(ledger.verify()) == []
        return sum(account.received for account in ledger.balance().sources.values())
    finally:
        database.dispose()


def test_what_is_restored_is_what_was_there_with_a_new_incarnation(place: Place, tmp_path: Path) -> None:
    file, proof = back_up(place, tmp_path / "backups" / "one.tar", NOW)
    assert proof.is_proved and proof.heads
    receive(SqlLedger(open_embedded(place.data), ReplayClock(DAY)), event("after the backup"))

    again = Place(tmp_path / "again", "", has_broker=True)
    assert restore(file, again, NOW) == proof
    assert received(again.data) == 1 and received(place.data) == 2
    assert (again.data / "set-aside" / "foreign-1.body").read_bytes() == b"message"
    assert sorted(path.name for path in again.data.iterdir()) == ["lienthong.db", "set-aside"]
    old, new = read_identity(open_embedded(place.data)), read_identity(open_embedded(again.data))
    assert old and new and (old.id, old.restored_at) == (new.id, None)
    assert old.incarnation != new.incarnation and new.restored_at == NOW


def test_a_backup_is_one_private_file_and_nothing_else_is_left(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    file, _ = back_up(place, folder, NOW)
    assert file == folder / "lienthong-20261128T030000Z.tar"
    assert list(folder.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        assert sorted(archive.getnames()) == ["lienthong.db", MANIFEST, "set-aside/foreign-1.body"]
    with pytest.raises(NoBackup):
        back_up(place, file, NOW)


def test_a_ledger_that_is_not_intact_leaves_no_file(place: Place, tmp_path: Path) -> None:
    with open_embedded(place.data).begin() as connection:
        connection.exec_driver_sql("update ledger_entries set reason = 'changed'")
    with pytest.raises(CopyFailed):
        back_up(place, tmp_path / "backups" / "one.tar", NOW)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_ledger_is_never_replaced(place: Place, tmp_path: Path) -> None:
    file, _ = back_up(place, tmp_path / "one.tar", NOW)
    with pytest.raises(NoBackup):
        restore(file, place, NOW)
    assert received(place.data) == 1


@pytest.mark.parametrize("cut", [0, 1000, -20_000])
def test_half_a_backup_is_refused_and_restores_nothing(place: Place, tmp_path: Path, cut: int) -> None:
    file, _ = back_up(place, tmp_path / "one.tar", NOW)
    file.write_bytes(file.read_bytes()[:cut])
    again = tmp_path / "again"
    with pytest.raises(NoBackup):
        restore(file, Place(again, ""), NOW)
    assert not again.exists()


def test_a_backup_with_a_changed_byte_is_refused(place: Place, tmp_path: Path) -> None:
    file, _ = back_up(place, tmp_path / "one.tar", NOW)
    content = bytearray(file.read_bytes())
    at = content.index(b"SQLite format 3") + 5000
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(NoBackup):
        restore(file, Place(tmp_path / "again", ""), NOW)


def test_a_part_outside_of_the_folder_is_not_written(place: Place, tmp_path: Path) -> None:
    file, _ = back_up(place, tmp_path / "one.tar", NOW)
    with tarfile.open(file, "a") as archive:
        part = tarfile.TarInfo("../../stray")
        part.size = 1
        archive.addfile(part, io.BytesIO(b"x"))
    with pytest.raises(NoBackup):
        restore(file, Place(tmp_path / "again", ""), NOW)
    assert not (tmp_path / "stray").exists() and not (tmp_path / "again" / "lienthong.db").exists()


def test_a_backup_of_the_other_store_is_refused(place: Place, tmp_path: Path) -> None:
    file, _ = back_up(place, tmp_path / "one.tar", NOW)
    with pytest.raises(NoBackup, match="LIENTHONG_DATABASE"):
        restore(file, Place(tmp_path / "again", "postgresql://127.0.0.1:1/x"), NOW)


def test_an_empty_ledger_is_kept_only_where_a_live_bus_has_worked(tmp_path: Path) -> None:
    for name in ("no-tables", "no-entry", "recording", "live"):
        (tmp_path / name).mkdir()
    open_database(f"sqlite:///{tmp_path / 'no-tables' / 'lienthong.db'}").connect().close()
    open_embedded(tmp_path / "no-entry").dispose()
    for world in ("recording", "live"):
        claim_world(open_embedded(tmp_path / world), NOW, world=world)
    for name in ("no-tables", "no-entry", "recording"):
        with pytest.raises(CopyFailed, match="không có gì để sao lưu"):
            back_up(Place(tmp_path / name, ""), tmp_path / f"{name}.tar", NOW)
        assert not (tmp_path / f"{name}.tar").exists()
    file, proof = back_up(Place(tmp_path / "live", ""), tmp_path / "live.tar", NOW)
    assert file.exists() and proof.is_proved and not proof.heads
