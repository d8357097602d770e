"""A check at the counter on a live bus: the portal is asked for the account, and never delays or prevents an answer."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.ports import Site
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.playback import Recording, sandbox
from store.writer import DataStore
from tests.command_line import ROOT, lienthong
from tests.contract.sinks_contract import committed
from tests.unit.http.test_process import Serving
from tests.unit.store.events import procedure, servant

pytestmark = pytest.mark.slow

HAS_ACCOUNT, HAS_NONE = "052085001234", "052099000002"
ONLINE = {
    "MaHoSo": "000.00.31.H08-231101-00001",
    "KenhThucHien": "2",
    "NgayTiepNhan": "20231101080000",
    "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": HAS_ACCOUNT}],
}


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Recording]:
    """The stand-in for the portal, where one person has filed online."""
    folder = tmp_path / "recording"
    (folder / "dvcqg").mkdir(parents=True)
    head = {"name": "x", "from": "2023-11-01", "to": "2023-12-01", "timezone": "+07:00"}
    (folder / "recording.json").write_text(json.dumps(head), encoding="utf-8")
    line = {"seen_at": "2023-11-01T12:00:00+07:00", "body": ONLINE}
    (folder / "dvcqg" / "dossiers.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    with sandbox(ROOT, folder) as playing:
        playing.show(datetime(2023, 11, 2, tzinfo=UTC))
        yield playing


@pytest.fixture
def counter(portal: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A one-stop system that asks a live bus with two civil servants and a procedure."""
    data = tmp_path / "data"
    options = ("--rate", "10000/s", "--json", "--data", data)
    added = lienthong("access", "client", "add", "igate", "--scope", "counter-checks", *options)
    for name, value in portal.variables.items():
        monkeypatch.setenv(name, value)
    serving = Serving(data)
    database = open_database(Endpoints(data).database_url())
    with committed(database) as transaction:
        other = servant("H08.VC.000002", identity=HAS_NONE, old_identity=None)
        DataStore(Site(SystemClock(), database)).deliver([servant(), other, procedure()], transaction)
    database.dispose()
    key = json.loads(added.stdout)["key"]
    with httpx.Client(base_url=serving.address, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client
    serving.end()


def check(counter: httpx.Client, number: str) -> dict[str, Any]:
    question = {"citizen_id": number, "procedure": "1.000656", "agency": "000.00.31.H08", "officer": "Bùi Minh Phúc"}
    reply = counter.post("/v1/counter-checks", json=question)
    assert reply.status_code == 200, reply.text
    answer = dict(reply.json())
    assert (answer["civil_servant"], answer["notify"], answer["procedure_online"]) == (True, True, "partial")
    assert answer["data_as_of"] is None  # neither the register nor the catalogue was ever read here
    return answer


def account(counter: httpx.Client, number: str) -> str:
    """What the portal has, once it answers within the budget: on a busy machine it may be late, and rests then."""
    for _ in range(5_000):
        if (found := str(check(counter, number)["portal_account"])) != "unknown":
            return found
    raise AssertionError("the portal never answered in time")


def order(portal: Recording, kind: str, **options: Any) -> None:
    assert portal.client.post("/-/faults", json={"system": "dvcqg", "kind": kind, **options}).status_code == 201


def test_the_portal_is_asked_and_a_portal_that_fails_or_hangs_is_unknown(
    counter: httpx.Client, portal: Recording
) -> None:
    assert account(counter, HAS_ACCOUNT) == "found"
    assert account(counter, HAS_NONE) == "none"
    order(portal, "expired_session")
    assert account(counter, HAS_ACCOUNT) == "found"
    order(portal, "timeout", seconds=60, times=100)
    for _ in range(5):  # one question waits for its budget; while the portal rests, the others do not
        assert check(counter, HAS_ACCOUNT)["portal_account"] == "unknown"


def test_a_portal_that_answers_nonsense_is_unknown(counter: httpx.Client, portal: Recording) -> None:
    order(portal, "html", times=100)
    assert check(counter, HAS_ACCOUNT)["portal_account"] == "unknown"
