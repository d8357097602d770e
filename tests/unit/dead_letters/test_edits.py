"""Edits: two persons, and the ledger can prove what they agreed on."""

import pytest
from sqlalchemy import text

from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.actor import Actor, make_actor
from lienthong.dead_letters.dry_run import preview_edit
from lienthong.dead_letters.edits import approve, pending_edit, propose, refuse
from lienthong.dead_letters.model import NotAllowed
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay import Replay, ReplayOptions
from lienthong.envelope import Bundle, canonical_json, digest
from lienthong.ledger.records import Account
from tests.unit.dead_letters.letter_bus import LAN, MINH, LetterBus

GOOD = {"kind": "good", "name": "a"}


def edit_and_approve(bus: LetterBus, number: int = 1, kind: str = "good") -> None:
    data = bus.letter_store.letters.load([number])[0].envelope.data
    propose(bus.letter_store, number, {**data, "kind": kind}, who=LAN, reason="gõ nhầm loại")
    approve(bus.letter_store, pending_edit(bus.letter_store, number), who=MINH)


def test_a_proposal_changes_nothing_and_keeps_the_letter_out_of_replays(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    assert bus.letter_store.letters.load([1])[0].envelope.data["kind"] == "bad"
    assert bus.freeze().skipped == {"đang chờ người thứ hai duyệt bản sửa": 1}
    assert bus.account() == Account(received=1, dead=1)


def test_who_proposed_an_edit_cannot_approve_it(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    for same in (LAN, Actor(" LAN", "root"), Actor("Lan", "minh")):
        with pytest.raises(NotAllowed, match="một người khác"):
            approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=same)
    assert [edit.state for edit in bus.letter_store.edits.history(1)] == ["proposed"]


def test_what_a_second_person_approved_is_what_is_replayed(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    assert bus.replay().died == 0
    assert bus.got == [("a", {"kind": "good", "name": "a", "made": True})]
    assert bus.story("a") == [
        ("dead", ""),
        ("proposed", "lan"),
        ("edited", "minh"),
        ("replayed", "lan"),
        ("done", ""),
    ]
    assert bus.account() == Account(received=1, delivered=1)


def test_the_id_and_the_body_as_received_stay(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    before = bus.letter_store.letters.load_original(1)
    edit_and_approve(bus)
    assert bus.letter_store.letters.load_original(1) == before
    assert bus.letter_store.letters.load([1])[0].envelope.id == before.envelope.id


def test_a_refused_edit_leaves_the_letter_as_it_was(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    refuse(bus.letter_store, pending_edit(bus.letter_store, 1), who=MINH, reason="không có căn cứ")
    with pytest.raises(NotAllowed, match="không có bản sửa nào"):
        pending_edit(bus.letter_store, 1)
    assert bus.freeze().count == 1
    assert bus.replay().died == 1
    assert ("refused", "minh") in bus.story("a")
    assert bus.account() == Account(received=1, dead=1)


def test_a_second_proposal_takes_the_place_of_the_first(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    first = propose(bus.letter_store, 1, GOOD, who=LAN, reason="một")
    second = propose(bus.letter_store, 1, {**GOOD, "kind": "better"}, who=MINH, reason="hai")
    assert [edit.state for edit in bus.letter_store.edits.history(1)] == ["superseded", "proposed"]
    assert pending_edit(bus.letter_store, 1).digest == second.digest != first.digest
    approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=LAN)
    assert bus.account() == Account(received=1, dead=1)


def test_two_persons_deciding_at_once_leave_one_decision(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    edit = pending_edit(bus.letter_store, 1)
    approve(bus.letter_store, edit, who=MINH)
    with pytest.raises(NotAllowed, match="người khác quyết định"):
        refuse(bus.letter_store, edit, who=Actor("hoa", "hoa"), reason="không")
    assert bus.story("a")[-1] == ("edited", "minh")


def test_an_edit_that_changes_nothing_or_a_letter_that_is_settled_is_refused(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    with pytest.raises(NotAllowed, match="giống hệt"):
        propose(bus.letter_store, 1, {"name": "a", "kind": "bad"}, who=LAN, reason="?")
    discard(bus.letter_store, [2], who=LAN, reason="trùng")
    with pytest.raises(NotAllowed, match="đã được xử lý"):
        propose(bus.letter_store, 2, GOOD, who=LAN, reason="?")
    with pytest.raises(NotAllowed, match="không có thư chết số 9"):
        propose(bus.letter_store, 9, GOOD, who=LAN, reason="?")


def test_an_approved_edit_changes_the_set(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    seen = bus.freeze()
    edit_and_approve(bus)
    assert bus.freeze().digest != seen.digest
    assert bus.replay(seen).sent == 0  # what was seen is not what there is
    assert bus.replay().sent == 1


@pytest.mark.parametrize("crash_after", ["replay", "route.a"])
def test_an_edited_letter_of_a_route_is_recovered_as_edited(bus: LetterBus, crash_after: str) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    _crash_in_replay(bus, crash_after)
    assert [data["kind"] for _, data in bus.got] == ["good"]
    assert bus.account() == Account(received=1, delivered=1)


def test_an_edited_letter_of_a_sink_is_recovered_as_edited(bus: LetterBus) -> None:
    bus.receive("refused", "a")
    edit_and_approve(bus)
    _crash_in_replay(bus, "replay")
    assert [data["kind"] for _, data in bus.got] == ["good"]
    assert bus.account() == Account(received=1, delivered=1)


def _crash_in_replay(bus: LetterBus, after: str) -> None:
    """The process dies when the replay was recorded, or when the route is through and the sink is not."""

    def until_the_crash(_: object) -> None:
        if after != "replay":
            bus.work(after)

    replay = Replay(
        bus.letter_store,
        bus.broker,
        options=ReplayOptions(),
        rate_limiter=RateLimiter(None, bus.clock, bus.paused.append),
        who=LAN,
        wait_for_outcomes=until_the_crash,
    )
    replay.run(bus.freeze())
    assert bus.got == []
    bus.start()
    assert bus.recover() == 1
    bus.work()


def test_an_edited_letter_that_dies_again_keeps_its_edit_and_can_be_edited_again(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    bus.bad.add("worse")
    edit_and_approve(bus, 1, "worse")
    assert bus.replay().died == 1
    (again,) = bus.parked()
    assert bus.letter_store.letters.load([again.number])[0].envelope.data["kind"] == "worse"
    edit_and_approve(bus, again.number, "good")
    assert bus.replay().died == 0
    assert bus.account() == Account(received=1, delivered=1)


def test_an_edited_letter_may_still_be_discarded(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    assert discard(bus.letter_store, [1], who=LAN, reason="hồ sơ thử") == [1]
    assert discard(bus.letter_store, [1], who=LAN, reason="hồ sơ thử") == []
    assert bus.account() == Account(received=1, dropped=1)
    assert bus.ledger.trail("a")[-1].reason == "hồ sơ thử"


def test_a_try_that_ends_late_says_nothing_after_an_operator_acted(bus: LetterBus) -> None:
    bus.receive("refused", "a")
    letter = bus.letter_store.letters.load_original(1)
    edit_and_approve(bus)
    bus.refused.clear()
    bus.broker.publish([Bundle("sink.store", (letter.envelope,), turn=9)])
    bus.work()
    assert bus.account() == Account(received=1, dead=1)


def test_what_stands_against_an_edit_is_said_in_words(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    letter = bus.letter_store.letters.load_original(1)
    good, words = preview_edit(bus.letter_store, letter, bus.stages["route.a"], lambda *_: [])
    assert not good and "vẫn không nhận: trường `kind`" in words[0]
    good, words = preview_edit(bus.letter_store, letter, None, lambda kind, data: [f"{kind}: trường `x` thiếu"])
    assert (good, words) == (False, ["paper.seen: trường `x` thiếu"])
    bus.bad.clear()
    assert preview_edit(bus.letter_store, letter, bus.stages["route.a"], lambda *_: [])[0]


TAMPERING = {
    "an edit's data is changed": "update dead_letter_edits set data = (select body from ledger_bodies)",
    "an edit's data and digest are changed": (
        "update dead_letter_edits set data = (select body from ledger_bodies), digest = '{digest}'"
    ),
    "an edit is deleted": "delete from dead_letter_edits",
    "an edit is approved by hand": "update dead_letter_edits set state = 'approved'",
}


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda name: name.replace(" ", "-"))
def test_verify_notices_when(tampering: str, bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    if "by hand" not in tampering:
        approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=MINH)
    assert list(bus.ledger.verify()) == []
    raw = digest(canonical_json({"kind": "bad", "name": "a"}))
    with bus.database.begin() as connection:
        connection.execute(text(TAMPERING[tampering].format(digest=raw)))
    assert any("bản sửa" in fault for fault in bus.ledger.verify())


def test_a_person_is_who_was_named_else_the_environment_else_the_account() -> None:
    assert str(make_actor("Lan Anh", {"LIENTHONG_USER": "minh"}, "root")) == "Lan Anh (root)"
    assert str(make_actor("", {"LIENTHONG_USER": "minh"}, "root")) == "minh (root)"
    assert str(make_actor("", {}, "root")) == "root"


def test_an_edited_event_seen_again_at_its_source_is_not_taken_in_twice(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    bus.replay()
    bus.receive("bad", "a")
    assert bus.account() == Account(received=1, delivered=1)
