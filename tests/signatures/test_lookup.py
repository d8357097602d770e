"""Judging as a step of a route: bodies by digest, verdicts as JSON."""

import io
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.connectors.lookups.signatures import Signatures
from lienthong.errors import Transient
from lienthong.ports.connectors import Site
from lienthong.signatures.verdict import DocumentVerdict
from tests.signatures.authorities import revocation_list
from tests.signatures.pki import pki
from tests.signatures.signing import signed
from tests.signatures.xml import sign_xml

MOMENT = "2026-11-20T02:00:00Z"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(SystemClock(), create_engine("sqlite://"), files=FolderFiles(tmp_path / "files"))


@pytest.fixture
def folder(trust_folder: Path, tmp_path: Path) -> Path:
    """A trust folder that a test may change."""
    return Path(shutil.copytree(trust_folder, tmp_path / "trust"))


@pytest.fixture
def lookup(site: Site, folder: Path) -> Iterator[Signatures]:
    lookup = Signatures(site, trust=folder, processes=1)
    yield lookup
    lookup.close()


def put(site: Site, content: bytes) -> str:
    return site.files.put(io.BytesIO(content)).digest


def test_bodies_are_judged_by_digest_profile_and_moment(lookup: Signatures, site: Site) -> None:
    paper, result, form = (put(site, each) for each in (signed().content, sign_xml(), signed("citizen").content))
    keys = [f"{paper}||{MOMENT}", f"{result}|official|{MOMENT}", f"{form}|official|{MOMENT}", f"{form}|forms|{MOMENT}"]
    found = lookup.find_many(keys)
    assert [found[key]["indication"] for key in keys] == [
        "TOTAL-PASSED",
        "TOTAL-PASSED",
        "INDETERMINATE",
        "TOTAL-PASSED",
    ]
    assert [found[key]["digest"] for key in keys] == [paper, result, form, form]
    assert found[keys[0]]["checked_at"] == "2026-11-20T02:00:00+00:00"
    assert DocumentVerdict.from_json(found[keys[2]]).sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


def test_what_cannot_be_judged_is_absent_and_stated(lookup: Signatures, site: Site) -> None:
    digest = put(site, signed().content)
    missing = f"sha256:{'0' * 64}||{MOMENT}"
    assert lookup.find_many([missing, f"{digest}|no-such|{MOMENT}", digest, f"{digest}||2026-11-20"]) == {}
    notices = site.notices.take()
    assert len(notices) == 3
    assert any("no-such" in notice for notice in notices)


def test_a_body_that_is_too_large_is_not_read(site: Site, folder: Path) -> None:
    lookup = Signatures(site, trust=folder, max_mib=1)
    digest = put(site, bytes(2**20 + 1))
    verdict = lookup.find_many([f"{digest}||{MOMENT}"])[f"{digest}||{MOMENT}"]
    assert (verdict["indication"], verdict["sub_indication"]) == ("TOTAL-FAILED", "FORMAT_FAILURE")
    assert verdict["digest"] == digest
    assert verdict["reasons"][0]["details"]["name"] == "max_bytes"
    lookup.close()


def test_a_list_that_arrives_turns_an_open_verdict_into_one_that_passes(
    lookup: Signatures, site: Site, folder: Path
) -> None:
    digest = put(site, signed("police").content)
    key = f"{digest}||{MOMENT}"
    before = lookup.find_many([key])[key]
    assert (before["indication"], before["sub_indication"]) == ("INDETERMINATE", "TRY_LATER")
    assert before["recheck_after"] > before["checked_at"]
    arrived = revocation_list(pki().authorities["police"], issued="2026-11-18T17:00")
    (folder / "crls" / "police.crl").write_bytes(arrived)
    after = lookup.find_many([key])[key]
    assert after["indication"] == "TOTAL-PASSED"
    assert after["recheck_after"] is None
    assert after["policy"] != before["policy"]


def test_a_trust_folder_that_is_not_sound_is_a_matter_of_waiting(lookup: Signatures, site: Site, folder: Path) -> None:
    key = f"{put(site, signed().content)}||{MOMENT}"
    policy = (folder / "policy.yaml").read_text()
    (folder / "policy.yaml").write_text("version: 1\nroots: {}\n")
    with pytest.raises(Transient):
        lookup.find_many([key])
    (folder / "policy.yaml").write_text(policy)
    assert lookup.find_many([key])[key]["indication"] == "TOTAL-PASSED"


def test_a_closed_lookup_asks_to_come_again(lookup: Signatures, site: Site) -> None:
    digest = put(site, signed().content)
    lookup.close()
    for keys in ([f"{digest}||{MOMENT}"], [f"{digest}||{MOMENT}", f"{digest}|forms|{MOMENT}"]):
        with pytest.raises(Transient):
            lookup.find_many(keys)


def test_sentences_are_in_the_language_asked_for(site: Site, folder: Path) -> None:
    key = f"{put(site, signed('police').content)}||{MOMENT}"
    texts = set()
    for language in ("vi", "en"):
        lookup = Signatures(site, trust=folder, processes=1, language=language, wall_time=timedelta(seconds=10))  # type: ignore[arg-type] - one of the two
        texts.add(lookup.find_many([key])[key]["reasons"][0]["message"])
        lookup.close()
    assert len(texts) == 2
