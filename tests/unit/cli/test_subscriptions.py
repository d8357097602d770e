"""`lienthong subscriptions`: what the commands print, and what they refuse."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from lienthong.cli.app import app
from lienthong.errors import LienthongError
from tests.command_line import ROOT


class Commands:
    """Runs commands in this process, on a data directory of their own."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._place = ["--project", str(ROOT), "--data", str(data)]
        self._capsys = capsys

    def __call__(self, *words: str) -> str:
        with contextlib.suppress(LienthongError, SystemExit):
            app(["subscriptions", *words, *self._place], prog_name="lienthong", standalone_mode=False)
        written = self._capsys.readouterr()
        return written.out + written.err

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    return Commands(tmp_path, capsys)


@pytest.mark.slow
def test_a_subscription_is_added_shown_paused_and_removed(run: Commands) -> None:
    assert "There is no subscription yet" in run("list")
    added = run.json(
        "add", "clinic", "--types", "dossier.v1,payment.v1", "--to", "https://clinic.example/in", "--no-handshake"
    )
    assert (added["name"], added["secret"][:6]) == ("clinic", "whsec_")
    assert run.json("add", "reports", "--types", "dossier.v1", "--to", "pull") == {"name": "reports"}
    (shown, other) = run.json("list")
    assert (shown["types"], shown["state"], shown["waiting"]) == (["dossier.v1", "payment.v1"], "active", 0)
    assert other["name"] == "reports"
    assert added["secret"] not in run("list") + run("show", "clinic")
    assert "paused" in run("pause", "clinic", "--reason", "di chuyển máy chủ")
    assert run.json("show", "clinic")["state"] == "paused"
    assert "goes on" in run("resume", "clinic")
    assert run.json("show", "clinic")["state"] == "active"
    assert "removed" in run("remove", "clinic")
    assert "no subscription clinic" in run("show", "clinic")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--types", "dosier.v1", "--to", "pull"), "`dossier.v1`"),
        (("--types", "payment.v1", "--to", "pull", "--fields", "amounts"), "`amount`"),
        (("--types", "payment.v1", "--to", "pull", "--fields", "amount", "--without", "payer"), "not both"),
        (("--types", "payment.v1", "--to", "queue"), "RabbitMQ"),
        (("--types", "payment.v1", "--to", "http://10.0.0.1/"), "begins with https"),
        (("--types", "payment.v1", "--to", "pull", "--client", "visitor"), "no client visitor"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(run: Commands, words: tuple[str, ...], text: str) -> None:
    assert text in " ".join(run("add", "clinic", *words).split())
    assert run.json("list") == []
