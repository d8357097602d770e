"""Today: six sentences, each with its state in words, and the way to what has to be acted on."""

import pytest

from lienthong.console.pages import today
from lienthong.errors import Transient
from tests.unit.console.conftest import Browser, links


def test_it_states_six_things_and_leads_to_the_groups(browser: Browser) -> None:
    page = browser.read("/")
    assert page.count('<li class="tile ') == 6
    assert "3 dead letters are parked, in 2 groups." in page
    assert "This project keeps no deadlines." in page
    assert "The ledger was never verified." in page
    groups = [link for link in links(page) if link.startswith("/dead/groups/")]
    assert len(groups) == 2
    assert "2 letters of this cause are parked." in browser.read(groups[0])


def test_what_cannot_be_looked_at_is_a_sentence_of_its_own_and_the_others_are_there(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise Transient("the database does not answer")

    monkeypatch.setattr("lienthong.operations.today.current_balance", fails)
    page = browser.read("/")
    assert "It cannot be looked at: the database does not answer" in page
    assert "3 dead letters are parked, in 2 groups." in page


def test_a_tile_leads_only_where_the_viewer_may_go(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(today._TOPICS, "dead-letters", (lambda: "x", "/not-for-them"))  # type: ignore[index]  # a dict
    assert "/not-for-them" not in browser.read("/")
