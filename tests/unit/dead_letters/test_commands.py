"""The commands as operators type them, in processes of their own, over a small configuration."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.letter_store import make_letter_store
from lienthong.dead_letters.edits import approve, pending_edit
from tests.unit.dead_letters.letter_bus import MINH, LetterBus
from tests.unit.dead_letters.small_project import write_small_project

ROOT = Path(__file__).parents[3]
ReplayRun = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def dead(tmp_path: Path, bus: LetterBus) -> ReplayRun:
    """`lienthong dead …` on the data of a small bus; two letters lie at the route and one at the sink."""
    write_small_project(tmp_path / "project")
    bus.receive("bad", "Nguyễn Văn A", "Trần Thị B")
    bus.receive("refused", "c")

    def run(*arguments: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "lienthong.cli", "dead", *arguments, "--data", str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "LIENTHONG_PROJECT": str(tmp_path / "project"), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run


def test_groups_name_who_answers_for_them(dead: ReplayRun) -> None:
    groups = json.loads(dead("groups", "--json").stdout)
    assert [(g["count"], g["stage"], g["owner"]) for g in groups] == [
        (2, "route.a", "Tổ một cửa"),
        (1, "sink.store", "Trung tâm dữ liệu"),
    ]
    listed = json.loads(dead("list", "--group", groups[0]["group"], "--json").stdout)
    assert [line["number"] for line in listed] == [1, 2]
    assert json.loads(dead("list", "--state", "discarded", "--json").stdout) == []


def test_a_letter_is_shown_masked_and_hidden_altogether_when_the_configuration_is_broken(
    dead: ReplayRun, tmp_path: Path
) -> None:
    shown = json.loads(dead("show", "1", "--json").stdout)
    assert shown["data"] == {"kind": "bad", "name": "•••"}
    assert [attempt["verdict"] for attempt in shown["attempts_made"]] == ["dead"]
    (tmp_path / "project/config/bus.yaml").write_text("personal: [", encoding="utf-8")
    assert json.loads(dead("show", "1", "--json").stdout)["data"] == {"kind": "•••", "name": "•••"}
    assert "Không có thư chết số 9" in dead("show", "9", code=1).stderr


def test_an_edit_goes_from_proposal_over_approval_to_replay(dead: ReplayRun, tmp_path: Path, bus: LetterBus) -> None:
    refused = dead("edit", "1", "--set", "kind=bad", "--reason", "thử", "--as", "lan", code=1)
    assert "vẫn không nhận" in refused.stdout
    file = tmp_path / "new.json"
    file.write_text('{"kind": "good", "name": "•••"}', encoding="utf-8")
    proposed = dead("edit", "1", "--file", str(file), "--reason", "gõ nhầm", LIENTHONG_USER="lan")
    assert '+  "kind": "good"' in proposed.stdout and "Nguyễn" not in proposed.stdout
    assert "người khác" in dead("approve", "1", "--as", "LAN", code=1).stderr
    assert "tài khoản khác" in dead("approve", "1", "--as", "minh", code=1).stderr, "one account is one person"
    today = SystemClock()
    letter_store = make_letter_store(bus.database, SqlLedger(bus.database, today), today)
    approve(letter_store, pending_edit(letter_store, 1), who=MINH)
    assert "Đã chạy lại 1 thư; 0 thư lại chết" in dead("replay", "1", "--as", "lan").stdout
    acts = json.loads(dead("show", "1", "--json").stdout)["acts"]
    assert [act["verdict"] for act in acts] == ["proposed", "edited", "replayed"]
    assert all(name in act["who"] for name, act in zip(("lan", "minh", "lan"), acts, strict=True))
    assert bus.account().delivered == 1


def test_an_edit_of_a_sinks_letter_is_held_against_the_schema(dead: ReplayRun) -> None:
    done = dead("edit", "3", "--set", "count=many", "--set", "routed=null", "--reason", "?", "--as", "lan", code=1)
    assert "trường `count` phải là số nguyên" in done.stdout
    assert "trường `routed` không có trong lược đồ" in done.stdout
    assert "many" not in done.stdout.replace('"count": "many"', "")


def test_a_dry_run_names_the_set_and_only_that_set_is_sent(dead: ReplayRun, bus: LetterBus) -> None:
    rehearsed = json.loads(dead("replay", "--all", "--dry-run", "--json").stdout)
    assert rehearsed["set"]["count"] == 2
    assert rehearsed["skipped"][0]["count"] == 1 and "--yes-repeat" in rehearsed["skipped"][0]["why"]
    assert rehearsed["outlook"] == [{"stage": "route.a", "outcome": "dead", "count": 2}]
    expected = rehearsed["set"]["hash"][:12]
    dead("discard", "2", "--reason", "trùng", "--as", "lan")
    assert "đã đổi" in dead("replay", "--all", "--expect", expected, code=1).stderr
    assert bus.account().dead == 2


def test_a_second_call_with_the_same_set_does_nothing(dead: ReplayRun, bus: LetterBus) -> None:
    expected = json.loads(dead("replay", "--all", "--dry-run", "--json").stdout)["set"]["hash"]
    first = json.loads(dead("replay", "--all", "--expect", expected, "--json", code=1).stdout)
    assert (first["run"]["sent"], first["run"]["died"]) == (2, 2)
    again = dead("replay", "--all", "--expect", expected)
    assert "đã được" in again.stdout and "Không làm gì" in again.stdout
    assert bus.account().dead == 3


def test_wrong_use_is_answered_with_a_sentence(dead: ReplayRun) -> None:
    assert "đúng một" in dead("replay", code=2).stderr
    assert "đúng một" in dead("replay", "1", "--all", code=2).stderr
    assert "Tốc độ" in dead("replay", "1", "--rate", "fast", code=2).stderr
    assert "đúng một" in dead("discard", "--reason", "x", code=2).stderr
    assert "--set" in dead("edit", "1", "--reason", "x", code=2).stderr
    assert "8 ký tự" in dead("replay", "1", "--expect", "abc", code=2).stderr


def test_a_group_is_discarded_with_its_reason(dead: ReplayRun, bus: LetterBus) -> None:
    group = json.loads(dead("groups", "--json").stdout)[0]["group"]
    assert "Đã huỷ 2 thư" in dead("discard", "--group", group, "--reason", "dữ liệu thử", "--as", "lan").stdout
    assert bus.account().dropped == 2
    assert bus.ledger.trail("Trần Thị B")[-1].reason == "dữ liệu thử"


def test_a_list_goes_page_by_page_and_begins_where_it_is_asked_to(dead: ReplayRun, bus: LetterBus) -> None:
    def numbers(*options: str) -> list[int]:
        return [line["number"] for line in json.loads(dead("list", "--json", *options).stdout)]

    first = dead("list", "--limit", "2", LIENTHONG_LANG="en").stdout
    assert "add `--after 2`" in first and "Tổ một cửa" in first and "01/11/2023" in first
    rest = dead("list", "--limit", "2", "--after", "2", LIENTHONG_LANG="en").stdout
    assert "1 dead letter." in rest and "--after" not in rest and "Trung tâm dữ liệu" in rest
    assert numbers() == [1, 2, 3] and numbers("--limit", "2") == [1, 2] and numbers("--after", "1") == [2, 3]
    bus.clock.move_to(bus.clock.now().replace(day=20))
    bus.receive("refused", "late")
    assert numbers("--since", "2023-11-20") == [4] and numbers("--since", "21/11/2023") == []
    groups = json.loads(dead("groups", "--since", "2023-11-20", "--json").stdout)
    assert [(group["count"], group["stage"]) for group in groups] == [(1, "sink.store")]
    assert "causes are shown" in dead("groups", "--limit", "1", LIENTHONG_LANG="en").stdout
    assert "2023-11-15T08:30" in dead("list", "--since", "yesterday", code=2).stderr


def test_a_letter_of_the_list_has_its_time_owner_and_group(dead: ReplayRun) -> None:
    line = json.loads(dead("list", "--json").stdout)[2]
    assert (line["owner"], line["died_at"][:10], len(line["group"])) == ("Trung tâm dữ liệu", "2023-11-01", 8)
    shown = json.loads(dead("show", "3", "--json").stdout)
    assert (shown["owner"], shown["group"]) == (line["owner"], line["group"])
