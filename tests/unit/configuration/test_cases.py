"""Cases of routes: which pass, and the reason given for those that fail."""

from pathlib import Path

import pytest

from lienthong.configuration.cases import CaseResult, run_cases
from lienthong.configuration.load import load

EVENT = 'type: t, subject: s, received_at: 2023-11-15T12:00:00+07:00, data: {kind: thư, address: "1"}'


def results(project: Path) -> list[CaseResult]:
    return run_cases(project, load(project, {})[0])


def judged(project: Path, expect: str, found: str = "{}") -> CaseResult:
    case = f"cases:\n  - name: it\n    given: {{{EVENT}}}\n    found: {found}\n    expect: {expect}\n"
    (project / "routes/letters.cases.yaml").write_text(case, encoding="utf-8")
    (result,) = results(project)
    return result


def test_all_cases_of_a_sound_route_pass(project: Path) -> None:
    assert [(one.route, one.passed, one.why) for one in results(project)] == [("letters", True, "")] * 4
    assert [one.line for one in results(project)] == [2, 10, 13, 16]


@pytest.mark.parametrize(
    ("expect", "why"),
    [
        ("{verdict: dropped}", "expected dropped, but it is done"),
        ("{verdict: done, type: letter.v2}", "expected the type letter.v2, but it is letter.v1"),
        ("{verdict: done, data: {stamp: red}}", "data.stamp is missing"),
        ("{verdict: done, data: {kind: card}}", 'data.kind should be "card", but is "letter"'),
        ("{verdict: done, data: {seconds: true}}", "data.seconds should be true, but is 172800.0"),
        ("{verdict: done, data: {pages: [1]}}", "data.pages should have 1 items, but has 2"),
        ("{verdict: done, data: {pages: [1, 3]}}", "data.pages[1] should be 3, but is 2"),
        ("{verdict: done, data: {to: Hoa}}", 'data.to should be "Hoa", but is "unknown"'),
    ],
)
def test_a_case_that_fails_shows_what_differs(project: Path, expect: str, why: str) -> None:
    result = judged(project, expect)
    assert not result.passed
    assert result.why == why


def test_lookups_answer_as_the_case_states(project: Path) -> None:
    assert judged(project, "{verdict: done, data: {to: Hoa}}", found='{residents: {"1": Hoa}}').passed


def test_reason_and_field_are_compared(project: Path) -> None:
    path = project / "routes/letters.cases.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("field: kind", "field: type"), encoding="utf-8")
    assert results(project)[3].why == "expected the field `type` to be at fault, but it is `kind`"
    path.write_text(path.read_text(encoding="utf-8").replace("reason: when", "reason: rain"), encoding="utf-8")
    assert results(project)[2].why.startswith("the reason does not contain “rain”: ")


def test_a_route_that_cannot_be_built_fails_its_cases_with_the_fault(project: Path) -> None:
    path = project / "routes/letters.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("canonical\n", "canonicals\n"), encoding="utf-8")
    assert all("LT304" in one.why for one in results(project))


def with_conditions(project: Path) -> None:
    route = project / "routes/letters.yaml"
    sinks = "to: [archive, {sink: attic, when: data.to == 'Hoa'}]"
    route.write_text(route.read_text(encoding="utf-8").replace("to: [archive]", sinks), encoding="utf-8")
    (project / "config/sinks/attic.yaml").write_text("use: sample_parts.offices.Archive\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("answers", "expected", "why"),
    [
        ('{residents: {"1": Hoa}}', "[attic, archive]", ""),
        ("{}", "[archive]", ""),
        ("{}", "[archive, attic]", "expected the sinks archive, attic, but it goes to archive"),
        ('{residents: {"1": Hoa}}', "[archive]", "expected the sinks archive, but it goes to archive, attic"),
    ],
)
def test_the_sinks_of_an_event_are_compared(project: Path, answers: str, expected: str, why: str) -> None:
    with_conditions(project)
    assert judged(project, f"{{verdict: done, to: {expected}}}", found=answers).why == why


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_reason_is_compared_in_the_language_of_the_ledger(
    project: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    with_conditions(project)
    route = project / "routes/letters.yaml"
    route.write_text(route.read_text(encoding="utf-8").replace("archive, {sink", "{sink"), encoding="utf-8")
    assert judged(project, "{verdict: dropped, reason: không đích nào của tuyến}").passed
