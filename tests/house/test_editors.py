"""JSON Schemas for editors: what they refuse, what they accept, and that the shipped ones are up to date."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from lienthong.configuration.condition_check import condition_faults
from lienthong.configuration.json_schema.condition_pattern import condition
from lienthong.configuration.json_schema.write import FOLDER, file_name, make_schemas, to_json
from tests.house import editors
from tests.unit.configuration.test_broken_files import BROKEN, heads

ROOT = Path(__file__).parents[2]
SOUND = ROOT / "tests" / "unit" / "configuration" / "sound"
GOAL = 0.70
"""The share of broken files that the schemas must refuse without any help."""

Schemas = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def shipped() -> Schemas:
    return make_schemas(ROOT, {}, "vi")


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Schemas:
    monkeypatch.syspath_prepend(str(SOUND))
    return make_schemas(SOUND, {}, "en")


def test_the_share_of_broken_files_that_the_schemas_refuse(sound: Schemas, capsys: pytest.CaptureFixture[str]) -> None:
    fates = Counter(fate(broken, sound) for broken in BROKEN)
    refused, unparsable = fates["refused"] / len(BROKEN), fates["unparsable"] / len(BROKEN)
    with capsys.disabled():
        print(
            f"\nOf {len(BROKEN)} broken files the schemas alone refuse {refused:.1%}; "
            f"another {unparsable:.1%} are no YAML, which an editor shows by itself."
        )
    assert refused >= GOAL


def fate(broken: Path, schemas: Schemas) -> str:
    """What an editor does with a broken file."""
    (place,) = heads(broken, "at")
    kind = editors.kind_of(place)
    if kind is None:
        return "no schema"
    try:
        value = editors.parse(broken.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return "unparsable"
    return "refused" if editors.refusals(schemas[kind], value) else "accepted"


def test_the_schemas_accept_every_sound_and_every_shipped_file(sound: Schemas, shipped: Schemas) -> None:
    for root, schemas in ((SOUND, sound), (ROOT, shipped)):
        files = [*root.glob("routes/*.yaml"), *root.glob("config/**/*.yaml")]
        assert files
        for path in files:
            kind = editors.kind_of(path.relative_to(root).as_posix())
            assert kind is not None, path
            assert editors.refusals(schemas[kind], editors.parse(path.read_bytes())) == [], path


def test_a_new_project_has_schemas_that_accept_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    done = subprocess.run(
        [sys.executable, "-m", "lienthong", "init", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    files = [*folder.glob("routes/*.yaml"), *folder.glob("config/**/*.yaml")]
    for path in files:
        first, _, text = path.read_text("utf-8").partition("\n")
        schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert schema.name == file_name(str(editors.kind_of(path.relative_to(folder).as_posix())))
        assert editors.refusals(json.loads(schema.read_text("utf-8")), editors.parse(text.encode())) == [], path


def test_the_schemas_are_draft_07_and_have_no_bare_any_of(sound: Schemas, shipped: Schemas) -> None:
    for schemas in (sound, shipped):
        for schema in schemas.values():
            Draft7Validator.check_schema(schema)
            text = json.dumps(schema)
            assert '"anyOf"' not in text and '"oneOf"' not in text and '"$defs"' not in text


def test_the_schemas_in_the_repository_are_up_to_date(shipped: Schemas) -> None:
    """Run `make schemas` when this fails."""
    for kind, schema in shipped.items():
        assert (ROOT / FOLDER / file_name(kind)).read_bytes() == to_json(schema), kind


def test_every_shipped_file_names_its_schema() -> None:
    shipped = [*ROOT.glob("routes/*.yaml"), *ROOT.glob("config/**/*.yaml"), *ROOT.glob("config/**/*.yaml.example")]
    for path in shipped:
        place = path.relative_to(ROOT).as_posix().removesuffix(".example")
        first = path.read_text("utf-8").splitlines()[0]
        up = "../" * (len(Path(place).parts) - 1)
        kind = editors.kind_of(place)
        assert first == f"# yaml-language-server: $schema={up}{FOLDER.as_posix()}/{file_name(str(kind))}", place


PIECES = [
    *("data.kind", "data", "type", "kind", '"a"', "'b'", "5", "true", "has(data.a)", "size(data)"),
    *("==", "=", "!=", "&&", "and", "!", ">", "in", "?", ":", "(", ")", "$", "// isn't"),
    *(".startsWith('x')", ".exists(p, p > 2)", "[1]"),
]


@example("data.kind // isn't size(data)")
@example("data.kind // a comment that ends with (")
@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join) | st.text(max_size=20))
def test_a_condition_that_the_schema_refuses_has_a_fault(expression: str) -> None:
    if editors.refusals(condition(), expression):
        assert condition_faults(expression) or "${" in expression


@pytest.mark.parametrize(
    "expression",
    [
        'data.kind != "secret"',
        "!subject.startsWith('TEST-')",
        'data["kind"] == "card" || size(data.pages) > 2',
        "data.pages.exists(page, page > 2)",
        'has(data.place.town) && data.place.town == "Huế = and"',
        'data.kind in ["card", "letter"]  // isn\'t all',
        "data.urgent",
        "data.a ? data.b > 1 : data.c < 2.5e3",
        "type == 'a' &&\n  timestamp(data.at) < timestamp('2023-11-15T00:00:00Z')",
        "${CONDITION:-data.a}",
    ],
)
def test_a_sound_condition_is_accepted(expression: str) -> None:
    assert editors.refusals(condition(), expression) == []
