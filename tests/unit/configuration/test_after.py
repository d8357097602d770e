"""What a route comes `after`: names of sources or routes, which must be polled and must not wait for each other."""

from pathlib import Path

import pytest

from lienthong.configuration.check import check
from lienthong.configuration.explain import explain
from lienthong.configuration.load import load

ROUTE = "description: People become canonical.\nfrom: {source}\nafter: {after}\nto: [archive]\n"


def add(project: Path, name: str, source: str, after: str = "[]", *, extra: str = "") -> None:
    """Add a route with a source of the same shape as the sound one."""
    text = (project / "config/sources/office.yaml").read_text(encoding="utf-8")
    (project / f"config/sources/{source}.yaml").write_text(extra + text, encoding="utf-8")
    (project / f"routes/{name}.yaml").write_text(ROUTE.format(source=source, after=after), encoding="utf-8")
    cases = (project / "routes/letters.cases.yaml").read_text(encoding="utf-8")
    (project / f"routes/{name}.cases.yaml").write_text(cases, encoding="utf-8")


def faults(project: Path) -> set[tuple[str, str]]:
    return {
        (finding.file, finding.code) for finding in check(project, {}) if finding.code in ("LT614", "LT615", "LT616")
    }


def test_the_source_of_a_route_is_polled_after_the_ones_it_names(project: Path) -> None:
    add(project, "a-people", "people", "[letters, register]")
    add(project, "register", "register", "[office]")
    assert faults(project) == set()
    settings, _ = load(project, {})
    assert settings.awaited_by("people") == ("office", "register")
    assert settings.polling_order() == ("office", "register", "people")
    lines = [line.text for line in explain(settings.routes["a-people"], settings)]
    for source in ("office", "register"):
        assert f"its source is not polled before `{source}` was read once to its end and that is handled" in lines


@pytest.mark.parametrize("name", ["register", "second"], ids=["a route", "a source"])
def test_routes_that_wait_for_each_other_are_found_at_each_of_them(name: str, project: Path) -> None:
    add(project, "first", "second", "[register]")
    add(project, "register", "third", "[first]" if name == "register" else "[second]")
    assert faults(project) == {("routes/first.yaml", "LT615"), ("routes/register.yaml", "LT615")}


def test_a_source_of_changes_cannot_list_everything(project: Path) -> None:
    letters = "{url: https://example.org/letters, type: letter.seen, key: code%s}"
    office = project / "config/sources/office.yaml"
    source = "use: lienthong.connectors.sources.http_json.HttpJson\nevery: 60s\nlists_everything: true\nwith: "
    office.write_text(source + letters % ", since: {parameter: from, watermark: at}", encoding="utf-8")
    assert [(fault.file, fault.line, fault.code) for fault in check(project, {})] == [
        (str(office.relative_to(project)), 3, "LT617")
    ]
    office.write_text(source + letters % "", encoding="utf-8")
    assert check(project, {}) == []


@pytest.mark.parametrize("extra", ["enabled: false\n", ""])
def test_a_source_that_is_never_polled_cannot_be_awaited(extra: str, project: Path) -> None:
    add(project, "people", "people", "[register]")
    add(project, "old", "register", extra=extra)
    if not extra:
        route = project / "routes/old.yaml"
        route.write_text(route.read_text(encoding="utf-8") + "enabled: false\n", encoding="utf-8")
    assert faults(project) == {("routes/people.yaml", "LT616")}
