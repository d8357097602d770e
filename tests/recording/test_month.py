"""The main job: the recorded month gives the right answers, also when it is run again."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import ROOT, lienthong
from tests.documents import Command, parts_of
from tests.recording.conftest import MONTH, assert_balanced, read_answers, run_recording

EXPECTED = json.loads((MONTH / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of one run of the month: its data in `data`, the reports in `out`, the output in `output.txt`."""
    folder = tmp_path_factory.mktemp("month")
    (folder / "output.txt").write_text(run_recording(MONTH, folder / "data", folder / "out").stdout, encoding="utf-8")
    yield folder


def test_the_month_gives_its_answers(month: Path) -> None:
    found = read_answers(month / "out")
    for part in ("paper_filings", "vneid_activation", "indicators"):
        assert found[part] == EXPECTED[part], part


def test_every_distinct_version_is_accounted_for(month: Path) -> None:
    counts = EXPECTED["counts"]
    dead = counts["igate_malformed_versions"]
    received = counts["igate_distinct_versions"]
    assert read_answers(month / "out")["igate"] == {
        "received": received,
        "delivered": received - dead,
        "dropped": 0,
        "dead": dead,
        "in_flight": 0,
        "difference": 0,
    }
    assert_balanced(month / "data")


def test_the_commands_balance_and_verify_find_nothing_wrong(month: Path) -> None:
    for command in ("balance", "verify"):
        assert lienthong(command, "--data", month / "data").returncode == 0


def test_the_summary_states_the_results_in_words(month: Path) -> None:
    output = (month / "output.txt").read_text(encoding="utf-8")
    for part in ("Đã nhận", "chết 3", "chênh lệch 0", "acceptedDate", "paper-filings-2023-11.pdf"):
        assert part in output
    assert "Traceback" not in output


def test_every_report_is_written_in_three_forms(month: Path) -> None:
    names = {path.name for path in (month / "out").iterdir()}
    reports = ("paper-filings", "vneid-activation", "indicators")
    assert {f"{name}-2023-11.{form}" for name in reports for form in ("json", "xlsx", "pdf", "html")} <= names
    assert "balance.json" in names


def test_a_broken_version_is_a_dead_letter_that_names_its_field(month: Path) -> None:
    letters = json.loads(lienthong("dead", "list", "--json", "--data", month / "data").stdout)
    assert sorted(letter["field"] for letter in letters) == ["acceptedDate", "acceptedDate", "procedure"]
    assert all("không" in letter["reason"] for letter in letters)


def test_the_trail_shows_every_entry_of_an_event(month: Path) -> None:
    code = EXPECTED["paper_filings"]["cases"][0]["dossier"]
    result = lienthong("trail", code, "--data", month / "data")
    assert result.returncode == 0
    for part in ("đã nhận", "route.igate-dossiers", "sink.data-store", "xong"):
        assert part in result.stdout
    trail = json.loads(lienthong("trail", code, "--json", "--data", month / "data").stdout)
    event = trail[0]["event"]
    again = json.loads(lienthong("trail", event, "--json", "--data", month / "data").stdout)
    assert again == [line for line in trail if line["event"] == event]


def test_a_dead_letter_is_shown_without_personal_data(month: Path) -> None:
    numbers = [
        line["number"] for line in json.loads(lienthong("dead", "list", "--json", "--data", month / "data").stdout)
    ]
    raw = [
        json.loads(line)["body"] for line in (MONTH / "igate/dossiers.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for number in numbers:
        shown = lienthong("dead", "show", str(number), "--data", month / "data").stdout
        body = next(body for body in raw if body["code"] in shown)["applicant"]["data"]
        for field in ("identityNumber", "phoneNumber", "fullname"):
            assert body[field] not in shown


def test_the_log_holds_no_identity_number(month: Path) -> None:
    log = month / "data" / "logs" / "lienthong.jsonl"
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    raw = (
        json.loads(line)["body"] for line in (MONTH / "igate/dossiers.jsonl").read_text(encoding="utf-8").splitlines()
    )
    assert not [body for body in raw if body["applicant"]["data"]["identityNumber"] in text]


def test_a_second_run_of_the_month_changes_nothing(month: Path, tmp_path: Path) -> None:
    before = read_answers(month / "out")
    balance = lienthong("balance", "--json", "--data", month / "data").stdout
    run_recording(MONTH, month / "data", tmp_path / "out")
    assert read_answers(tmp_path / "out") == before
    assert lienthong("balance", "--json", "--data", month / "data").stdout == balance


def test_a_report_can_be_made_again_from_the_store(month: Path, tmp_path: Path) -> None:
    result = lienthong("report", "indicators", "--period", "2023-11", "--data", month / "data", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    first = (month / "out" / "indicators-2023-11.json").read_text(encoding="utf-8")
    assert (tmp_path / "indicators-2023-11.json").read_text(encoding="utf-8") == first


def test_make_run_plays_this_month() -> None:
    """What the README's first command runs, without running it once more."""
    shown = subprocess.run(["make", "-n", "run"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "lienthong run --recording recordings/2023-11 --until-done --out out" in shown


def test_the_readme_shows_the_summary_of_this_month(month: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    summary = [line.strip("┃│ \n") for line in readme.splitlines() if line.startswith(("┃", "│", "Đã nhận"))]
    output = (month / "output.txt").read_text(encoding="utf-8")
    assert Command("make run", summary).missing_from(output) == []
    received = [int(line.split("│")[1].replace(".", "")) for line in summary[1:-1]]
    assert summary[-1].startswith(f"Đã nhận {sum(received):,} ".replace(",", "."))  # so no source is left out


def test_the_commands_that_the_readme_advises_afterwards_work(month: Path) -> None:
    commands = [part.text for part in parts_of(ROOT / "README.md") if isinstance(part, Command)]
    looks = [text.split()[1:] for text in commands if text.startswith(".venv/bin/lienthong ")]
    assert len(looks) == 5
    for arguments in looks:
        result = lienthong(*arguments, "--data", month / "data")
        assert result.returncode == 0, f"{arguments}\n{result.stdout}{result.stderr}"
        assert result.stdout.strip()
