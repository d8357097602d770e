"""The files of `lienthong schema`."""

import json
from pathlib import Path

from lienthong.configuration.json_schema.write import DRAFT, make_schemas, write_schemas


def test_there_is_a_file_for_each_kind(project: Path, tmp_path: Path) -> None:
    files = write_schemas(project, tmp_path / "out", {}, "en")
    names = sorted(path.name.removesuffix(".schema.json") for path in files)
    assert (
        " ".join(names) == "access bus calendar cases env inbox lookup report request route schedule sink source table"
    )
    assert all(json.loads(path.read_text("utf-8"))["$schema"] == DRAFT for path in files)


def test_descriptions_are_in_the_language_that_is_asked_for(project: Path) -> None:
    english, vietnamese = make_schemas(project, {}, "en")["bus"], make_schemas(project, {}, "vi")["bus"]
    assert english["properties"]["bundle"]["description"] == "How many events travel together."
    assert vietnamese["properties"]["bundle"]["description"] == "Bao nhiêu sự kiện đi cùng nhau."


def test_parameters_stand_under_the_name_that_takes_them(project: Path) -> None:
    (branch,) = [
        rule
        for rule in make_schemas(project, {}, "en")["source"]["allOf"]
        if rule["if"]["properties"]["use"]["const"] == "sample_parts.offices.Office"
    ]
    parameters = branch["then"]["properties"]["with"]
    assert set(parameters["properties"]) == {"url", "page_size", "overlap"}
    assert (parameters["required"], parameters["additionalProperties"]) == (["url"], False)
    assert branch["then"]["required"] == ["with"]


def test_an_environment_knows_the_files_it_can_change(project: Path) -> None:
    sources = make_schemas(project, {}, "en")["env"]["properties"]["sources"]
    assert (set(sources["properties"]), sources["additionalProperties"]) == ({"office"}, False)
    assert "required" not in sources["properties"]["office"]["properties"]["with"]


def test_a_project_with_faults_has_schemas_all_the_same(project: Path) -> None:
    (project / "routes/letters.yaml").write_text("from: [", encoding="utf-8")
    (project / "config/bus.yaml").write_text("- a\n", encoding="utf-8")
    assert make_schemas(project, {}, "en")["route"]["properties"]
