"""Routes as pictures, schedules, deadlines, notices, subscriptions, and the configuration."""

from datetime import timedelta

import pytest

from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.console.route_picture import draw_route
from lienthong.envelope import parse_utc
from lienthong.ledger.records import Account
from lienthong.route import Apply, Enrich, Route
from lienthong.subscriptions.model import Subscription, Trouble
from tests.unit.console.conftest import Browser


def test_a_route_is_drawn_from_its_origin_to_its_sinks() -> None:
    steps = (Apply("transforms.letters.clean"), Enrich("transforms.letters.tag", "transforms.letters.key", "register"))
    route = Route("letters", "", "post", None, steps, ("store", "archive"), announce=True)
    account = Account(received=12_345, delivered=12_000, dropped=0, dead=345, in_flight=0)
    picture = draw_route(route, {"route.letters": account, "sink.store": account})
    assert [node.label for node in picture.nodes] == ["post", "clean", "tag", "store", "archive", "bên đăng ký nhận"]
    assert [node.note for node in picture.nodes] == [
        "đã nhận 12.345",
        "",
        "hỏi register",
        "đã giao 12.000",
        "đã giao 0",
        "",
    ]
    assert len(picture.arrows) == 1 + 1 + 3
    corners = [(node.x, node.y) for node in picture.nodes]
    assert len(set(corners)) == len(corners)
    assert max(x for x, _ in corners) < picture.width


def test_a_route_is_shown_with_its_counts_its_words_and_its_file(browser: Browser) -> None:
    listed = browser.read("/routes")
    assert 'href="/console/routes/a"' in listed
    page = browser.read("/routes/a")
    assert '<svg viewBox="' in page
    assert "routes/a.yaml" in page
    assert "style=" not in page
    assert "nothing under this address" in browser.read("/routes/none", 404)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/schedules", "no schedule"),
        ("/deadlines", "keeps no deadlines"),
        ("/notices", "keeps no notices"),
        ("/subscriptions", "There is no subscription"),
    ],
)
def test_what_a_project_does_not_have_is_stated(browser: Browser, path: str, sentence: str) -> None:
    assert sentence in browser.read(path)


def test_a_subscription_is_shown_with_what_keeps_it_back_and_without_its_address(browser: Browser) -> None:
    storage, at = browser.storage, parse_utc("2026-11-29T01:00:00+00:00")
    one = Subscription(
        name="clinic",
        owner="it@clinic.example",
        client="",
        types=("letter.v1",),
        channel="webhook",
        created_at=at,
        keep=timedelta(days=90),
        url="https://clinic.example/hidden-path",
        state="failing",
        trouble=Trouble(3, at, at, "HTTP 500"),
        secret="whsec_hidden",
    )
    subscriptions = SqlSubscriptions(storage.database)
    with storage.ledger.transaction() as transaction:
        assert subscriptions.add(one, transaction)
        subscriptions.note_trouble(one, one.trouble, "failing", transaction)
    page = browser.read("/subscriptions")
    assert "clinic: deliveries fail: HTTP 500" in page
    assert "letter.v1" in page
    assert "hidden" not in page.replace('type="hidden"', "")


def test_the_configuration_states_what_the_check_finds(browser: Browser) -> None:
    page = browser.read("/configuration")
    assert "What the check states" in page
    assert "routes" in page
