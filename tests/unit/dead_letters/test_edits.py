"""Edits: two persons, and the ledger can prove what they agreed on."""

import pytest
from sqlalchemy import text

from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.actor import Actor, person
from lienthong.dead_letters.dry_run import objections
from lienthong.dead_letters.edits import approve, propose, refuse, waiting
from lienthong.dead_letters.model import NotAllowed
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay import Replay, ReplayOptions
from lienthong.envelope import Bundle, canonical, digest
from lienthong.ledger.records import Account
from tests.unit.dead_letters.bench import LAN, MINH, Office

GOOD = {"kind": "good", "name": "a"}


def edit_and_approve(office: Office, number: int = 1, kind: str = "good") -> None:
    data = office.letter_store.letters.whole([number])[0].envelope.data
    propose(office.letter_store, number, {**data, "kind": kind}, who=LAN, reason="gõ nhầm loại")
    approve(office.letter_store, waiting(office.letter_store, number), who=MINH)


def test_a_proposal_changes_nothing_and_keeps_the_letter_out_of_replays(office: Office) -> None:
    office.receive("bad", "a")
    propose(office.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    assert office.letter_store.letters.whole([1])[0].envelope.data["kind"] == "bad"
    assert office.freeze().skipped == {"đang chờ người thứ hai duyệt bản sửa": 1}
    assert office.account() == Account(received=1, dead=1)


def test_who_proposed_an_edit_cannot_approve_it(office: Office) -> None:
    office.receive("bad", "a")
    propose(office.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    for same in (LAN, Actor(" LAN", "root"), Actor("Lan", "minh")):
        with pytest.raises(NotAllowed, match="một người khác"):
            approve(office.letter_store, waiting(office.letter_store, 1), who=same)
    assert [edit.state for edit in office.letter_store.edits.of(1)] == ["proposed"]


def test_what_a_second_person_approved_is_what_is_replayed(office: Office) -> None:
    office.receive("bad", "a")
    edit_and_approve(office)
    assert office.replay().died == 0
    assert office.got == [("a", {"kind": "good", "name": "a", "made": True})]
    assert office.story("a") == [
        ("dead", ""),
        ("proposed", "lan"),
        ("edited", "minh"),
        ("replayed", "lan"),
        ("done", ""),
    ]
    assert office.account() == Account(received=1, delivered=1)


def test_the_id_and_the_body_as_received_stay(office: Office) -> None:
    office.receive("bad", "a")
    before = office.letter_store.letters.as_died(1)
    edit_and_approve(office)
    assert office.letter_store.letters.as_died(1) == before
    assert office.letter_store.letters.whole([1])[0].envelope.id == before.envelope.id


def test_a_refused_edit_leaves_the_letter_as_it_was(office: Office) -> None:
    office.receive("bad", "a")
    propose(office.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    refuse(office.letter_store, waiting(office.letter_store, 1), who=MINH, reason="không có căn cứ")
    with pytest.raises(NotAllowed, match="không có bản sửa nào"):
        waiting(office.letter_store, 1)
    assert office.freeze().count == 1
    assert office.replay().died == 1
    assert ("refused", "minh") in office.story("a")
    assert office.account() == Account(received=1, dead=1)


def test_a_second_proposal_takes_the_place_of_the_first(office: Office) -> None:
    office.receive("bad", "a")
    first = propose(office.letter_store, 1, GOOD, who=LAN, reason="một")
    second = propose(office.letter_store, 1, {**GOOD, "kind": "better"}, who=MINH, reason="hai")
    assert [edit.state for edit in office.letter_store.edits.of(1)] == ["superseded", "proposed"]
    assert waiting(office.letter_store, 1).digest == second.digest != first.digest
    approve(office.letter_store, waiting(office.letter_store, 1), who=LAN)
    assert office.account() == Account(received=1, dead=1)


def test_two_persons_deciding_at_once_leave_one_decision(office: Office) -> None:
    office.receive("bad", "a")
    propose(office.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    edit = waiting(office.letter_store, 1)
    approve(office.letter_store, edit, who=MINH)
    with pytest.raises(NotAllowed, match="người khác quyết định"):
        refuse(office.letter_store, edit, who=Actor("hoa", "hoa"), reason="không")
    assert office.story("a")[-1] == ("edited", "minh")


def test_an_edit_that_changes_nothing_or_a_letter_that_is_settled_is_refused(office: Office) -> None:
    office.receive("bad", "a", "b")
    with pytest.raises(NotAllowed, match="giống hệt"):
        propose(office.letter_store, 1, {"name": "a", "kind": "bad"}, who=LAN, reason="?")
    discard(office.letter_store, [2], who=LAN, reason="trùng")
    with pytest.raises(NotAllowed, match="đã được xử lý"):
        propose(office.letter_store, 2, GOOD, who=LAN, reason="?")
    with pytest.raises(NotAllowed, match="không có thư chết số 9"):
        propose(office.letter_store, 9, GOOD, who=LAN, reason="?")


def test_an_approved_edit_changes_the_set(office: Office) -> None:
    office.receive("bad", "a")
    seen = office.freeze()
    edit_and_approve(office)
    assert office.freeze().digest != seen.digest
    assert office.replay(seen).sent == 0  # what was seen is not what there is
    assert office.replay().sent == 1


@pytest.mark.parametrize("crash_after", ["replay", "route.a"])
def test_an_edited_letter_of_a_route_is_recovered_as_edited(office: Office, crash_after: str) -> None:
    office.receive("bad", "a")
    edit_and_approve(office)
    _crash_in_replay(office, crash_after)
    assert [data["kind"] for _, data in office.got] == ["good"]
    assert office.account() == Account(received=1, delivered=1)


def test_an_edited_letter_of_a_sink_is_recovered_as_edited(office: Office) -> None:
    office.receive("refused", "a")
    edit_and_approve(office)
    _crash_in_replay(office, "replay")
    assert [data["kind"] for _, data in office.got] == ["good"]
    assert office.account() == Account(received=1, delivered=1)


def _crash_in_replay(office: Office, after: str) -> None:
    """The process dies when the replay was recorded, or when the route is through and the sink is not."""

    def until_the_crash(_: object) -> None:
        if after != "replay":
            office.work(after)

    pace = RateLimiter(None, office.clock, office.paused.append)
    Replay(office.letter_store, office.broker, ReplayOptions(), pace, who=LAN, rest=until_the_crash).run(
        office.freeze()
    )
    assert office.got == []
    office.start()
    assert office.recover() == 1
    office.work()


def test_an_edited_letter_that_dies_again_keeps_its_edit_and_can_be_edited_again(office: Office) -> None:
    office.receive("bad", "a")
    office.bad.add("worse")
    edit_and_approve(office, 1, "worse")
    assert office.replay().died == 1
    (again,) = office.parked()
    assert office.letter_store.letters.whole([again.number])[0].envelope.data["kind"] == "worse"
    edit_and_approve(office, again.number, "good")
    assert office.replay().died == 0
    assert office.account() == Account(received=1, delivered=1)


def test_an_edited_letter_may_still_be_discarded(office: Office) -> None:
    office.receive("bad", "a")
    edit_and_approve(office)
    assert discard(office.letter_store, [1], who=LAN, reason="hồ sơ thử") == [1]
    assert discard(office.letter_store, [1], who=LAN, reason="hồ sơ thử") == []
    assert office.account() == Account(received=1, dropped=1)
    assert office.ledger.trail("a")[-1].reason == "hồ sơ thử"


def test_a_try_that_ends_late_says_nothing_after_an_operator_acted(office: Office) -> None:
    office.receive("refused", "a")
    letter = office.letter_store.letters.as_died(1)
    edit_and_approve(office)
    office.refused.clear()
    office.broker.publish([Bundle("sink.store", (letter.envelope,), turn=9)])
    office.work()
    assert office.account() == Account(received=1, dead=1)


def test_what_stands_against_an_edit_is_said_in_words(office: Office) -> None:
    office.receive("bad", "a")
    letter = office.letter_store.letters.as_died(1)
    good, words = objections(office.letter_store, letter, office.stages["route.a"], lambda *_: [])
    assert not good and "vẫn không nhận: trường `kind`" in words[0]
    good, words = objections(office.letter_store, letter, None, lambda kind, data: [f"{kind}: trường `x` thiếu"])
    assert (good, words) == (False, ["paper.seen: trường `x` thiếu"])
    office.bad.clear()
    assert objections(office.letter_store, letter, office.stages["route.a"], lambda *_: [])[0]


TAMPERING = {
    "an edit's data is changed": "update dead_letter_edits set data = (select body from ledger_bodies)",
    "an edit's data and digest are changed": (
        "update dead_letter_edits set data = (select body from ledger_bodies), digest = '{digest}'"
    ),
    "an edit is deleted": "delete from dead_letter_edits",
    "an edit is approved by hand": "update dead_letter_edits set state = 'approved'",
}


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda name: name.replace(" ", "-"))
def test_verify_notices_when(tampering: str, office: Office) -> None:
    office.receive("bad", "a")
    propose(office.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    if "by hand" not in tampering:
        approve(office.letter_store, waiting(office.letter_store, 1), who=MINH)
    assert list(office.ledger.verify()) == []
    raw = digest(canonical({"kind": "bad", "name": "a"}))
    with office.database.begin() as connection:
        connection.execute(text(TAMPERING[tampering].format(digest=raw)))
    assert any("bản sửa" in fault for fault in office.ledger.verify())


def test_a_person_is_who_was_named_else_the_environment_else_the_account() -> None:
    assert str(person("Lan Anh", {"LIENTHONG_USER": "minh"}, "root")) == "Lan Anh (root)"
    assert str(person("", {"LIENTHONG_USER": "minh"}, "root")) == "minh (root)"
    assert str(person("", {}, "root")) == "root"


def test_an_edited_event_seen_again_at_its_source_is_not_taken_in_twice(office: Office) -> None:
    office.receive("bad", "a")
    edit_and_approve(office)
    office.replay()
    office.receive("bad", "a")
    assert office.account() == Account(received=1, delivered=1)
