"""Files of config/ that a project adds: shapes, faults with file, line and key, and parameters that name them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.check import check
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.json_schema.write import make_schemas
from lienthong.configuration.load import load
from lienthong.data.settings_shape import SettingsFile, SettingsShape
from tests.house import editors


class Fee(SettingsShape):
    name: str
    amount: int


class Fees(SettingsFile):
    fees: tuple[Fee, ...]


class Colours(SettingsFile):
    colours: tuple[str, ...] = ()


def charge(value: object, *, fees: Fees) -> object:
    return fees


@pytest.fixture
def here(project: Path) -> Iterator[Path]:
    """The project, with this module as one that its YAML can name."""
    sys.modules["own_shapes"] = sys.modules[__name__]
    bus = project / "config/bus.yaml"
    text = bus.read_text(encoding="utf-8") if bus.exists() else ""
    bus.write_text(text + "\nsettings: {fees: own_shapes.Fees}\n", encoding="utf-8")
    yield project
    del sys.modules["own_shapes"]


def write(project: Path, text: str) -> None:
    (project / "config/fees.yaml").write_text(text, encoding="utf-8")


def found(project: Path) -> list[str]:
    return [
        f"{one.file}:{one.line} {one.code}" for one in check(project, {}) if "fees" in one.file or "LT629" in one.code
    ]


def test_the_file_becomes_an_object_and_a_parameter_names_it(here: Path) -> None:
    write(here, "fees:\n  - {name: copy, amount: 2000}\n")
    settings, findings = load(here, {})
    assert findings == []
    assert settings.own_files == {"fees": Fees(fees=(Fee(name="copy", amount=2000),))}
    bound = bind(charge, {"fees": "fees"}, tables={}, own_files=settings.own_files)
    assert bound == {"fees": settings.own_files["fees"]}


def test_faults_have_file_line_and_key(here: Path) -> None:
    write(here, "fees:\n  - {name: copy, amount: much}\n  - {name: seal, amount: 1, colour: red}\n")
    assert found(here) == ["config/fees.yaml:2 LT203", "config/fees.yaml:3 LT201"]


def test_a_file_that_is_missing_is_a_finding(here: Path) -> None:
    assert [line.split(" ")[1] for line in found(here)] == ["LT629"]


def test_a_parameter_takes_only_a_file_of_its_shape() -> None:
    files = {"fees": Fees(fees=()), "colours": Colours()}
    with pytest.raises(Mismatch) as raised:
        bind(charge, {"fees": "colours"}, tables={}, own_files=files)
    assert raised.value.faults[0].code == "LT629"
    with pytest.raises(Mismatch):
        bind(charge, {"fees": "fee"}, tables={}, own_files=files)


def test_a_class_that_is_no_shape_of_a_file_is_a_finding(project: Path) -> None:
    bus = project / "config/bus.yaml"
    text = bus.read_text(encoding="utf-8") if bus.exists() else ""
    bus.write_text(text + "\nsettings: {fees: pathlib.Path}\n", encoding="utf-8")
    write(project, "fees: []\n")
    assert "LT305" in [one.code for one in check(project, {})]


def test_editors_get_a_schema_of_the_file(here: Path) -> None:
    write(here, "fees: []\n")
    schema = make_schemas(here, {})["fees"]
    assert editors.refusals(schema, {"fees": [{"name": "copy", "amount": 1}]}) == []
    assert editors.refusals(schema, {"fees": [{"name": "copy", "price": 1}]}) != []
