"""What the doctor finds on a machine without servers, in both languages."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from lienthong.operations import health
from lienthong.operations.health import examine_health
from lienthong.operations.health_items import HealthItem, Installation

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
