"""What `lienthong doctor` states about signatures."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lienthong.operations.health_items import HealthItem
from lienthong.operations.signature_health import LOOKUP, examine_signatures, examine_trust
from lienthong.settings import PartSettings
from tests.signatures.authorities import moment, revocation_list
from tests.signatures.pki import NOW, pki


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")


@pytest.fixture
def folder(trust_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trust_folder, tmp_path / "trust"))


def lists_of(items: list[HealthItem]) -> HealthItem:
    (item,) = [each for each in items if each.topic == "Revocation lists"]
    return item


def test_stale_and_missing_lists_are_named_with_their_ages(folder: Path) -> None:
    items = list(examine_trust(folder, NOW))
    lists = lists_of(items)
    assert lists.state == "warn"
    assert "Co quan chung thuc so Bo Cong an G2 (none)" in lists.found  # police: its list is not there
    assert "CA phuc vu Bo Ngoai giao G2 (none)" in lists.found  # foreign affairs: a forged one is none
    assert "Co quan chung thuc so Bo Tai chinh (2,732 days old)" in lists.found
    assert "crls/" in lists.advice
    assert items[0].found.endswith("3 roots, 11 authorities beneath, 18 CRLs")
    assert (items[-1].topic, items[-1].state) == ("Judging of signatures", "ok")


def test_fresh_lists_are_well(folder: Path) -> None:
    shutil.rmtree(folder / "crls")
    (folder / "crls").mkdir()
    for name, authority in {**pki().roots, **pki().authorities}.items():
        (folder / "crls" / name).write_bytes(revocation_list(authority, issued="2026-11-19"))
    lists = lists_of(list(examine_trust(folder, NOW)))
    assert (lists.state, lists.found.startswith("13 authorities have fresh CRLs")) == ("ok", True)


def test_files_that_count_for_nothing_are_named(folder: Path) -> None:
    (folder / "roots" / "other.crt").write_bytes(pki().roots["g1"].der)
    (folder / "crls" / "page.html").write_text("<html>")
    (found,) = [
        each.found
        for each in examine_trust(folder, NOW)
        if "counts for nothing" in each.found or "count for" in each.found
    ]
    assert "roots/other.crt" in found
    assert "crls/page.html" in found


def test_certificates_that_end_soon_are_named(folder: Path) -> None:
    first = next(iter(examine_trust(folder, moment("2029-11-20"))))
    assert first.state == "warn"
    assert "PUBLIC-CA SHA-256 (01/01/2029)" in first.advice


def test_only_projects_that_judge_signatures_are_examined(folder: Path) -> None:
    def examined(*lookups: PartSettings) -> list[HealthItem]:
        settings = SimpleNamespace(lookups={lookup.name: lookup for lookup in lookups})
        return list(
            examine_signatures(
                cast(Any, SimpleNamespace(folder=folder.parent, loaded=SimpleNamespace(settings=settings)))
            )
        )

    assert examined(PartSettings(name="other", use="connectors.lookups.other.Other")) == []
    lookup = PartSettings(name="signatures", use=LOOKUP, parameters={"trust": "trust"})
    twice = PartSettings(name="again", use=LOOKUP, parameters={"trust": "trust"})
    absent = PartSettings(name="absent", use=LOOKUP, parameters={"trust": "no-such"})
    assert [item.state for item in examined(absent)] == ["warn"]
    assert [item.topic for item in examined(lookup, twice)].count("Judging of signatures") == 1
