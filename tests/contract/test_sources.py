"""Every source keeps the contract: against fake systems in memory, a folder, and the sandbox over HTTP."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import create_engine

from connectors.sources.ccvc import Ccvc
from connectors.sources.ccvc_files import CcvcFiles
from connectors.sources.igate import Igate
from connectors.sources.portal import Portal
from connectors.sources.portal_questions import Petitions, Questions
from connectors.sources.procedures import Procedures
from connectors.sources.vneid import Vneid
from lienthong.connectors.protocols.http import Http
from lienthong.ports import Source
from tests.contract.generic_sources import FORMATS, KINDS, WAYS, LetterFiles, Letters, LetterTable
from tests.contract.sources_contract import CONTRACT, Stand
from tests.fake_systems import (
    NOON,
    FakeCatalogue,
    FakeClock,
    FakeFeed,
    FakeIgate,
    FakePortal,
    FakeQuestions,
    FakeServer,
    make_site,
)
from tests.services import postgres

_numbers = count(1)

SYSTEMS = ("igate", "dvcqg", "vneid", "ccvc", "procedures", "questions", "petitions")
SERVICES = {"questions": "LayDanhSachHoiDapGuiTuDVCQG", "petitions": "LayDanhSachPAKNGuiTuDVCQG"}


def source_of(system: str, http: Http, url: str, dstcode: str = "VPCP") -> Source:
    client = {"client_id": "lienthong", "client_secret": "sandbox"}
    match system:
        case "igate":
            return Igate(make_site(), http, url=url, page_size=2, **client)
        case "dvcqg":
            login = {"username": "lienthong", "password": "sandbox", "dstcode": dstcode, "agency": "H08"}
            return Portal(make_site(), http, url=url, overlap=timedelta(days=3), **login)
        case "procedures":
            login = {"username": "lienthong", "password": "sandbox", "dstcode": dstcode, "agency": "H08"}
            return Procedures(make_site(), http, url=url, **login)
        case "questions" | "petitions":
            login = {"username": "lienthong", "password": "sandbox", "dstcode": dstcode, "agency": "H08"}
            kind = Questions if system == "questions" else Petitions
            return kind(make_site(), http, url=url, service=SERVICES[system], **login)
        case "vneid":
            return Vneid(make_site(), http, url=url, page_size=2, key_salt="muối", **client)
        case _:
            return Ccvc(make_site(), http, url=url, page_size=2, api_key="sandbox")


def object_of(system: str, number: int) -> dict[str, Any]:
    """A wire object as small as the system's own searching needs it."""
    match system:
        case "igate":
            code = {"id": f"{number:024x}", "code": f"000.00.01.H08-231115-{number:04d}"}
            return {**code, "acceptedDate": "2023-11-14T10:00:00.000+0700"}
        case "dvcqg":
            return {"MaHoSo": f"000.00.01.H08-231115-{number:04d}", "NgayTiepNhan": "20231114100000"}
        case "procedures":
            return {"MATTHC": f"1.{number:06d}", "HIEULUCTU": "20150101"}
        case "questions" | "petitions":
            return {KEYS[system]: str(number)}
        case "vneid":
            return {"citizenPid": f"{number:012d}"}
        case _:
            return {"soHieuCBCCVC": f"H08.CC.{number}", "ngayBatDau": "20120301"}


KEYS = {
    "igate": "code",
    "dvcqg": "MaHoSo",
    "vneid": "citizenPid",
    "ccvc": "soHieuCBCCVC",
    "procedures": "MATTHC",
    "questions": "HOIDAPID",
    "petitions": "PAKNID",
}


class System:
    """A stand for one system that shows wire objects; how they get there is the subclass's."""

    def __init__(self, system: str) -> None:
        self.system = system

    def add(self, body: dict[str, Any]) -> None:
        raise NotImplementedError

    def show(self, count: int) -> set[str]:
        return {self._add(object_of(self.system, next(_numbers))) for _ in range(count)}

    def show_broken(self) -> set[str]:
        body = object_of(self.system, next(_numbers))
        del body[KEYS[self.system]]
        return {self._add(body)}

    def _add(self, body: dict[str, Any]) -> str:
        mark = f"m{next(_numbers)}"
        self.add(body | {"mark": mark})
        return mark


