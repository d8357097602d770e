"""The proof of a figure: its value, the events on each side with their digest, and what is answered where it is not."""

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from lienthong.errors import WrongUse
from lienthong.operations.proof import digest, figure_paths, prove, value_at
from lienthong.report import Figure
from tests.unit.cli.test_command_answers import answers, make_project
from tests.unit.dead_letters.letter_bus import LetterBus
from tests.unit.operations.counted_report import document

REPORT = "use: tests.unit.operations.counted_report.Papers\n"
ONLINE = "by_unit.H08.31.online"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("total", 4),
        ("rate", None),
        ("cases", 2),
        ("by_unit.H08.online", 7),
        (ONLINE, {"numerator": 1, "denominator": 4, "cases": 1}),
        (f"{ONLINE}.denominator", 4),
        ("letters.H08.31", {"unit": "H08.31", "cases": 1}),
        ("by_unit.H08.32.online", None),
        ("total.more", None),
    ],
)
def test_the_value_is_what_the_payload_has_at_the_path_although_codes_of_units_have_dots(path: str, value: Any) -> None:
    assert value_at(document({}).payload, path) == value


def test_a_digest_does_not_depend_on_the_order_and_keeps_ids_apart() -> None:
    assert digest(["b", "a"]) == digest(["a", "b"]) == hashlib.sha256(b"a\nb\n").hexdigest()
    assert digest(["ab"]) != digest(["a", "b"])


def test_a_figure_is_proved_by_its_events_in_the_order_of_their_ids(tmp_path: Path) -> None:
    bus = LetterBus(tmp_path, "proof")
    bus.receive("good", "d", "036201000123")
    ids = sorted(entry.event_id for key in ("d", "036201000123") for entry in bus.ledger.trail(key)[:1])
    report = document({"total": Figure("all", ids[::-1]), ONLINE: Figure("none", [], ["gone", *ids])})
    proof = prove(report, "total", bus.ledger, report="papers", limit=0)
    assert [one.id for one in proof.numerator.events] == ids
    assert (proof.value, proof.numerator.count, proof.numerator.digest) == (4, 2, digest(ids))
    assert proof.denominator is None
    subjects = {one.subject for one in proof.numerator.events}
    assert "d" in subjects and len(subjects) == 2 and "036201000123" not in subjects, "numbers of persons are masked"
    empty = prove(report, ONLINE, bus.ledger, report="papers", limit=1)
    assert (empty.numerator.count, empty.numerator.events) == (0, [])
    assert empty.denominator is not None
    assert (empty.denominator.count, len(empty.denominator.events)) == (3, 1)
    lost = prove(document({"lost": Figure("", ["gone"])}), "lost", bus.ledger, report="papers", limit=0)
    assert [(one.id, one.received_at) for one in lost.numerator.events] == [("gone", None)]
    bus.close()


def test_an_unknown_figure_names_the_close_ones_and_a_report_without_figures_is_named(monkeypatch: Any) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    ledger: Any = None
    report = document({"total": Figure("", []), ONLINE: Figure("", [])})
    with pytest.raises(WrongUse, match=r"close to it: by_unit\.H08\.31\.online\. `--explain list`"):
        prove(report, "by_unit.H08.13.online", ledger, report="papers", limit=0)
    with pytest.raises(WrongUse, match=r"has no figure zzz; `--explain list`"):
        prove(report, "zzz", ledger, report="papers", limit=0)
    with pytest.raises(WrongUse, match="no proof"):
        prove(document({}), "total", ledger, report="papers", limit=0)
    with pytest.raises(WrongUse, match="no proof"):
        figure_paths(document({}), "papers")


@pytest.mark.slow
def test_the_command_shows_the_events_and_writes_no_file(tmp_path: Path) -> None:
    project = make_project(tmp_path, "en")
    (project / "config" / "reports").mkdir()
    (project / "config" / "reports" / "papers.yaml").write_text(REPORT, encoding="utf-8")
    start = "report papers --period 2023-11"
    commands = [f"{start} {more}" for more in (f"--explain {ONLINE}", f"--explain {ONLINE} --json", "--explain list")]
    commands += [f"{start} --explain total --limit 1", f"{start} --explain totla", f"{start} --json"]
    shown, as_json, paths, paged, unknown, alone = (text for _, text in answers(project, "en", commands))
    assert paths.split() == [ONLINE, "lost", "total"]
    proof = json.loads(as_json)
    assert (proof["report"], proof["period"], proof["figure"]) == ("papers", "2023-11", ONLINE)
    assert (proof["value"], proof["formula"]) == ({"numerator": 1, "denominator": 4, "cases": 1}, "d / all")
    for side, count in (("numerator", 1), ("denominator", 4)):
        ids = [event["id"] for event in proof[side]["events"]]
        assert (proof[side]["count"], len(ids), proof[side]["digest"]) == (count, count, digest(ids))
        assert proof[side]["digest"] in shown
        assert all(one in shown for one in ids)
    assert [event["subject"] for event in proof["numerator"]["events"]] == ["d"]
    assert "lienthong trail" in shown and "3 further events" in paged
    assert "close to it: total" in unknown and "--explain" in alone
    [(_, trail)] = answers(project, "en", [f"trail {shlex.quote(ids[0])}"])
    assert ids[0] in trail
    assert not (project / "out").exists()
