"""Dead letters on pages: by cause, one by one, and the content only for those who may see it."""

from tests.unit.console.conftest import Browser, links
from tests.unit.dead_letters.letter_bus import LetterBus


def test_groups_are_filtered_by_what_the_address_states(browser: Browser) -> None:
    assert "route.a" in browser.read("/dead")
    only = browser.read("/dead?stage=sink.store")
    assert "đích không nhận" in only
    assert "không có trong danh mục" not in only
    assert "No letter is in this state" in browser.read("/dead?state=discarded")
    assert "There is no state" in browser.read("/dead?state=lost", 409)


def test_a_list_goes_on_after_its_last_row(browser: Browser, bus: LetterBus) -> None:
    bus.receive("bad", *(f"B-{count}" for count in range(60)))
    first = browser.read("/dead/letters?stage=route.a")
    assert first.count('<th scope="row">') == 50
    (more,) = [link for link in links(first.replace('href="?', 'href="/console/dead/letters?')) if "after=" in link]
    assert "stage=route.a" in more
    assert browser.read(more.replace("&amp;", "&")).count('<th scope="row">') == 12


def test_a_letter_shows_its_story_and_its_content_only_with_the_right(browser: Browser, bus: LetterBus) -> None:
    bus.receive("bad", "C-1", phone="0912345678")
    number = bus.parked()[-1].number
    page = browser.read(f"/dead/letters/{number}")
    assert "C-1" in page
    assert "&#34;kind&#34;: &#34;bad&#34;" in page
    assert "0912345678" not in page
    browser.see_as("see")
    page = browser.read(f"/dead/letters/{number}")
    assert "C-1" in page
    assert "&#34;kind&#34;" not in page
    assert "do not have the right to see contents" in page


def test_a_letter_or_a_group_that_is_not_there_is_not_found(browser: Browser) -> None:
    for path in ("/dead/letters/99", "/dead/letters/x", "/dead/groups/00000000"):
        browser.read(path, 404)