class InMemory(System):
    def __init__(self, system: str) -> None:
        super().__init__(system)
        self.fake: Any
        if system in SERVICES:
            self.fake = FakeQuestions(SERVICES[system])
        else:
            kinds = {"igate": FakeIgate, "dvcqg": FakePortal, "procedures": FakeCatalogue}
            self.fake = kinds.get(system, FakeFeed)()
        self.server = FakeServer(self.fake)

    def source(self) -> Source:
        return source_of(self.system, self.server.http(), "http://motcua.example.gov.vn/s3cret")

    def add(self, body: dict[str, Any]) -> None:
        match self.system:
            case "igate":
                self.fake.dossiers.append(body)
            case "dvcqg":
                self.fake.rows.append(("2023-11-14", body))
            case _:
                self.fake.items.append(body)

    def down(self, after: int) -> None:
        self.server.fail_after(after)

    def up(self) -> None:
        self.server.fail_after(None)


class Folder(System):
    """A folder: every object is a file of its own, and to be down is to hold a broken file or not to be there."""

    def __init__(self, folder: Path) -> None:
        super().__init__("ccvc")
        self.folder = folder / "motcua.example.gov.vn"
        self.folder.mkdir()
        self.clock = FakeClock()

    def source(self) -> Source:
        return CcvcFiles(make_site(self.clock), folder=self.folder)

    def add(self, body: dict[str, Any]) -> None:
        header = ["soHieuCBCCVC", "ngayBatDau", "mark"]
        cells = [str(body.get(name, "")) for name in header]
        (self.folder / f"{next(_numbers):06d}.csv").write_text(f"{';'.join(header)}\n{';'.join(cells)}\n")

    def down(self, after: int) -> None:
        if after:
            (self.folder / "000000.csv").write_bytes(b"\xff\xfe")
        else:
            self.folder.rename(self.folder.with_suffix(".away"))

    def up(self) -> None:
        if not self.folder.exists():
            self.folder.with_suffix(".away").rename(self.folder)
        (self.folder / "000000.csv").unlink(missing_ok=True)


class InSandbox(System):
    def __init__(self, system: str, control: httpx.Client) -> None:
        super().__init__(system)
        self.control = control
        # One client for all tests: it keeps no state of reading, and making one takes longer than the calls of a test.
        self.http = Http("iGate", sleep=lambda seconds: None)

    def source(self) -> Source:
        return source_of(self.system, self.http, str(self.control.base_url.join(f"/{self.system}")))

    def add(self, body: dict[str, Any]) -> None:
        line = {"seen_at": "2023-11-14T12:00:00+07:00", "body": body}
        self.control.post(f"/-/lines/{self.system}", json=line).raise_for_status()

    def down(self, after: int) -> None:
        fault = {"system": self.system, "kind": "http_500", "times": 1000, "after": after}
        self.control.post("/-/faults", json=fault).raise_for_status()

    def up(self) -> None:
        self.control.delete("/-/faults").raise_for_status()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A sandbox of its own process with an empty recording; tests add what they need."""
    recording = tmp_path_factory.mktemp("recording")
    head = {"name": "empty", "from": "2023-11-01", "to": "2023-12-01", "timezone": "+07:00"}
    (recording / "recording.json").write_bytes(orjson.dumps(head))
    command = [sys.executable, "-m", "sandbox", "--recording", str(recording), "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        url = orjson.loads(process.stdout.readline())["url"]
        with httpx.Client(base_url=url) as control:
            control.put("/-/clock", json={"now": NOON.isoformat()}).raise_for_status()
            yield control
        assert process.stdin
        process.stdin.close()


contract = pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)


@contract
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_source_over_http_keeps_the_contract(system: str, promise: Callable[[Stand], None]) -> None:
    promise(InMemory(system))


@contract
@pytest.mark.parametrize("way", WAYS)
def test_json_over_http_keeps_the_contract(way: str, promise: Callable[[Stand], None]) -> None:
    promise(Letters(way))


@contract
@pytest.mark.parametrize("format_", FORMATS)
def test_files_keep_the_contract(tmp_path: Path, format_: str, promise: Callable[[Stand], None]) -> None:
    promise(LetterFiles(tmp_path, format_))


@contract
@pytest.mark.parametrize("kind", ["integer", "text"])
def test_rows_of_sqlite_keep_the_contract(tmp_path: Path, kind: str, promise: Callable[[Stand], None]) -> None:
    promise(LetterTable(create_engine(f"sqlite:///{tmp_path / 'thu.db'}"), kind))


@contract
@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_postgresql_keep_the_contract(kind: str, promise: Callable[[Stand], None]) -> None:
    with postgres.fresh_database() as engine:
        promise(LetterTable(engine, kind))


@contract
def test_a_folder_of_files_keeps_the_contract(tmp_path: Path, promise: Callable[[Stand], None]) -> None:
    promise(Folder(tmp_path))


@contract
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_source_reading_the_sandbox_keeps_the_contract(
    system: str, sandbox: httpx.Client, promise: Callable[[Stand], None]
) -> None:
    promise(InSandbox(system, sandbox))
