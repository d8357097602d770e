"""The store of documents on every database: an entry counts once, and what follows of it is announced once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, func, select

from lienthong.adapters.clock import ReplayClock
from lienthong.outcome import Dead, Done
from lienthong.ports import Record, Site
from store.documents import tables
from store.documents.bodies import kept_bodies
from store.documents.conversions import Conversions, conversions_of
from store.documents.findings import NationalFindings
from store.documents.reading import CitizenDocuments, Disputes, DocumentReuses, DocumentsById, DocumentVerdicts
from store.documents.reclassification_table import reclassifications
from store.documents.reclassifications import DocumentReclassifications
from store.documents.register import DocumentRegister
from store.documents.sink import DocumentStore
from tests.contract.sinks_contract import committed
from tests.unit.store.documents import (
    CITIZEN,
    addition,
    digest,
    dispute,
    entry,
    event_of,
    reclassification,
    resolution,
    verdict,
)


@pytest.fixture
def site(database: Engine, clock: ReplayClock) -> Site:
    return Site(clock, database)


def put(site: Site, given: dict[str, Any]) -> dict[str, Any]:
    """Write an entry as the register does, before the answer."""
    key = orjson.dumps(given).decode()
    return dict(DocumentRegister(site).find_many([key])[key])


def deliver(site: Site, *entries: dict[str, Any]) -> list[Record]:
    """Write entries as the sink does; returns what is announced."""
    with committed(site.database) as transaction:
        outcomes = DocumentStore(site).deliver([event_of(each) for each in entries], transaction)
    assert all(isinstance(outcome, Done) for outcome in outcomes), outcomes
    return [record for outcome in outcomes if isinstance(outcome, Done) for record in outcome.follow_ups]


def count(site: Site, table: Any) -> int:
    with site.database.connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def test_what_was_put_is_found_at_once_and_its_delivery_changes_nothing(site: Site) -> None:
    assert put(site, addition()) == {
        "document_id": "E1",
        "version": 1,
        "added": True,
        "verdict": verdict(),
        "accepted": True,
    }
    before = CitizenDocuments(site).find_many([CITIZEN, "none"])
    assert deliver(site, addition(), addition()) == []
    assert CitizenDocuments(site).find_many([CITIZEN, CITIZEN, "none"]) == before
    (document,) = before[CITIZEN]
    assert (document["document_id"], document["dispute"], len(document["versions"])) == ("E1", None, 1)
    assert document["versions"][0]["accepted"] is True
    assert [count(site, table) for table in (tables.documents, tables.versions, tables.verdicts)] == [1, 1, 1]


def test_the_same_body_of_a_citizen_is_the_same_document(site: Site) -> None:
    put(site, addition("E1", digest=digest("a")))
    again = put(site, addition("E2", digest=digest("a"), result_code="KQ.G15.000099"))
    assert (again["document_id"], again["version"], again["added"]) == ("E1", 1, False)
    other = put(site, addition("E3", digest=digest("a"), citizen_id="052085009999"))
    assert (other["document_id"], other["added"]) == ("E3", True)
    deliver(site, addition("E2", digest=digest("a")))
    assert count(site, tables.documents) == 2


def test_the_same_body_put_by_many_at_once_is_one_document(site: Site) -> None:
    with ThreadPoolExecutor(6) as pool:
        put_at_once = pool.map(lambda number: put(site, addition(f"E{number}", digest=digest("a"))), range(6))
        assert len({became["document_id"] for became in put_at_once}) == 1
    assert (count(site, tables.documents), count(site, tables.versions)) == (1, 1)


def test_versions_that_are_added_at_once_have_different_numbers(site: Site) -> None:
    put(site, addition())
    with ThreadPoolExecutor(6) as pool:
        entries = [addition(f"V{number}", document_id="E1", reason="replaced") for number in range(6)]
        numbers = sorted(became["version"] for became in pool.map(lambda each: put(site, each), entries))
    assert numbers == [2, 3, 4, 5, 6, 7]


def test_both_verdicts_stay_and_the_newest_counts(site: Site) -> None:
    later = {"checked_at": "2023-11-08T05:00:00+00:00"}
    unclear = verdict("INDETERMINATE", sub_indication="TRY_LATER", recheck_after="2023-11-08T00:00:00+00:00")
    deliver(site, addition(verdict=unclear, accepted=False))
    assert _version(site)["recheck_after"] == "2023-11-08T00:00:00.000000Z"
    judged = entry("judge", "R1", document_id="E1", version=1, verdict=verdict(**later), accepted=True)
    (notice,) = deliver(site, judged)
    assert (notice.type, notice.body["before"], notice.body["indication"]) == (
        "document-verdict-changed.v1",
        "INDETERMINATE",
        "TOTAL-PASSED",
    )
    assert (_version(site)["accepted"], _version(site)["recheck_after"]) == (True, None)
    assert deliver(site, judged) == []
    same = entry("judge", "R2", document_id="E1", version=1, verdict=verdict(**later), accepted=True)
    assert deliver(site, same) == []
    kept = DocumentVerdicts(site).find_many(["E1"])["E1"]
    assert [each["indication"] for each in kept] == ["INDETERMINATE", "TOTAL-PASSED", "TOTAL-PASSED"]


def test_the_file_of_a_result_under_another_kind_does_not_make_the_result_accepted(site: Site) -> None:
    """What a citizen supplies need not be signed by Ban Cơ yếu; a result must be."""
    unclear = verdict("INDETERMINATE", sub_indication="NO_CERTIFICATE_CHAIN_FOUND")
    put(site, addition(verdict=unclear, accepted=False))
    weaker = {"kind": "citizen_supplied", "document_type": "citizen_supplied", "result_code": None}
    later = verdict(checked_at="2023-11-08T05:00:00+00:00")
    again = put(site, addition("E2", verdict=later, accepted=True) | {"digest": addition()["digest"]} | weaker)
    assert (again["document_id"], again["accepted"], _version(site)["accepted"]) == ("E1", False, False)
    same = put(site, addition("E3", verdict=later, accepted=True) | {"digest": addition()["digest"]})
    assert (same["document_id"], same["accepted"], _version(site)["accepted"]) == ("E1", True, True)


def test_a_reclassification_changes_what_the_document_is_and_is_announced_once(site: Site) -> None:
    deliver(site, addition(), entry("reuse", "U1", version=1, document_id="E1", dossier="H1", component="C1"))
    assert put(site, reclassification("K1")) == {
        "document_id": "E1",
        "changed": True,
        "stale": False,
        "reclassified_at": "2023-11-07T05:00:00.000000Z",
    }
    document = DocumentsById(site).find_many(["E1"])["E1"]
    assert (document["result_code"], document["versions"][0]["judged_at"][:10]) == ("KQ.G15.000099", "2023-11-09")
    (notice,) = deliver(site, reclassification("K1"))
    assert (notice.type, notice.body["result_code"], notice.body["before"]["result_code"]) == (
        "document-reclassified.v1",
        "KQ.G15.000099",
        "KQ.G15.000031",
    )
    assert notice.body["reused_in"] == [{"dossier": "H1", "component": "C1", "version": 1}]
    assert deliver(site, reclassification("K1")) == []
    (kept,) = DocumentReclassifications(site).find_many(["E1"])["E1"]
    assert (kept["client"], kept["officer"], kept["explanation"]) == ("portal", "cb", "Nhầm mã.")
    assert len(DocumentVerdicts(site).find_many(["E1"])["E1"]) == 2


def test_a_reclassification_of_what_changed_meanwhile_writes_nothing(site: Site) -> None:
    put(site, addition())
    put(site, addition("V2", document_id="E1", reason="replaced"))
    assert put(site, reclassification("K1"))["stale"] is True
    assert put(site, reclassification("K2", after=reclassification("K2")["before"]))["changed"] is False
    assert (count(site, reclassifications), count(site, tables.verdicts)) == (0, 2)


def test_a_verdict_for_the_kind_that_a_document_was_before_does_not_count(site: Site) -> None:
    put(site, addition())
    put(site, reclassification("K1"))
    was = {"document_type": "ket-qua", "result_code": "KQ.G15.000031", "kind": "result"}
    late = {"verdict": verdict("TOTAL-FAILED", checked_at="2023-11-10T05:00:00+00:00"), "accepted": False}
    judged = entry("judge", "R1", document_id="E1", version=1, demand=was, **late)
    assert deliver(site, judged) == []
    assert _version(site)["accepted"] is True


def _version(site: Site) -> dict[str, Any]:
    return dict(DocumentsById(site).find_many(["E1"])["E1"]["versions"][-1])


def test_a_reuse_is_noted_once_for_a_component_and_follows_a_later_version(site: Site) -> None:
    put(site, addition())
    reuse = {"document_id": "E1", "dossier": "H1", "component": "C1", "citizen_id": CITIZEN}
    assert put(site, entry("reuse", "U1", version=1, **reuse))["added"] is True
    assert put(site, entry("reuse", "U2", version=1, **reuse))["added"] is False
    assert deliver(site, entry("reuse", "U1", version=1, **reuse)) == []
    assert put(site, entry("reuse", "U3", version=2, **reuse))["version"] == 2
    assert [each["version"] for each in DocumentReuses(site).find_many(["E1", "none"])["E1"]] == [2]


def test_a_document_has_one_open_dispute_and_its_agency_is_notified_once(site: Site) -> None:
    put(site, addition())
    assert put(site, dispute("D1"))["added"] is True
    again = put(site, dispute("D2"))
    assert (again["dispute_id"], again["added"]) == ("D1", False)
    assert CitizenDocuments(site).find_many([CITIZEN])[CITIZEN][0]["dispute"] == "D1"
    (notice,) = deliver(site, dispute("D1"), dispute("D2"), dispute("D1"))
    assert (notice.type, notice.key, notice.body["agency"], notice.body["due_on"]) == (
        "document-dispute-opened.v1",
        "D1",
        "H08.17",
        "2023-11-14",
    )


def test_a_dispute_is_resolved_once_also_by_two_at_the_same_moment(site: Site) -> None:
    put(site, addition())
    put(site, dispute("D1"))
    with ThreadPoolExecutor(4) as pool:
        resolutions = [resolution(f"S{number}", "D1") for number in range(4)]
        became = list(pool.map(lambda each: put(site, each), resolutions))
    assert sorted(each["added"] for each in became) == [False, False, False, True]
    assert {each["state"] for each in became} == {"upheld"}
    assert Disputes(site).find_many(["D1", "none"])["D1"]["state"] == "upheld"
    assert deliver(site, dispute("D8", known="D1"))[0].body["dispute_id"] == "D1"
    assert deliver(site, dispute("D8", known="D1")) == []
    assert put(site, dispute("D9"))["added"] is True


def test_a_reuse_that_comes_after_a_correction_is_refused_and_one_before_it_is_notified(site: Site) -> None:
    deliver(site, addition("E1"), addition("E2", document_id="E1", reason="replaced"), dispute("P1"))
    put(site, entry("reuse", "R1", document_id="E1", dossier="H1", component="C1", version=1))
    resolved = resolution("X1", "P1", "corrected", new_version=2)
    put(site, resolved)
    late = entry("reuse", "R2", document_id="E1", dossier="H2", component="C1", version=1)
    assert (put(site, late)["corrected_by"], put(site, {**late, "version": 2})["corrected_by"]) == (2, None)
    assert [each.body.get("dossier") for each in deliver(site, resolved)] == [None, "H1"]


def test_a_correction_is_notified_to_the_citizen_and_to_everyone_who_reused_the_document(site: Site) -> None:
    deliver(site, addition(), dispute("D1"))
    for number, dossier in enumerate(("H1", "H2")):
        reuse = {"document_id": "E1", "dossier": dossier, "component": "C1", "version": 1}
        deliver(site, entry("reuse", f"U{number}", **reuse))
    deliver(site, addition("V2", document_id="E1", reason="replaced"))
    corrected = resolution("S1", "D1", "corrected", new_version=2)
    put(site, corrected)
    notices = deliver(site, corrected)
    assert [(each.type, each.body.get("dossier")) for each in notices] == [
        ("document-dispute-resolved.v1", None),
        ("document-corrected.v1", "H1"),
        ("document-corrected.v1", "H2"),
    ]
    assert notices[0].body["citizen_id"] == CITIZEN
    assert "citizen_id" not in notices[1].body
    assert deliver(site, corrected) == []
    document = DocumentsById(site).find_many(["E1"])["E1"]
    assert [each["reason"] for each in document["versions"]] == ["first", "corrected"]


def test_who_read_what_and_what_each_component_got_is_kept_once(site: Site) -> None:
    got = {"component": "C1", "outcome": "attach", "document_id": "E1", "fitting": 1}
    about = {"citizen_id": CITIZEN, "what": "match", "purpose": "Đối chiếu"}
    match = entry(
        "match", "M1", **about, procedure="1.000656", dossier=None, components=[got, {**got, "component": "C2"}]
    )
    deliver(site, match, match)
    deliver(site, entry("read", "R1", **{**about, "what": "body"}, document_id="E1"))
    assert (count(site, tables.matches), count(site, tables.accesses)) == (2, 2)


def test_bodies_of_all_versions_are_in_use_and_no_others(site: Site) -> None:
    put(site, addition("E1", digest=digest("a")))
    put(site, addition("V2", document_id="E1", reason="replaced", digest=digest("b")))
    with site.database.connect() as connection:
        asked = [digest("a"), digest("b"), digest("c"), digest("a")]
        assert set(kept_bodies(connection, asked)) == {digest("a"), digest("b")}
        assert set(kept_bodies(connection, [])) == set()


@pytest.mark.parametrize(
    "given",
    [{"do": "forget"}, {"do": "read"}, resolution("S1", "none")],
    ids=["unknown kind", "without its values", "a dispute that is not there"],
)
def test_an_event_that_cannot_be_written_is_dead_and_costs_no_other(site: Site, given: dict[str, Any]) -> None:
    with committed(site.database) as transaction:
        bad = event_of({"event_id": "B1", "at": "2023-11-07T05:00:00Z", **given})
        outcomes = DocumentStore(site).deliver([bad, event_of(addition())], transaction)
    assert [type(outcome) for outcome in outcomes] == [Dead, Done]
    assert count(site, tables.documents) == 1


def test_a_result_issued_anew_is_a_version_and_another_paper_is_a_document(site: Site) -> None:
    listed = {"dossier": "H1", "origin": "dossier-result", "paper": ""}
    deliver(site, addition("E1", **listed), addition("E2", **listed), addition("E2", **listed))
    deliver(site, addition("E3", **{**listed, "paper": "8"}), addition("E4", **{**listed, "result_code": None}))
    deliver(site, addition("E5", **{**listed, "citizen_id": "052085009999"}), addition("E6", dossier="H1"))
    found = CitizenDocuments(site).find_many([CITIZEN])[CITIZEN]
    versions = {each["document_id"]: [version["reason"] for version in each["versions"]] for each in found}
    assert versions == {"E1": ["first", "replaced"], "E3": ["first"], "E4": ["first"], "E6": ["first"]}


def test_what_the_national_store_listed_is_known_by_client_and_citizen(site: Site) -> None:
    file = {"result_code": "KQ.1", "agency": "G15", "path": "/a|b.pdf"}
    seen = {"citizen_id": CITIZEN, "what": "national-store", "purpose": "Thụ lý", "files": [file]}
    for moment in ("2023-11-07T05:00:00Z", "2023-11-07T06:00:00Z", "2023-11-07T05:30:00Z"):
        put(site, entry("find", f"F{moment}", **{**seen, "at": moment}))
    keys = [f"{client}|{CITIZEN}|KQ.1|G15|/a|b.pdf" for client in ("portal", "another")]
    assert NationalFindings(site).find_many(keys) == {keys[0]: "2023-11-07T06:00:00.000000Z"}
    assert NationalFindings(site).find_many([]) == {}


def conversion(event_id: str, number: str, **facts: Any) -> dict[str, Any]:
    """Version 1 of the document on paper."""
    about = {"number": number, "document_id": "E1", "citizen_id": CITIZEN, "version": 1, "what": "paper"}
    file = {"digest": digest("E1"), "sheets": digest(event_id), "size": 90_000, "pages": 2}
    by = {"agency": "H08.31", "agency_name": "UBND phường Quy Nhơn", "purpose": "Công dân yêu cầu bản giấy"}
    return entry("convert", event_id, **{**about, **file, **by, **facts})


def test_a_conversion_is_noted_once_with_who_read_the_document_and_its_sheets_are_kept(site: Site) -> None:
    put(site, addition())
    assert put(site, conversion("C1", "CD-1")) == {"sheets": digest("C1"), "added": True}
    assert put(site, conversion("C1", "CD-1", sheets=digest("other")))["sheets"] == digest("C1")
    assert put(site, conversion("C2", "CD-2"))["added"] is True
    assert deliver(site, conversion("C1", "CD-1"), conversion("C1", "CD-1")) == []
    found = Conversions(site).find_many(["CD-1", "CD-9"])
    assert set(found) == {"CD-1"}
    assert (found["CD-1"]["sheets"], found["CD-1"]["document"]["document_id"]) == (digest("C1"), "E1")
    assert [each["number"] for each in conversions_of(site, ["E1"])["E1"]] == ["CD-1", "CD-2"]
    assert (count(site, tables.conversions), count(site, tables.accesses)) == (2, 2)
    with site.database.connect() as connection:
        assert connection.scalars(select(tables.conversions.c.delivered).order_by("number")).all() == [1, 0]
        assert set(kept_bodies(connection, [digest("C1"), digest("E1"), digest("none")])) == {
            digest("C1"),
            digest("E1"),
        }
