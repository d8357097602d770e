"""Invented recordings against a reference that reads their lines alone: notices, deadlines, lateness, the balance.

One dirty month around Tết is played for all tests. The reference answers the recordings of the province as it should.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command_line import lienthong
from tests.recording.conftest import assert_balanced, read_report, run_recording
from tests.recording.invented.generator import write_recording
from tests.recording.invented.missing import missing
from tests.recording.invented.people import add_people
from tests.recording.invented.people_reference import people_answers
from tests.recording.invented.reference import Reference

SEED, DOSSIERS, MONTH = 20240208, 45, "2024-02"


class Played(NamedTuple):
    """A recording that was played: where, and what the reference states of it."""

    folder: Path
    files: Mapping[str, Any]
    sent: Sequence[Mapping[str, str]]
    recording: Path

    def report(self, name: str) -> Any:
        return read_report(self.folder / "out", f"{name}-{MONTH}")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("invented")
    recording = write_recording(folder / "recording", seed=SEED, dossiers=DOSSIERS, month=MONTH)
    reference = Reference(add_people(recording, seed=SEED))
    expected = reference.run()
    expected["files"] |= people_answers(recording, reference.dossiers.values(), MONTH)
    run_recording(recording, folder / "data", folder / "out")
    yield Played(folder, expected["files"], expected["sent"], recording)


def multiset(rows: Sequence[Any]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


def test_the_gateways_sent_what_they_should_when_they_should(played: Played) -> None:
    sent = read_report(played.folder / "out", "sent")
    keys = ("channel", "phone", "at")
    assert multiset([{key: one[key] for key in keys} for one in sent]) == multiset(played.sent)
    assert len({one["request_id"] + one["channel"] for one in sent}) == len(sent)


def test_the_notices_of_the_month(played: Played) -> None:
    assert played.report("notices") == played.files[f"notices-{MONTH}.json"]


def test_the_deadlines_of_the_month(played: Played) -> None:
    found, expected = played.report("deadlines"), played.files[f"deadlines-{MONTH}.json"]
    assert found["kinds"] == expected["kinds"]
    assert multiset(found["breached"]) == multiset(expected["breached"])


def test_the_lateness_of_the_month(played: Played) -> None:
    found, expected = played.report("lateness"), played.files[f"lateness-{MONTH}.json"]
    assert found["totals"] == expected["totals"]
    assert multiset(found["dossiers"]) == multiset(expected["dossiers"])


@pytest.mark.parametrize("name", ["paper-filings", "paper-filing-notices", "vneid-activation"])
def test_people_are_counted_by_a_tree_whose_units_move_and_merge_within_the_month(played: Played, name: str) -> None:
    found, expected = played.report(name), played.files[f"{name}-{MONTH}.json"]
    assert {key: found[key] for key in expected} == expected


def test_the_month_has_what_the_reports_on_people_are_about(played: Played) -> None:
    filings = played.files[f"paper-filings-{MONTH}.json"]
    letters = played.files[f"paper-filing-notices-{MONTH}.json"]["letters"]
    agencies = set(filings["by_staff_agency"])
    assert filings["total"] >= 3
    assert any(code.startswith(("H08.04", "H08.03.01", "H08.03.02.01")) for code in agencies), "moved or merged"
    assert {"H08"} < set(filings["rolled_up"]) and {len(one["unit"]) for one in letters} >= {6, 9}


def test_each_distinct_version_is_received_and_each_broken_one_is_dead(played: Played) -> None:
    account = read_report(played.folder / "out", "balance")["sources"]["igate"]
    assert {key: account[key] for key in ("received", "dead", "delivered", "difference")} == played.files[
        "balance.json"
    ]["sources"]["igate"]
    assert account["dead"] > 0
    assert_balanced(played.folder / "data")


def test_what_is_old_and_what_is_much_is_announced_when_nothing_limits_it(played: Played) -> None:
    """The recording has a dossier that was completed a hundred days before it is seen, and thirty of one person."""
    sent = read_report(played.folder / "out", "sent")
    assert Counter(one["at"][:10] for one in sent if one["phone"] == "84988123456") == {"2024-02-13": 31}


def test_what_is_missing_at_the_end_is_what_neither_system_ever_showed_in_time(played: Played) -> None:
    shown = lienthong("lateness", "--missing", "--json", "--data", played.folder / "data")
    found = {(one["key"], one["milestone"], datetime.fromisoformat(one["due_at"])) for one in json.loads(shown.stdout)}
    expected = missing(played.recording)
    assert found == expected
    assert expected


def test_the_proof_of_a_dossier_states_the_same_and_names_events_that_the_trail_opens(played: Played) -> None:
    expected = max(played.files[f"lateness-{MONTH}.json"]["dossiers"], key=lambda one: one["outbound_minutes"])
    found = lienthong("lateness", expected["dossier"], "--json", "--data", played.folder / "data")
    proof = json.loads(found.stdout)
    assert {name: proof[name] for name in expected if name in proof} == {
        name: value for name, value in expected.items() if name in proof
    }
    for milestone, name in zip(proof["evidence"], ("submitted", "arrived", "accepted", "shown"), strict=True):
        assert milestone["milestone"] == name
        assert datetime.fromisoformat(milestone["at"]) == datetime.fromisoformat(expected[f"{name}_at"])
        trail = lienthong("trail", milestone["event"], "--json", "--data", played.folder / "data")
        assert json.loads(trail.stdout)[0]["source"] == milestone["source"]
    assert lienthong("lateness", "NONE", "--data", played.folder / "data").returncode == 1
