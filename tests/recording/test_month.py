"""The main job: the recorded month gives the right answers, again and again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recording.conftest import MONTH, answers, balanced, lienthong, play

EXPECTED = json.loads((MONTH / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The month, played once; data in `data`, reports in `out`, the output in `output.txt`."""
    folder = tmp_path_factory.mktemp("month")
    (folder / "output.txt").write_text(play(MONTH, folder / "data", folder / "out").stdout, encoding="utf-8")
    yield folder


def test_the_month_gives_its_answers(month: Path) -> None:
    found = answers(month / "out")
    for part in ("paper_filings", "vneid_activation", "indicators"):
        assert found[part] == EXPECTED[part], part


def test_every_distinct_version_is_accounted_for(month: Path) -> None:
    counts = EXPECTED["counts"]
    dead = counts["igate_malformed_versions"]
    received = counts["igate_distinct_versions"]
    assert answers(month / "out")["igate"] == {
        "received": received,
        "delivered": received - dead,
        "dropped": 0,
        "dead": dead,
        "in_flight": 0,
        "difference": 0,
    }
    balanced(month / "data")


def test_balance_and_verify_agree_on_the_command_line(month: Path) -> None:
    for command in ("balance", "verify"):
        assert lienthong(command, "--data", month / "data").returncode == 0


def test_the_summary_describes_what_happened(month: Path) -> None:
    output = (month / "output.txt").read_text(encoding="utf-8")
    for part in ("Đã nhận", "chết 3", "chênh lệch 0", "acceptedDate", "paper-filings-2023-11.pdf"):
        assert part in output
    assert "Traceback" not in output


def test_every_report_is_written_in_three_formats(month: Path) -> None:
    names = {path.name for path in (month / "out").iterdir()}
    reports = ("paper-filings", "vneid-activation", "indicators")
    assert {f"{name}-2023-11.{form}" for name in reports for form in ("json", "xlsx", "pdf")} <= names
    assert "balance.json" in names


def test_a_broken_version_is_a_letter_that_names_its_field(month: Path) -> None:
    letters = json.loads(lienthong("dead", "list", "--json", "--data", month / "data").stdout)
    assert sorted(letter["field"] for letter in letters) == ["acceptedDate", "acceptedDate", "procedure"]
    assert all("không" in letter["reason"] for letter in letters)


def test_the_trail_shows_the_whole_story(month: Path) -> None:
    code = EXPECTED["paper_filings"]["cases"][0]["dossier"]
    shown = lienthong("trail", code, "--data", month / "data")
    assert shown.returncode == 0
    for part in ("đã nhận", "route.igate-dossiers", "sink.data-store", "xong"):
        assert part in shown.stdout
    story = json.loads(lienthong("trail", code, "--json", "--data", month / "data").stdout)
    event = story[0]["event"]
    again = json.loads(lienthong("trail", event, "--json", "--data", month / "data").stdout)
    assert again == [line for line in story if line["event"] == event]


def test_a_letter_is_shown_without_personal_data(month: Path) -> None:
    numbers = [
        line["number"] for line in json.loads(lienthong("dead", "list", "--json", "--data", month / "data").stdout)
    ]
    raw = [
        json.loads(line)["body"] for line in (MONTH / "igate/dossiers.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for number in numbers:
        shown = lienthong("dead", "show", str(number), "--data", month / "data").stdout
        body = next(b for b in raw if b["code"] in shown)["applicant"]["data"]
        for field in ("identityNumber", "phoneNumber", "fullname"):
            assert body[field] not in shown


def test_the_log_holds_no_identity_number(month: Path) -> None:
    log = month / "data" / "logs" / "lienthong.jsonl"
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    raw = (
        json.loads(line)["body"] for line in (MONTH / "igate/dossiers.jsonl").read_text(encoding="utf-8").splitlines()
    )
    assert not [body for body in raw if body["applicant"]["data"]["identityNumber"] in text]


def test_the_same_month_again_changes_nothing(month: Path, tmp_path: Path) -> None:
    before = answers(month / "out")
    balance = lienthong("balance", "--json", "--data", month / "data").stdout
    play(MONTH, month / "data", tmp_path / "out")
    assert answers(tmp_path / "out") == before
    assert lienthong("balance", "--json", "--data", month / "data").stdout == balance


def test_a_report_can_be_made_again_from_the_store(month: Path, tmp_path: Path) -> None:
    done = lienthong("report", "indicators", "--period", "2023-11", "--data", month / "data", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    first = (month / "out" / "indicators-2023-11.json").read_text(encoding="utf-8")
    assert (tmp_path / "indicators-2023-11.json").read_text(encoding="utf-8") == first
