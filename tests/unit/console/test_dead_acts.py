"""From a group of dead letters to a replay, and the other acts: each done once, and in the ledger with its person."""

import pytest

from lienthong.dead_letters.model import LetterFilter
from lienthong.operations.letters import groups
from tests.unit.console.conftest import Browser, ended, links, once
from tests.unit.dead_letters.letter_bus import LetterBus


def group_at(browser: Browser, stage: str) -> str:
    (found,) = groups(browser.storage.letter_store, LetterFilter(stage=stage), browser.storage.settings)
    return found.letters.cause.id


def previewed(browser: Browser, group: str) -> str:
    page = browser.read(f"/dead/groups/{group}")
    return ended(browser, browser.send("/dead/replay-previews", group=group, once=once(page, "/dead/replay-previews")))


def test_a_group_is_replayed_as_it_was_shown_and_a_second_click_does_nothing(
    browser: Browser, bus: LetterBus, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.dead_letters.parts.judge", lambda envelope: envelope)
    group = group_at(browser, "route.a")
    page = previewed(browser, group)
    assert "The set: 2 letters" in page
    assert "accepted by the route now" in page
    preview = page.split('name="preview" value="')[1].split('"')[0]
    sent = {"preview": preview, "once": once(page, "/dead/replays"), "canary": "0", "rate": "", "stop_on": "0"}
    first, second = browser.send("/dead/replays", **sent), browser.send("/dead/replays", **sent)
    assert first.headers["location"] == second.headers["location"]
    page = ended(browser, first)
    assert "2 letters were replayed; 2 died again." in page  # the sink takes good papers alone
    assert ("replayed", "Trần Thị Lan (lan)") in bus.verdicts("A-1")
    assert "No letter of this cause is parked any more." in browser.read(f"/dead/groups/{group}")
    again = ended(browser, browser.send("/dead/replays", **sent | {"once": "another-click-on-it"}))
    assert "was already replayed by Trần Thị Lan (lan)" in again
    assert "/jobs/" in "".join(links(browser.read("/jobs")))


def test_a_set_that_has_changed_since_is_not_sent(browser: Browser, bus: LetterBus) -> None:
    page = previewed(browser, group_at(browser, "route.a"))
    bus.receive("bad", "A-9")
    preview = page.split('name="preview" value="')[1].split('"')[0]
    page = ended(browser, browser.send("/dead/replays", preview=preview, once=once(page, "/dead/replays")))
    assert "the set of letters has changed since it was shown" in page
    assert len(bus.parked()) == 4


def test_many_letters_need_their_number_typed(browser: Browser, bus: LetterBus) -> None:
    bus.receive("bad", *(f"B-{count}" for count in range(101)))
    group = group_at(browser, "route.a")
    page = previewed(browser, group)
    assert "Type 103 to confirm" in page
    preview = page.split('name="preview" value="')[1].split('"')[0]
    refused = browser.send("/dead/replays", preview=preview, once=once(page, "/dead/replays"), typed="13")
    assert (refused.status_code, "type this number to confirm" in refused.text) == (409, True)
    discard = {"group": group, "count": "103", "reason": "x", "once": "a-click-of-one-person"}
    assert browser.send("/dead/discards", **discard).status_code == 409
    assert len(bus.parked()) == 104


def test_a_discard_needs_a_reason_which_stands_in_the_ledger(browser: Browser, bus: LetterBus) -> None:
    group = group_at(browser, "sink.store")
    given = {"group": group, "count": "1", "once": "a-click-of-one-person"}
    assert "A discard needs a reason." in browser.send("/dead/discards", **given, reason=" ").text
    page = ended(browser, browser.send("/dead/discards", **given, reason="trùng, 0912345678"))
    assert "1 letter was discarded." in page
    (act,) = [entry for entry in bus.ledger.trail("A-3") if entry.verdict == "discarded"]
    assert (act.who, act.reason.startswith("trùng"), "0912345678" in act.reason) == ("Trần Thị Lan (lan)", True, False)


def test_a_group_that_is_looked_after_or_known_is_no_alarm(browser: Browser, bus: LetterBus) -> None:
    assert "2 groups are looked after by no person." in browser.read("/")
    group = group_at(browser, "route.a")
    assert browser.send(f"/dead/groups/{group}/note", take="yes").status_code == 303
    assert "1 group is looked after by no person." in browser.read("/")
    known = {"ticket": "LT-7", "known_until": "2999-01-01", "note": "gọi 0912345678"}
    assert browser.send(f"/dead/groups/{group_at(browser, 'sink.store')}/note", **known).status_code == 303
    assert "Each group is looked after." in browser.read("/")
    page = browser.read("/dead")
    assert "Trần Thị Lan" in page
    assert "LT-7" in page
    assert "0912345678" not in page + browser.read(f"/dead/groups/{group_at(browser, 'sink.store')}")
    (noted,) = [entry for entry in bus.ledger.trail(group) if entry.stage == "dead.groups" and entry.verdict == "done"]
    assert noted.who == "Trần Thị Lan (lan)"
    assert list(bus.ledger.verify()) == []
    assert browser.send(f"/dead/groups/{group}/note", known_until="tomorrow").status_code == 409


def test_an_edit_is_shown_before_it_is_proposed_and_approved_by_another_person(
    browser: Browser, bus: LetterBus
) -> None:
    number = bus.parked()[0].number
    path = f"/dead/letters/{number}/edit"
    assert "kind" in browser.read(path)
    text = '{"kind": "good", "name": "A-1"}'
    shown = browser.send(path, text=text, reason="sai loại", act="look")
    assert (shown.status_code, "+  &#34;kind&#34;: &#34;good&#34;" in shown.text) == (200, True)
    assert "A proposal needs a reason." in browser.send(path, text=text, act="propose").text
    assert browser.send(path, text=text, reason="sai loại", act="propose").status_code == 303
    assert "&#34;kind&#34;: &#34;good&#34;" in browser.read(f"/dead/letters/{number}")
    refused = browser.send(f"/dead/letters/{number}/approval")
    assert (refused.status_code, "another person must approve it" in refused.text) == (409, True)
    browser.see_as("see", "approve")
    assert "&#34;good&#34;" not in browser.read(f"/dead/letters/{number}")
    assert browser.send(f"/dead/letters/{number}/approval").status_code == 303
    assert bus.parked()[0].edit
    assert bus.verdicts("A-1")[-1] == ("edited", "Lê Văn Minh (minh)")


def test_what_changed_since_the_version_before_is_shown(browser: Browser, bus: LetterBus) -> None:
    bus.receive("good", "D-1", place="cũ")
    bus.receive("bad", "D-1", place="mới")
    page = browser.read(f"/dead/letters/{bus.parked()[-1].number}")
    assert "What changed since the version before" in page
    assert '<span class="added">+  &#34;place&#34;: &#34;mới&#34;</span>' in page


@pytest.mark.parametrize("path", ["/dead/replay-previews", "/dead/discards"])
def test_a_job_without_letters_or_from_no_page_is_refused(browser: Browser, path: str) -> None:
    assert browser.send(path, reason="x", once="a-click-of-one-person").status_code == 409
    assert browser.send(path, reason="x", number="1", once="<>").status_code == 409
    assert browser.send("/dead/replays", preview="not-there").status_code == 404


def test_what_may_be_delivered_twice_is_replayed_only_when_that_is_asked_for(browser: Browser) -> None:
    group = group_at(browser, "sink.store")
    assert "There is no letter to replay." in previewed(browser, group)
    page = browser.read(f"/dead/groups/{group}")
    again = {"group": group, "repeats": "yes", "once": once(page, "/dead/replay-previews")}
    assert "The set: 1 letter" in ended(browser, browser.send("/dead/replay-previews", **again))
