"""The names that editors list: files of the project, and code of the right shape."""

from pathlib import Path

import pytest

from lienthong.configuration.json_schema.project_names import find_names
from lienthong.configuration.load import load_documents


@pytest.fixture
def things(project: Path) -> dict[str, list[str]]:
    names = find_names(load_documents(project, {}))
    return {thing: list(names.of(thing)) for thing in names.things}


def test_files_are_named_by_kind(things: dict[str, list[str]]) -> None:
    assert (things["source"], things["sink"], things["lookup"], things["table"]) == (
        ["office"],
        ["archive"],
        ["residents"],
        ["kinds"],
    )


def test_classes_have_the_method_of_their_port_and_take_a_site(things: dict[str, list[str]]) -> None:
    sources = [name for name in things["source class"] if name.startswith("sample_parts")]
    assert sources == ["sample_parts.offices.Office"]  # not Homeless, which takes no site
    assert "sample_parts.offices.Archive" in things["sink class"]


def test_functions_are_distinguished_by_their_parameters_and_results(things: dict[str, list[str]]) -> None:
    letters = [f"sample_parts.letters.{name}" for name in ("canonical", "many")]
    assert things["transform"] == ["sample_parts.doors.numbered", *letters]
    assert things["enrichment"] == ["sample_parts.asked.resident", "sample_parts.letters.addressee"]
    assert things["keys function"] == ["sample_parts.asked.houses", "sample_parts.letters.addresses"]


def test_connectors_of_the_engine_are_named_as_their_package_offers_them(things: dict[str, list[str]]) -> None:
    assert "lienthong.connectors.sources.http_json.HttpJson" in things["source class"]
    assert "lienthong.connectors.sources.http_json.source.HttpJson" not in things["source class"]


def test_a_longer_name_that_the_yaml_has_counts_too(project: Path) -> None:
    name = "lienthong.connectors.sources.http_json.source.HttpJson"
    (project / "config/sources/far.yaml").write_text(f"use: {name}\nevery: 60s\n", encoding="utf-8")
    assert name in find_names(load_documents(project, {})).of("source class")


def test_a_name_that_leads_nowhere_is_not_listed(project: Path) -> None:
    (project / "config/sources/far.yaml").write_text("use: sample_parts.gone.Far\nevery: 60s\n", encoding="utf-8")
    assert "sample_parts.gone.Far" not in find_names(load_documents(project, {})).of("source class")
