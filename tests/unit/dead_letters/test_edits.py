"""Edits take two persons, and the ledger proves what they proposed and approved."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from lienthong.data.unreadable import UNREADABLE_KEY, unreadable_data
from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.actor import Actor, make_actor
from lienthong.dead_letters.dry_run import preview_edit
from lienthong.dead_letters.edits import approve, pending_edit, propose, refuse
from lienthong.dead_letters.model import NotAllowed
from lienthong.dead_letters.rate_limit import RateLimiter
from lienthong.dead_letters.replay import Replay, ReplayOptions
from lienthong.envelope import Bundle, canonical_json, digest
from lienthong.ledger.records import Account
from lienthong.processing.pipeline import Pipeline
from tests.unit.dead_letters.letter_bus import LAN, MINH, LetterBus

GOOD = {"kind": "good", "name": "a"}


def edit_and_approve(bus: LetterBus, number: int = 1, kind: str = "good") -> None:
    data = bus.letter_store.letters.load([number])[0].envelope.data
    propose(bus.letter_store, number, {**data, "kind": kind}, who=LAN, reason="gõ nhầm loại")
    approve(bus.letter_store, pending_edit(bus.letter_store, number), who=MINH)


def test_a_proposal_changes_nothing_and_excludes_the_letter_from_replays(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    assert bus.letter_store.letters.load([1])[0].envelope.data["kind"] == "bad"
    assert bus.freeze().skipped == {"đang chờ người thứ hai duyệt bản sửa": 1}
    assert bus.account() == Account(received=1, dead=1)


def test_the_person_who_proposed_an_edit_cannot_approve_it(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    for same in (LAN, Actor(" LAN", "root"), Actor("Lan", "minh"), Actor("minh", "lan"), Actor("Hoa", "Lan")):
        with pytest.raises(NotAllowed, match="một người khác"):
            approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=same)
    assert [edit.state for edit in bus.letter_store.edits.history(1)] == ["proposed"]


def test_a_replay_sends_the_approved_edit(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    assert bus.replay().died == 0
    assert bus.got == [("a", {"kind": "good", "name": "a", "routed": True})]
    assert bus.verdicts("a") == [
        ("dead", ""),
        ("proposed", "lan"),
        ("edited", "minh"),
        ("replayed", "lan"),
        ("done", ""),
    ]
    assert bus.account() == Account(received=1, delivered=1)


def test_an_edit_changes_neither_the_id_nor_the_body_as_received(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    before = bus.letter_store.letters.load_original(1)
    edit_and_approve(bus)
    assert bus.letter_store.letters.load_original(1) == before
    assert bus.letter_store.letters.load([1])[0].envelope.id == before.envelope.id


def test_a_refused_edit_leaves_the_letter_unchanged(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    refuse(bus.letter_store, pending_edit(bus.letter_store, 1), who=MINH, reason="không có căn cứ")
    with pytest.raises(NotAllowed, match="không có bản sửa nào"):
        pending_edit(bus.letter_store, 1)
    assert bus.freeze().count == 1
    assert bus.replay().died == 1
    assert ("refused", "minh") in bus.verdicts("a")
    assert bus.account() == Account(received=1, dead=1)


def test_a_second_proposal_supersedes_the_first(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    first = propose(bus.letter_store, 1, GOOD, who=LAN, reason="một")
    second = propose(bus.letter_store, 1, {**GOOD, "kind": "better"}, who=MINH, reason="hai")
    assert [edit.state for edit in bus.letter_store.edits.history(1)] == ["superseded", "proposed"]
    assert pending_edit(bus.letter_store, 1).digest == second.digest != first.digest
    approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=LAN)
    assert bus.account() == Account(received=1, dead=1)


def test_of_two_decisions_on_an_edit_the_first_counts(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="gõ nhầm loại")
    edit = pending_edit(bus.letter_store, 1)
    approve(bus.letter_store, edit, who=MINH)
    with pytest.raises(NotAllowed, match="người khác quyết định"):
        refuse(bus.letter_store, edit, who=Actor("hoa", "hoa"), reason="không")
    assert bus.verdicts("a")[-1] == ("edited", "minh")


def test_an_edit_without_a_change_or_of_a_letter_that_is_not_parked_is_refused(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    with pytest.raises(NotAllowed, match="giống hệt"):
        propose(bus.letter_store, 1, {"name": "a", "kind": "bad"}, who=LAN, reason="?")
    discard(bus.letter_store, [2], who=LAN, reason="trùng")
    with pytest.raises(NotAllowed, match="đã được xử lý"):
        propose(bus.letter_store, 2, GOOD, who=LAN, reason="?")
    with pytest.raises(NotAllowed, match="không có thư chết số 9"):
        propose(bus.letter_store, 9, GOOD, who=LAN, reason="?")


def test_an_approved_edit_changes_the_replay_set(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    seen = bus.freeze()
    edit_and_approve(bus)
    assert bus.freeze().digest != seen.digest
    assert bus.replay(seen).sent == 0  # the set that was seen is not the set of now
    assert bus.replay().sent == 1


@pytest.mark.parametrize("crash_after", ["replay", "route.a"])
def test_recovery_sends_the_edit_of_a_letter_of_a_route(bus: LetterBus, crash_after: str) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    _crash_in_replay(bus, crash_after)
    assert [data["kind"] for _, data in bus.got] == ["good"]
    assert bus.account() == Account(received=1, delivered=1)


def test_recovery_sends_the_edit_of_a_letter_of_a_sink(bus: LetterBus) -> None:
    bus.receive("refused", "a")
    edit_and_approve(bus)
    _crash_in_replay(bus, "replay")
    assert [data["kind"] for _, data in bus.got] == ["good"]
    assert bus.account() == Account(received=1, delivered=1)


def _crash_in_replay(bus: LetterBus, after: str) -> None:
    """The process dies after the replay was recorded, or after the route and before the sink."""

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


def test_the_verdict_of_a_late_attempt_is_not_written_after_an_operator_acted(bus: LetterBus) -> None:
    bus.receive("refused", "a")
    letter = bus.letter_store.letters.load_original(1)
    edit_and_approve(bus)
    bus.refused.clear()
    bus.broker.publish([Bundle("sink.store", (letter.envelope,), turn=9)])
    bus.work()
    assert bus.account() == Account(received=1, dead=1)


def test_the_preview_of_an_edit_gives_the_reasons_in_sentences(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    letter = bus.letter_store.letters.load_original(1)
    accepted, sentences = preview_edit(bus.letter_store, letter, route=bus.stages["route.a"], schema=lambda *_: [])
    assert not accepted and "vẫn không nhận: trường `kind`" in sentences[0]
    preview = preview_edit(
        bus.letter_store, letter, route=None, schema=lambda kind, data: [f"{kind}: trường `x` thiếu"]
    )
    assert preview == (False, ["paper.seen: trường `x` thiếu"])
    bus.bad.clear()
    assert preview_edit(bus.letter_store, letter, route=bus.stages["route.a"], schema=lambda *_: []).accepted


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


def test_the_actor_is_the_given_name_else_the_variable_else_the_account() -> None:
    assert str(make_actor("Lan Anh", {"LIENTHONG_USER": "minh"}, "root")) == "Lan Anh (root)"
    assert str(make_actor("", {"LIENTHONG_USER": "minh"}, "root")) == "minh (root)"
    assert str(make_actor("", {}, "root")) == "root"


def test_an_edited_event_that_its_source_shows_again_is_not_received_twice(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    edit_and_approve(bus)
    bus.replay()
    bus.receive("bad", "a")
    assert bus.account() == Account(received=1, delivered=1)


@pytest.mark.parametrize("kept", [{}, {"kind": "good", "raw": '{"kind": "good", '}])
def test_a_record_that_could_not_be_read_is_mended_by_an_edit_without_its_mark(
    bus: LetterBus, kept: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(None, [])
    monkeypatch.setattr(bus, "_route", lambda envelopes, _: pipeline.run(envelopes))
    bus.start()
    note = unreadable_data("byte 17 is no JSON", field="kind", kept=kept)
    bus.receive("unknown", "a", **{key: value for key, value in note.items() if key != "kind"})
    (letter,) = bus.parked()
    assert (letter.error, letter.field, letter.reason) == ("Unreadable", "kind", "byte 17 is no JSON")
    data = bus.letter_store.letters.load([letter.number])[0].envelope.data
    assert data[UNREADABLE_KEY]["reason"] == "byte 17 is no JSON"
    propose(bus.letter_store, letter.number, GOOD, who=LAN, reason="đọc từ tệp gốc")
    approve(bus.letter_store, pending_edit(bus.letter_store, letter.number), who=MINH)
    assert bus.replay().died == 0
    assert bus.got == [("a", GOOD)]
    assert list(bus.ledger.verify()) == []


def test_an_edit_that_leaves_the_mark_of_an_unreadable_record_dies_again(
    bus: LetterBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(None, [])
    monkeypatch.setattr(bus, "_route", lambda envelopes, _: pipeline.run(envelopes))
    bus.start()
    bus.receive("unknown", "a", **unreadable_data("byte 17 is no JSON"))
    edit_and_approve(bus)
    bus.replay()
    (letter,) = bus.parked()
    assert letter.error == "Unreadable"
    assert bus.got == []
