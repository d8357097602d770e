"""Documents that are to be judged again are shown when their time has come, or when other lists are there."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.ports import Record, Site
from store.documents.rechecks import DueRechecks
from tests.contract.test_store_documents import deliver
from tests.signatures.authorities import Revoked, revocation_list
from tests.signatures.pki import pki
from tests.unit.store.documents import addition, entry, verdict


def poll(source: DueRechecks, cursor: dict[str, Any]) -> tuple[list[Record], dict[str, Any]]:
    pages = list(source.poll(cursor))
    return [record for page in pages for record in page.records], dict(pages[-1].cursor)


def test_a_version_is_shown_once_its_moment_is_past(database: Engine, clock: ReplayClock, tmp_path: Path) -> None:
    site = Site(clock, database)
    source = DueRechecks(site, trust=str(tmp_path))
    after = (clock.now() + timedelta(hours=1)).isoformat()
    unclear = verdict("INDETERMINATE", sub_indication="TRY_LATER", recheck_after=after)
    deliver(site, addition("E1", verdict=unclear, accepted=False), addition("E2"))
    _, cursor = poll(source, {})
    assert poll(source, cursor)[0] == []
    clock.move_to(clock.now() + timedelta(hours=1))
    (due,), _ = poll(source, cursor)
    assert (due.key, due.body["digest"], due.body["kind"]) == ("E1/1", addition("E1")["digest"], "result")
    assert "052085001234" not in str(due.body)
    passed = verdict(checked_at="2023-11-08T05:00:00+00:00")
    deliver(site, entry("judge", "R1", document_id="E1", version=1, verdict=passed, accepted=True))
    assert poll(source, cursor)[0] == []


def test_another_list_shows_all_that_wait_once(database: Engine, clock: ReplayClock, tmp_path: Path) -> None:
    site = Site(clock, database)
    source = DueRechecks(site, trust=str(tmp_path))
    later = verdict("INDETERMINATE", recheck_after=(clock.now() + timedelta(days=1)).isoformat())
    never = verdict("INDETERMINATE", sub_indication="NO_CERTIFICATE_CHAIN_FOUND")  # an authority that is missing
    deliver(site, *(addition(f"E{number}", verdict=later, accepted=False) for number in range(501)))
    deliver(site, addition("E501", verdict=never, accepted=False), addition("E502"))
    found, cursor = poll(source, {})
    assert len({record.key for record in found}) == 502  # the first look knows nothing of the folder before
    assert poll(source, cursor)[0] == []
    (tmp_path / "crls").mkdir()
    (tmp_path / "crls" / "police.crl").write_bytes(b"list")
    found, cursor = poll(source, cursor)
    assert len({record.key for record in found}) == 502
    assert poll(source, cursor)[0] == []


def test_a_list_shows_the_accepted_versions_that_it_names_as_revoked_before_they_came(
    database: Engine, clock: ReplayClock, tmp_path: Path
) -> None:
    state = pki().authorities["state"]
    (tmp_path / "crls").mkdir()
    site = Site(clock, database)
    source = DueRechecks(site, trust=str(tmp_path))
    added = "2023-11-07T05:00:00Z"
    for number, (serial, since) in enumerate([("a1", "2023-11-07T04:59"), ("b2", "2023-11-07T05:01"), ("c3", None)]):
        stands_on = verdict(signatures=[{"chain": [{"serial": serial}, {"serial": "ca"}, {"serial": "root"}]}])
        deliver(site, addition(f"E{number}", at=added, verdict=stands_on))
        listed = {int(serial, 16): Revoked(since)} if since else {}
        content = revocation_list(state, issued="2023-11-08T00:00", number=number, revoked=listed)
        (tmp_path / "crls" / f"{number}.crl").write_bytes(content)
    found, cursor = poll(source, {})
    assert [record.key for record in found] == ["E0/1"]
    revoked = revocation_list(
        pki().roots["g2"], issued="2023-11-08T00:00", number=9, revoked={0xCA: Revoked("2023-11-01T00:00")}
    )
    (tmp_path / "crls" / "root.crl").write_bytes(revoked)
    assert {record.key for record in poll(source, cursor)[0]} >= {"E1/1", "E2/1"}


def test_another_policy_or_root_shows_every_version(database: Engine, clock: ReplayClock, tmp_path: Path) -> None:
    site = Site(clock, database)
    source = DueRechecks(site, trust=str(tmp_path))
    (tmp_path / "roots").mkdir()
    deliver(site, addition("E1"), addition("E2", verdict=verdict("INDETERMINATE"), accepted=False))
    _, cursor = poll(source, {})
    for name in ("policy.yaml", "roots/g2.crt"):
        (tmp_path / name).write_bytes(b"another")
        found, cursor = poll(source, cursor)
        assert [record.key for record in found] == ["E1/1", "E2/1"]
        assert poll(source, cursor)[0] == []
