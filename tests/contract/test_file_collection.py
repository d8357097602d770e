"""The collection of bodies that nothing names, over both databases: what is spared, what goes, uploads beside it."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.files.named import NamedFiles
from lienthong.adapters.sql.file_names import DELETING, SqlFileNames
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.maintenance.file_collection import HELD_UP, Collected, FileCollection
from tests.contract.ledger_steps import die
from tests.events import entry

AGE = timedelta(days=7)


class Place:
    """Files in a folder with their notes, what rows of a project name, and a collection."""

    def __init__(self, folder: Path, database: Engine) -> None:
        self.clock, self.folder = ReplayClock(datetime.now(UTC)), folder
        self.store = FolderFiles(folder / "files")
        self.names = SqlFileNames(database)
        self.files = NamedFiles(self.store, self.names, self.clock)
        self.ledger = SqlLedger(database, self.clock)
        self.rows: set[str] = set()
        self.collection = FileCollection(
            self.files, self.names, self.kept_by, ledger=self.ledger, clock=self.clock, age=AGE
        )

    def kept_by(self, connection: Any, digests: Sequence[str]) -> set[str]:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        return self.rows & set(digests)

    def put(self, content: bytes) -> str:
        return self.files.put(io.BytesIO(content)).digest

    def wait(self, time: timedelta = AGE + timedelta(seconds=1)) -> None:
        self.clock.move_to(self.clock.now() + time)

    def receive(self, digest: str) -> Envelope:
        """An event that names a body, and waits for its route."""
        now = self.clock.now()
        event = Envelope("e1", "scan.v1", "request.scans", "e1", now, now, {"file": {"digest": digest}})
        with self.ledger.transaction() as transaction:
            transaction.receive([event], source="request.scans", to=["route.scans"], cursor={})
        return event

    def end(self, event: Envelope, verdict: Any) -> None:
        with self.ledger.transaction() as transaction:
            transaction.record([entry(event, "route.scans", verdict)])


@pytest.fixture
def place(tmp_path: Path, database: Engine) -> Place:
    return Place(tmp_path, database)


def test_a_body_that_nothing_names_goes_when_it_is_old(place: Place) -> None:
    digest = place.put(b"a")
    assert place.collection.run() == Collected()
    place.wait()
    assert place.collection.run().removed == 1
    assert not place.files.exists(digest) and place.names.counts().files == 0
    assert place.put(b"a") == digest and place.files.exists(digest)


def test_a_body_that_a_row_names_stays_for_ever(place: Place) -> None:
    place.rows.add(place.put(b"a"))
    for _ in range(3):
        place.wait()
        assert place.collection.run().in_use == 1
        assert place.collection.run() == Collected()
    place.rows.clear()
    place.wait()
    assert place.collection.run().removed == 1


def test_a_body_that_is_put_again_begins_anew(place: Place) -> None:
    digest = place.put(b"a")
    place.wait()
    place.put(b"a")
    assert place.collection.run() == Collected()
    assert place.files.exists(digest)


def test_a_body_that_an_open_event_names_stays_until_it_ends(place: Place) -> None:
    digest = place.put(b"a")
    event = place.receive(digest)
    place.wait()
    assert place.collection.run().in_use == 1
    place.end(event, "dropped")
    place.wait()
    assert place.collection.run().removed == 1
    assert not place.files.exists(digest)


def test_a_body_that_a_dead_letter_names_stays_until_it_is_discarded(place: Place) -> None:
    digest = place.put(b"a")
    now = place.clock.now()
    event = Envelope("e1", "scan.v1", "igate", "e1", now, now, {"file": {"digest": digest}})
    with place.ledger.transaction() as transaction:
        transaction.receive([event], source="igate", to=["route.a"], cursor={})
    letter = die(place.ledger, event)
    place.wait()
    assert place.collection.run().in_use == 1
    with place.ledger.transaction() as transaction:
        assert transaction.unpark(letter.number, "discarded")
        transaction.record([entry(event, "route.a", "discarded", turn=2)])
    place.wait()
    assert place.collection.run().removed == 1


def test_without_a_function_that_names_bodies_none_is_removed(place: Place) -> None:
    digest = place.put(b"a")
    place.wait()
    careful = FileCollection(place.files, place.names, None, ledger=place.ledger, clock=place.clock, age=AGE)
    assert careful.run() == Collected()
    assert place.files.exists(digest)


def test_a_function_that_fails_costs_no_body(place: Place) -> None:
    digest = place.put(b"a")
    place.wait()

    def broken(connection: Any, digests: Sequence[str]) -> set[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        FileCollection(place.files, place.names, broken, ledger=place.ledger, clock=place.clock, age=AGE).run()
    assert place.files.exists(digest)


def test_one_process_at_a_time_collects(place: Place) -> None:
    place.put(b"a")
    place.wait()
    with place.ledger.lease("files.collection") as ours:
        assert ours and place.collection.run() == Collected()
    assert place.collection.run().removed == 1


def test_a_body_without_a_note_is_noted_and_its_age_begins(place: Place) -> None:
    digest = place.store.put(io.BytesIO(b"put by hand")).digest
    assert place.collection.run().adopted == 1
    place.wait(AGE / 2)
    assert place.collection.run() == Collected()
    place.wait()
    assert place.collection.run().removed == 1
    assert not place.files.exists(digest)


def test_more_bodies_than_a_page(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lienthong.maintenance.file_collection.PAGE", 4)
    digests = [place.put(bytes([number])) for number in range(11)]
    place.rows.update(digests[::2])
    place.wait()
    done = place.collection.run()
    assert (done.removed, done.in_use) == (5, 6)
    assert [place.files.exists(digest) for digest in digests] == [number % 2 == 0 for number in range(11)]


class _Watched(FolderFiles):
    """Files that call `during` while a body is being deleted."""

    during: Callable[[], None]

    def delete(self, digest: str) -> None:
        self.during()
        super().delete(digest)


def test_while_a_body_is_being_deleted_it_is_refused_and_others_are_kept(place: Place) -> None:
    digest, watched = place.put(b"a"), _Watched(place.folder / "files")
    place.wait()
    refused: list[timedelta | None] = []

    def put() -> None:
        place.put(b"b")  # no transaction is open that it would wait for
        with pytest.raises(Transient) as refusal:
            place.put(b"a")
        refused.append(refusal.value.after)

    watched.during = put
    ports: Any = {"ledger": place.ledger, "clock": place.clock, "age": AGE}
    assert FileCollection(watched, place.names, place.kept_by, **ports).run().removed == 1
    assert refused == [DELETING] and not place.files.exists(digest)
    assert place.put(b"a") == digest and place.names.counts().files == 2


def test_a_deletion_that_was_held_up_removes_nothing(place: Place) -> None:
    digest = place.put(b"a")
    place.wait()

    def slow(connection: Any, digests: Sequence[str]) -> set[str]:
        place.wait(HELD_UP + timedelta(seconds=1))
        return place.kept_by(connection, digests)

    ports: Any = {"ledger": place.ledger, "clock": place.clock, "age": AGE}
    assert FileCollection(place.files, place.names, slow, **ports).run().removed == 0
    place.wait(DELETING)
    assert place.put(b"a") == digest and place.files.exists(digest)


def test_a_deletion_that_broke_off_refuses_an_upload_for_some_minutes_and_no_longer(place: Place) -> None:
    digest = place.put(b"a")
    place.wait()
    now = place.clock.now()
    assert place.names.begin_deletion(digest, before=now - AGE, now=now, kept_by=place.kept_by)
    with pytest.raises(Transient) as refused:
        place.put(b"a")
    assert refused.value.after == DELETING
    place.wait(DELETING)
    place.put(b"a")
    place.names.end_deletion(digest, before=now - AGE)
    assert place.names.counts().files == 1, "an upload has named it since"


def test_a_row_that_is_written_between_the_two_looks_saves_its_body(place: Place) -> None:
    digest = place.put(b"a")
    place.wait()
    asked: list[str] = []

    def late(connection: Any, digests: Sequence[str]) -> set[str]:
        asked.append(digests[0])
        return set(digests) if len(asked) > 1 else set()

    collection = FileCollection(place.files, place.names, late, ledger=place.ledger, clock=place.clock, age=AGE)
    assert collection.run().in_use == 1
    assert place.files.exists(digest)


def test_a_body_whose_event_dies_while_the_collection_looks_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = place.put(b"a")
    now = place.clock.now()
    event = Envelope("e1", "scan.v1", "igate", "e1", now, now, {"file": {"digest": digest}})
    with place.ledger.transaction() as transaction:
        transaction.receive([event], source="igate", to=["route.a"], cursor={})
    place.wait()
    look = place.ledger.open_items

    def die_first() -> Any:
        die(place.ledger, event)
        return look()

    monkeypatch.setattr(place.ledger, "open_items", die_first)
    assert place.collection.run().in_use == 1
    assert place.files.exists(digest)
