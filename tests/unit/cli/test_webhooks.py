"""`lienthong subscriptions` for webhooks: consent, a new secret, and test events, with a receiver on this machine."""

from pathlib import Path

import pytest

from tests.unit.cli.test_subscriptions import Commands
from tests.unit.lienthong_connectors.loopback import Arrived, Response
from tests.webhooks import Receiver, receiver


def consenting(request: Arrived) -> Response:
    granted = (("WebHook-Allowed-Origin", "*"), ("WebHook-Allowed-Rate", "600"))
    return Response(200, headers=granted) if request.method == "OPTIONS" else Response()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    return Commands(tmp_path, capsys)


def add(run: Commands, hospital: Receiver, *more: str) -> str:
    return run("add", "clinic", "--types", "payment.v1", "--to", hospital.url, "--allow-private", *more)


def test_a_subscription_is_active_only_once_its_receiver_consents(run: Commands) -> None:
    with receiver() as hospital:
        assert "WebHook-Allowed-Origin" in add(run, hospital)
        shown = run.json("show", "clinic")
        assert (shown["state"], shown["settings"]["handshake"]["state"]) == ("paused", "not granted")
        assert shown["settings"]["handshake"]["status"] == 200
        assert "has not consented" in run("resume", "clinic")
        hospital.answer = consenting
        assert "consents" in run("handshake", "clinic")
    shown = run.json("show", "clinic")
    assert (shown["state"], shown["settings"]["handshake"]["per_minute"]) == ("active", 600)
    assert [one.method for one in hospital.arrived] == ["OPTIONS", "OPTIONS"]


def test_a_consent_stays_while_the_receiver_is_down_and_ends_when_it_is_withdrawn(run: Commands) -> None:
    with receiver(consenting) as hospital:
        add(run, hospital)
        hospital.answer = lambda _: Response(503)
        run("handshake", "clinic")
        assert run.json("show", "clinic")["state"] == "active"
        hospital.answer = lambda _: Response(200)
        assert "does not consent" in run("handshake", "clinic")
    assert run.json("show", "clinic")["state"] == "paused"


def test_a_receiver_that_does_not_know_the_handshake_is_named_explicitly(run: Commands) -> None:
    with receiver(lambda _: Response(405)) as hospital:
        assert "--no-handshake" in add(run, hospital)
        run("handshake", "clinic", "--no-handshake")
        assert run.json("show", "clinic")["state"] == "active"
    assert len(hospital.arrived) == 1


def test_a_new_secret_is_shown_once_and_the_old_one_signs_along(run: Commands) -> None:
    with receiver(consenting) as hospital:
        first = run.json("add", "clinic", "--types", "payment.v1", "--to", hospital.url, "--allow-private")["secret"]
        second = run.json("secret", "clinic")["secret"]
        assert first != second
        assert second not in run("show", "clinic")
        run("check", "clinic")
    assert len(hospital.arrived[-1].headers["webhook-signature"].split()) == 2


@pytest.mark.slow
def test_test_events_show_what_came_back(run: Commands) -> None:
    with receiver(consenting) as hospital:
        add(run, hospital)
        (sent,) = run.json("check", "clinic")
        assert (sent["delivered"], sent["answers"]) == (True, ["accepted"])
        assert len(run.json("check", "clinic", "--conformance")) == 5
        hospital.answer = lambda _: Response(503)
        assert "HTTP 503" in run("check", "clinic")
    assert run.json("show", "clinic")["delivered"] == 0


def test_what_is_no_webhook_has_no_handshake(run: Commands) -> None:
    run("add", "reports", "--types", "payment.v1", "--to", "pull")
    for words in (("handshake",), ("secret",), ("check",)):
        assert "is no webhook" in run(*words, "reports")
