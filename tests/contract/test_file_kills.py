"""Processes that are killed at every moment of an upload, a replacement and a collection: no question without its body,
no body lost, nothing half-written."""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lienthong.adapters.clock import ReplayClock, SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.files.named import NamedFiles
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.file_names import DELETING, SqlFileNames
from lienthong.adapters.sql.identity import claim_world
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.http.service import Service
from lienthong.maintenance.file_collection import DRAFTS_AGE, FileCollection
from lienthong.runtime.composition import Storage
from lienthong.runtime.endpoints import Endpoints
from tests.databases import open_embedded
from tests.deaths import deaths
from tests.scan_request import scan_settings
from tests.unit.http.conftest import Caller, add, open_app

pytestmark = pytest.mark.slow

AGE = timedelta(days=7)
FIRST, SECOND, STRAY = b"%PDF first", b"%PDF second, which replaces it", b"%PDF that nothing names"


class Office:
    """A data directory, and what is done with it by processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        database = open_embedded(folder)
        claim_world(database, SystemClock().now(), world="live")
        self.key = add(self._service(), "clerk", "scans")
        database.dispose()

    def _service(self) -> Service:
        clock, database = SystemClock(), open_database(Endpoints(self.folder).database_url())
        ledger, files = SqlLedger(database, clock), self.files(database)
        return Service(Storage(scan_settings(), clock, database, ledger, files=files), Endpoints(self.folder))

    def files(self, database: Any, clock: Any = None) -> NamedFiles:
        return NamedFiles(FolderFiles(self.folder / "files"), SqlFileNames(database), clock or SystemClock())

    def upload(self, content: bytes) -> None:
        """Deposit a scan over HTTP."""
        service = self._service()
        parts = {"file": ("a.pdf", content, "application/pdf"), "metadata": ("", b'{"shelf": 3}', "application/json")}
        reply = Caller(open_app(service))(
            "POST", "/v1/scans", files=parts, headers={"Authorization": f"Bearer {self.key}"}
        )
        assert reply.status_code == 201, reply.text

    def collect(self, *, after: timedelta = AGE + DRAFTS_AGE) -> int:
        clock, database = ReplayClock(datetime.now(UTC) + after), open_database(Endpoints(self.folder).database_url())
        files, names, ledger = self.files(database, clock), SqlFileNames(database), SqlLedger(database, clock)
        try:
            collection = FileCollection(files, names, self._kept, ledger=ledger, clock=clock, age=AGE)
            return collection.run().removed
        finally:
            database.dispose()

    @staticmethod
    def _kept(connection: Any, digests: Sequence[str]) -> set[str]:
        return named_by(connection) & set(digests)

    def questions(self) -> set[str]:
        """The bodies that the ledger names."""
        database = open_database(Endpoints(self.folder).database_url())
        with database.connect() as connection:
            found = named_by(connection)
        assert not list(SqlLedger(database, SystemClock()).verify())
        database.dispose()
        return found

    def bodies(self) -> dict[str, bytes]:
        found = {}
        for path in (self.folder / "files" / "sha256").rglob("*"):
            if path.is_file():
                found[f"sha256:{path.name}"] = path.read_bytes()
        return found

    def require_sound(self) -> None:
        bodies = self.bodies()
        assert all(digest == digest_of(content) for digest, content in bodies.items()), "a body is half-written"
        assert self.questions() <= set(bodies), "a question has no body"


def named_by(connection: Any) -> set[str]:
    rows = connection.execute(text("SELECT body FROM ledger_bodies WHERE source = 'request.scans'")).scalars()
    return {json.loads(row)["file"]["digest"] for row in rows}


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    yield Office(tmp_path)


def test_an_upload_that_is_killed_at_any_moment(office: Office) -> None:
    moments = []
    for moment in deaths(lambda: office.upload(FIRST)):
        office.require_sound()
        moments.append(moment)
    assert len(moments) > 15 and office.questions() == {digest_of(FIRST)}
    office.collect()
    office.require_sound()
    assert set(office.bodies()) == {digest_of(FIRST)}
    assert list((office.folder / "files" / "incoming").iterdir()) == []


def test_a_replacement_that_is_killed_at_any_moment(office: Office) -> None:
    office.upload(FIRST)
    for _ in deaths(lambda: office.upload(SECOND)):
        office.require_sound()
        assert digest_of(FIRST) in office.bodies(), "the version before stays"
    assert office.questions() == {digest_of(FIRST), digest_of(SECOND)}


def test_a_collection_that_is_killed_at_any_moment_and_an_upload_after_it(office: Office) -> None:
    office.upload(FIRST)
    database = open_database(Endpoints(office.folder).database_url())
    office.files(database).put(io.BytesIO(STRAY))
    database.dispose()
    for _ in deaths(office.collect):
        office.require_sound()
        assert digest_of(FIRST) in office.bodies()
    assert digest_of(STRAY) not in office.bodies()
    office.upload(STRAY)
    office.require_sound()
    assert office.collect(after=DELETING) == 0
    assert set(office.bodies()) == {digest_of(FIRST), digest_of(STRAY)}


def test_an_upload_of_what_a_killed_collection_had_begun_to_delete(office: Office) -> None:
    for moment in deaths(office.collect):
        database = open_database(Endpoints(office.folder).database_url())
        later = ReplayClock(datetime.now(UTC) + AGE + DRAFTS_AGE + DELETING + timedelta(seconds=moment))
        stored = office.files(database, later).put(io.BytesIO(STRAY))
        assert office.files(database).exists(stored.digest)
        with database.begin() as connection:  # so that the next collection finds it old
            connection.execute(text("UPDATE file_names SET named_at = '2020-01-01T00:00:00.000000+00:00'"))
        database.dispose()
