"""Editions of reports: drafted by the schedule or by hand, once; frozen; approved by one person or two."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lienthong import EditionFilter, Rejected
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.dead_letters.actor import Actor
from lienthong.errors import Transient
from store.documents.bodies import kept_bodies
from tests.contract.sinks_contract import OpenTransaction
from tests.report_office import AN, BINH, RULES, Office

EVERY = EditionFilter()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def ids(office: Office) -> list[tuple[str, str]]:
    return [(one["id"], one["state"]) for one in office.sink.editions(EVERY)]


def test_the_schedule_drafts_what_is_due_once_also_after_months_without_it(office: Office) -> None:
    office.clock.move_to(datetime(2027, 1, 2, 23, tzinfo=UTC))  # 3 January, 06:00: December is due at 06:30
    office.look()
    assert ids(office) == [("letters/2026-11/1", "drafted"), ("letters/2026-10/1", "drafted")]
    office.look()
    assert office.reports.built == 2
    office.clock.move_to(datetime(2027, 1, 2, 23, 30, tzinfo=UTC))
    assert office.look() == "letters/2026-12/1"


def test_a_report_that_cannot_be_made_stays_due_and_states_why_until_it_can(office: Office) -> None:
    office.reports.fault = Rejected("không có danh mục", field="unit")
    office.look()
    office.look()
    assert {(one["state"], one["why"]) for one in office.sink.editions(EVERY)} == {("due", "unit: không có danh mục")}
    with pytest.raises(Rejected, match="chưa lập được"):
        office.sink.edition_document("letters/2026-11/1")
    office.reports.fault = None
    office.look()
    assert {(one["state"], one["why"]) for one in office.sink.editions(EVERY)} == {("drafted", "")}


def test_a_database_that_is_away_makes_the_look_wait(office: Office) -> None:
    office.reports.fault = Transient("away")
    with pytest.raises(Transient):
        office.look()
    assert ids(office) == []


def test_a_draft_shows_the_figures_of_its_moment_whatever_changes_later(office: Office) -> None:
    office.draft()
    frozen = dict(office.sink.edition_files("letters/2026-11/1"))
    office.reports.cases["H08.2"] = (None, ["C"])
    office.clock.move_to(datetime(2026, 12, 9, tzinfo=UTC))
    assert dict(office.make_sink().edition_files("letters/2026-11/1")) == frozen
    assert [path.as_posix() for path in frozen if path.suffix == ".pdf"] == [
        "letters-2026-11.pdf",
        "letters-2026-11/H08.1.pdf",
    ]


def test_the_frozen_document_is_kept_by_its_digest_and_not_collected(office: Office) -> None:
    act = office.draft()
    assert act is not None
    digest = act.facts["digest"]
    with office.site.files.open(digest) as file:
        assert f"sha256:{sha256(file.read()).hexdigest()}" == digest
    with office.database.connect() as connection:
        assert list(kept_bodies(connection, [digest, "sha256:" + "0" * 64])) == [digest]


def test_a_frozen_document_that_was_changed_or_is_gone_is_found(office: Office) -> None:
    act = office.draft()
    assert act is not None
    digest = act.facts["digest"]
    seals = SqlLedger(office.database, office.clock).seals("sink.reports")
    assert list(office.sink.verify(seals)) == []
    (path,) = (path for path in (office.folder / "files").rglob("*") if digest.endswith(f":{path.name}"))
    path.chmod(0o600)
    path.write_bytes(b"x")
    assert list(office.sink.verify(seals)) == [f"letters/2026-11/1: bản dự thảo {digest} đã bị sửa trong kho tệp"]
    path.unlink()
    assert list(office.sink.verify(seals)) == [f"letters/2026-11/1: bản dự thảo {digest} không còn trong kho tệp"]


def test_what_was_due_long_ago_and_is_not_sent_is_named_once(office: Office) -> None:
    office.clock.move_to(datetime(2026, 12, 7, tzinfo=UTC))
    office.look()
    assert office.site.notices.take() == []
    office.look()
    assert office.site.notices.take() == ["letters/2026-10/1 đến hạn từ ngày 03/11/2026 mà chưa gửi xong (drafted)"]
    office.look()
    assert office.site.notices.take() == []


def test_until_it_is_approved_every_document_is_a_draft_then_it_has_its_number(office: Office) -> None:
    office.draft()
    document = office.sink.edition_document("letters/2026-11/1")
    assert [document.draft, document.parts[0].document.draft] == [True, True]
    office.approve(number="12/BC-VPUBND")
    document = office.sink.edition_document("letters/2026-11/1")
    assert [document.draft, document.parts[0].document.draft, document.number] == [False, False, "12/BC-VPUBND"]


def test_drafting_again_changes_nothing_while_the_figures_are_the_same(office: Office) -> None:
    office.draft()
    office.clock.move_to(datetime(2026, 12, 9, tzinfo=UTC))
    assert office.draft() is None


def test_a_new_draft_takes_the_place_of_one_that_was_not_sent_and_needs_a_new_approval(office: Office) -> None:
    office.draft()
    office.approve()
    office.reports.cases["H08.1"] = ("phong-1@tinh.example", ["A"])
    office.draft(by=BINH)
    assert ids(office) == [("letters/2026-11/1", "drafted")]
    found = office.sink.edition("letters/2026-11/1")
    assert found is not None
    assert [(act["kind"], act["who"]) for act in found["acts"]] == [
        ("report-drafted", "An"),
        ("report-approved", "An"),
        ("report-drafted", "Bình (binh)"),
    ]
    assert len({act["digest"] for act in found["acts"]}) == 2


def test_a_draft_that_was_overtaken_is_not_written(office: Office) -> None:
    office.draft()
    office.reports.cases["H08.1"] = ("phong-1@tinh.example", ["A"])
    stale = office.sink.prepare_draft("letters", "2026-11")
    assert stale is not None
    office.approve()
    assert office.draft() is not None
    with pytest.raises(Rejected, match="vừa được"), office.database.begin() as connection:
        office.sink.write_draft(stale, OpenTransaction(connection), who="An", why="")


def test_one_person_may_draft_and_approve(office: Office) -> None:
    office.draft()
    assert office.approve().facts["complete"]
    assert office.state() == "approved"


def test_where_two_persons_are_asked_for_who_drafted_it_cannot_approve_it(office: Office) -> None:
    office.draft("checked")
    with pytest.raises(Rejected, match="một người khác"):
        office.approve("checked/2026-11/1", by=AN)
    office.approve("checked/2026-11/1", by=BINH)
    assert office.state("checked/2026-11/1") == "approved"


def test_where_the_schedule_drafted_it_two_persons_approve_whatever_one_of_them_calls_himself(tmp_path: Path) -> None:
    rules = {**RULES, "reports": {"checked": {"persons": 2, "due": {"day": 3}}}, "since": "2026-11"}
    office = Office(tmp_path, rules)
    office.look()
    assert not office.approve("checked/2026-11/1", by=AN).facts["complete"]
    assert office.state("checked/2026-11/1") == "drafted"
    with pytest.raises(Rejected, match="một người khác"):
        office.approve("checked/2026-11/1", by=Actor("Cường", "an"))
    assert office.approve("checked/2026-11/1", by=BINH).facts["complete"]


def test_only_a_draft_is_approved(office: Office) -> None:
    with pytest.raises(Rejected, match="không có lần phát hành"):
        office.approve()
    office.draft()
    office.approve()
    with pytest.raises(Rejected, match="trạng thái approved"):
        office.approve(by=BINH)


def test_a_report_that_there_is_not_is_named_with_those_that_there_are(office: Office) -> None:
    with pytest.raises(Rejected, match="có: letters, checked"):
        office.draft("nothing")
