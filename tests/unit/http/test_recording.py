"""On the ledger of a recording everything is marked, so that nothing invented is taken for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.http.service import Service
from tests.unit.http.conftest import Caller, add, open_app, open_service


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Service]:
    found = open_service(tmp_path, "recording")
    yield found
    found.storage.close()


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/docs", "/v1/openapi.json", "/v1/client", "/no"])
def test_every_reply_is_marked(played: Service, path: str) -> None:
    assert Caller(open_app(played))("GET", path).headers["lienthong-recording"] == "true"


def test_bodies_are_marked(played: Service) -> None:
    call = Caller(open_app(played))
    key = {"Authorization": f"Bearer {add(played, 'a')}"}
    assert call("GET", "/v1/client", headers=key).json()["recording"] is True
    assert call("GET", "/v1/client").json()["recording"] is True
    assert "recording" in call("GET", "/v1/openapi.json").json()["info"]["title"]
    assert "Recording" in call("GET", "/docs").text
    assert 'lienthong_ledger_info{world="recording"} 1.0' in call("GET", "/metrics").text
