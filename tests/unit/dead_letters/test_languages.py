"""Operators read sentences in their own language; their acts are recorded in the language of the project."""

from collections.abc import Iterator

import pytest

from lienthong.dead_letters.dry_run import preview_edit
from lienthong.dead_letters.edits import approve, pending_edit, propose, refuse
from lienthong.dead_letters.json_edit import masked_diff, parse_object
from lienthong.dead_letters.model import NotAllowed
from lienthong.messages import use_ledger_language
from tests.unit.dead_letters.letter_bus import LAN, MINH, LetterBus

GOOD = {"kind": "good", "name": "a"}


@pytest.fixture(autouse=True)
def english_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")


@pytest.fixture
def english_ledger() -> Iterator[None]:
    use_ledger_language("en")
    yield
    use_ledger_language("vi")


def reasons(bus: LetterBus) -> list[str]:
    return [entry.reason for entry in bus.ledger.trail("a") if entry.who]


def test_the_acts_of_an_english_operator_are_recorded_in_vietnamese(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    edit = propose(bus.letter_store, 1, GOOD, who=LAN, reason="typo")
    refuse(bus.letter_store, pending_edit(bus.letter_store, 1), who=MINH, reason="no evidence")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="typo")
    approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=MINH)
    run = bus.replay()
    digest = edit.digest[:16]
    assert reasons(bus) == [
        f"typo [bản sửa {digest}]",
        f"no evidence [bản sửa {digest}]",
        f"typo [bản sửa {digest}]",
        f"duyệt bản sửa {digest}",
        f"lần chạy lại {run.number}, tập {run.digest[:12]}",
    ]
    assert list(bus.ledger.verify()) == []


def test_a_ledger_in_english_keeps_and_proves_its_edits(bus: LetterBus, english_ledger: None) -> None:
    bus.receive("bad", "a")
    edit = propose(bus.letter_store, 1, GOOD, who=LAN, reason="typo")
    approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=MINH)
    assert reasons(bus) == [f"typo [edit {edit.digest[:16]}]", f"approved edit {edit.digest[:16]}"]
    assert list(bus.ledger.verify()) == []


def test_the_reason_a_replay_stopped_is_stored_in_the_language_of_the_project(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b", "c")
    run = bus.replay(stop_on=2)
    assert run.stopped == "2 letters died again"
    (stored,) = bus.letter_store.replays.find(run.digest)
    assert stored.stopped == "đã có 2 thư chết lại"


def test_refusals_and_previews_are_in_the_language_of_the_operator(bus: LetterBus) -> None:
    bus.receive("bad", "a")
    propose(bus.letter_store, 1, GOOD, who=LAN, reason="typo")
    assert bus.freeze().skipped == {"its edit waits for the approval of a second person": 1}
    with pytest.raises(NotAllowed, match=r"^lan proposed this edit; another person must approve it, from"):
        approve(bus.letter_store, pending_edit(bus.letter_store, 1), who=LAN)
    with pytest.raises(NotAllowed, match=r"^this is not JSON: line 1, column 2$"):
        parse_object(b"{")
    letter = bus.letter_store.letters.load_original(1)
    assert preview_edit(bus.letter_store, letter, route=None, schema=lambda *_: []) == (
        True,
        ["it fits the schema of paper.seen and would be delivered to route.a"],
    )
    assert list(masked_diff({"name": "A"}, {"name": "B"}, {"name": "name"})) == [
        "--- the letter",
        "+++ the edit",
        "@@ -1,3 +1,3 @@",
        " {",
        '-  "name": "••• (old)"',
        '+  "name": "••• (new)"',
        " }",
    ]
