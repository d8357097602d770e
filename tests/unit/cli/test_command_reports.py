"""`lienthong reports` on the shipped project: drafted, shown, approved, sent, with each act in the ledger."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import open_embedded
from tests.smtp_stand_in import mail_server

ROOT = Path(__file__).parents[3]
EDITION = "assisted/2026-10/1"
COMMANDS = (
    "reports draft assisted --period 2026-10 --as an --reason early",
    "reports draft assisted --period 2026-10 --as an",
    "reports draft assisted --period 2026-13 --as an",
    "reports draft nothing --period 2026-10 --as an",
    f"reports send {EDITION} --as an",
    f"reports approve {EDITION} --as minh --number 12/BC-VPUBND --reason seen",
    f"reports approve {EDITION} --as minh",
    f"reports send {EDITION} --as minh",
    f"reports send {EDITION} --as minh",
    f"reports receive {EDITION} --as minh --reason telephone",
    f"reports show {EDITION} --out OUT",
    f"reports diff {EDITION} --edition 1",
    f"reports diff {EDITION}",
    "reports show assisted/2026-10/2",
    "reports list --state received --json",
    f"trail {EDITION} --json",
    "verify",
    "balance --json",
)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str]]:
    folder = tmp_path_factory.mktemp("reports")
    open_embedded(folder).dispose()
    with mail_server(folder) as mail:
        variables = {
            "LIENTHONG_DATA": str(folder),
            "LIENTHONG_LANG": "en",
            "REPORTS_TO": "a@tinh.example, b@tinh.example",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(mail.port),
            "SMTP_SECURITY": "none",
        }
        commands = [command.replace("OUT", str(folder / "out")) for command in COMMANDS]
        done = subprocess.run(
            [sys.executable, "-m", "tests.unit.cli.session", *commands],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env=os.environ | variables,
        )
    found = json.loads(done.stdout)
    assert len(mail.mails) == 2, found
    return [(code, text) for _, code, text in found]


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (0, 0, f"Drafted {EDITION}, sha256:"),
        (1, 0, "The figures have not changed"),
        (2, 2, "2026-13"),
        (3, 2, "indicators"),
        (4, 1, "phải duyệt"),
        (5, 0, f"{EDITION} is approved"),
        (6, 1, "approved"),
        (7, 0, "2 messages were sent."),
        (8, 0, "0 messages were sent."),
        (9, 0, "Recorded for 2 messages."),
        (10, 0, "report-received"),
        (11, 0, "0 figures changed."),
        (12, 2, "exactly one of the two"),
        (13, 2, "There is no edition assisted/2026-10/2."),
        (16, 0, "intact"),
    ],
)
def test_a_command_answers(answers: list[tuple[int, str]], number: int, code: int, words: str) -> None:
    found, text = answers[number]
    assert (found, words in " ".join(text.split())) == (code, True), text


def test_the_list_has_the_edition_with_its_state_and_number(answers: list[tuple[int, str]]) -> None:
    (one,) = json.loads(answers[14][1])
    assert (one["id"], one["state"], one["number"]) == (EDITION, "received", "12/BC-VPUBND")


def test_each_act_is_an_event_of_the_ledger_with_its_person(answers: list[tuple[int, str]]) -> None:
    text = answers[15][1]
    assert [text.count(f'"who": "{name}"') >= 2 for name in ("an", "minh")] == [True, True]
    balance = json.loads(answers[17][1])
    assert balance["sources"]["reports.editions"]["difference"] == 0
