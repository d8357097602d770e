"""Showing one masked field for a purpose, and the log of looks and acts."""

from datetime import timedelta
from typing import Any

import pytest

from lienthong.access.roles import Viewer
from lienthong.access.rules import DEFAULT_ACCESS
from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.acts import SqlActs, SqlReveals
from lienthong.adapters.sql.persons import SqlPersons
from lienthong.dead_letters.model import NotAllowed
from lienthong.operations.access_log import KINDS, export_acts, list_acts, make_filter
from lienthong.operations.reveal import RevealStore, content_for, hidden_fields, reveal, with_shown
from lienthong.ports.acts import ActFilter
from tests.unit.console.conftest import Browser
from tests.unit.dead_letters.letter_bus import LetterBus

PHONE = "0912345678"
MINH = Viewer("minh", "Lê Văn Minh", ("operator",), ("see", "see-content", "reveal"), "en")


@pytest.fixture
def letter(browser: Browser, bus: LetterBus) -> int:
    bus.receive("bad", "C-1", phone=PHONE, parts=[{"phone": "0987654321"}])
    return bus.parked()[-1].number


def ask(browser: Browser, letter: int, field: str = "/phone", purpose: str = "hồ sơ C-1") -> Any:
    return browser.send(f"/dead/letters/{letter}/reveals", field=field, purpose=purpose)


def test_a_field_is_shown_to_the_person_who_asked_and_the_ledger_has_one_event_of_it(
    browser: Browser, letter: int
) -> None:
    browser.gate.viewer_now = MINH
    assert PHONE not in browser.read(f"/dead/letters/{letter}")
    assert ask(browser, letter).headers["location"] == f"/console/dead/letters/{letter}"
    page = browser.read(f"/dead/letters/{letter}")
    assert PHONE in page and "0987654321" not in page
    browser.gate.viewer_now = Viewer("lan", "Trần Thị Lan", (), MINH.rights, "en")
    assert PHONE not in browser.read(f"/dead/letters/{letter}")
    ledger = browser.storage.ledger
    (look,) = [entry for entry in ledger.trail("C-1") if entry.source == "access.looks" and entry.verdict == "done"]
    assert (look.who, look.reason) == ("Lê Văn Minh (minh)", "cho xem trường bị che /phone: hồ sơ C-1")
    assert ledger.balance().faults == ()
    assert list(ledger.verify()) == []


def test_it_ends_by_itself(browser: Browser, letter: int, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.gate.viewer_now = MINH
    ask(browser, letter)
    later = SystemClock().now() + DEFAULT_ACCESS.reveal_ends
    monkeypatch.setattr(SystemClock, "now", lambda _: later)
    assert PHONE not in browser.read(f"/dead/letters/{letter}")


def test_without_the_right_a_purpose_or_such_a_field_nothing_is_shown(browser: Browser, letter: int) -> None:
    browser.see_as("see", "see-content")
    assert ask(browser, letter).status_code == 403
    browser.gate.viewer_now = MINH
    for given in ({"purpose": "x"}, {"field": "/kind"}, {"field": "/phone/0"}, {"field": ""}):
        assert ask(browser, letter, **given).status_code == 409
    assert PHONE not in browser.read(f"/dead/letters/{letter}")
    browser.see_as("see")
    storage = browser.storage
    event = storage.letter_store.letters.load([letter])[0].envelope
    store = RevealStore(SqlReveals(storage.database), storage.ledger, storage.clock, DEFAULT_ACCESS)
    assert browser.gate.viewer_now is not None
    with pytest.raises(NotAllowed):
        reveal(store, browser.gate.viewer_now, event, {}, pointer="/phone", purpose="hồ sơ C-1")
    assert content_for(store, browser.gate.viewer_now, event, {}).hidden == ()
    assert list_acts(SqlActs(storage.database), ActFilter(kind="looks"), 9) == []


def test_pointers_name_what_is_masked_and_show_only_that() -> None:
    data = {"a/b": [{"x~y": "Lan"}, "Hà Nội"], "n": 1, "gone": "z"}
    masked = {"a/b": [{"x~y": "•••"}, "Hà Nội"], "n": 1, "•••": "•••"}
    assert list(hidden_fields(data, masked)) == ["/a~1b/0/x~0y"]
    assert with_shown(data, masked, ["/a~1b/0/x~0y"]) == masked | {"a/b": [{"x~y": "Lan"}, "Hà Nội"]}
    assert masked["a/b"] == [{"x~y": "•••"}, "Hà Nội"]


def test_looks_and_acts_are_listed_by_person_kind_and_time_page_by_page(
    browser: Browser, bus: LetterBus, letter: int
) -> None:
    browser.gate.viewer_now = MINH
    ask(browser, letter)
    ask(browser, letter, "/parts/0/phone", "hồ sơ C-1 lần hai")
    browser.see_as("see", "act")
    numbers = [one.number for one in bus.parked()]
    browser.send("/dead/discards", number=str(numbers[0]), reason="thử", once="x" * 22)
    for job in browser.context.jobs.running().values():
        job[0].join(10)
    acts, persons, now = SqlActs(browser.storage.database), SqlPersons(browser.storage.database), SystemClock().now()
    found = list(export_acts(acts, ActFilter()))
    assert [act.kind for act in found] == ["discarded", "looks", "looks"]
    assert [act.number for act in found] == sorted((act.number for act in found), reverse=True)
    assert [act.kind for act in list_acts(acts, make_filter(persons, person="Minh", kind="looks"), 9)] == ["looks"] * 2
    assert list_acts(acts, make_filter(persons, person="hoa"), 9) == []
    assert len(list_acts(acts, make_filter(persons, since=now - timedelta(hours=1), until=now), 9)) == 3
    assert list_acts(acts, make_filter(persons, until=now - timedelta(hours=1)), 9) == []
    assert [act.number for act in list_acts(acts, make_filter(persons, before=found[0].number), 1)] == [found[1].number]
    browser.see_as("see")
    assert browser("GET", "/access/log").status_code == 403
    browser.see_as("audit")
    page = browser.read("/access/log?kind=looks")
    assert "hồ sơ C-1 lần hai" in page and "thử" not in page and PHONE not in page
    for kind in KINDS:
        browser.read(f"/access/log?kind={kind}")
    browser.read("/access/log?kind=other", 409)
    browser.read("/access/log?after=x", 409)
