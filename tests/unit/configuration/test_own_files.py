"""Files of config/ that a project adds: shapes, faults with file, line and key, and parameters that name them."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.check import check
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.json_schema.write import make_schemas
from lienthong.configuration.load import load
from lienthong.data.settings_shape import FolderFault, SettingsFile, SettingsFolder, SettingsShape
from tests.house import editors


class Fee(SettingsShape):
    name: str
    amount: int


class Fees(SettingsFile):
    fees: tuple[Fee, ...]


class Colours(SettingsFile):
    colours: tuple[str, ...] = ()


class Offices(SettingsFolder):
    """Rooms of an office; no room is in two files."""

    rooms: tuple[int, ...] = ()

    @classmethod
    def together(cls, files: Mapping[str, Self]) -> Self:
        return cls(rooms=tuple(room for one in files.values() for room in one.rooms))

    @classmethod
    def faults(cls, files: Mapping[str, Self]) -> Iterable[FolderFault]:
        seen: set[int] = set()
        for name, one in files.items():
            for number, room in enumerate(one.rooms):
                if room in seen:
                    yield FolderFault(name, ("rooms", number), f"phòng {room} có hai lần")
                seen.add(room)


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


@pytest.fixture
def offices(here: Path) -> Path:
    """The project with the folder config/offices/, which is not there yet."""
    bus = here / "config/bus.yaml"
    text = bus.read_text(encoding="utf-8")
    bus.write_text(text.replace("fees: own_shapes.Fees", "offices: own_shapes.Offices"), encoding="utf-8")
    return here / "config/offices"


def test_a_folder_is_all_its_files_together_and_nothing_when_it_is_not_there(here: Path, offices: Path) -> None:
    assert load(here, {})[0].own_files == {"offices": Offices()}
    offices.mkdir()
    (offices / "b.yaml").write_text("rooms: [3]\n", encoding="utf-8")
    (offices / "a.yaml").write_text("rooms: [1, 2]\n", encoding="utf-8")
    (offices / "c.yaml.example").write_text("rooms: [1]\n", encoding="utf-8")
    assert load(here, {})[0].own_files == {"offices": Offices(rooms=(1, 2, 3))}


def test_faults_of_a_folder_have_file_line_and_key_also_between_files(here: Path, offices: Path) -> None:
    offices.mkdir()
    (offices / "a.yaml").write_text("rooms:\n  - 1\n", encoding="utf-8")
    (offices / "b.yaml").write_text("rooms:\n  - 2\n  - 1\n", encoding="utf-8")
    (offices / "c.yaml").write_text("rooms:\n  - one\n", encoding="utf-8")
    findings = [one for one in check(here, {}) if "offices" in one.file]
    assert [(one.file, one.line, one.code) for one in findings] == [
        ("config/offices/b.yaml", 3, "LT630"),
        ("config/offices/c.yaml", 2, "LT203"),
    ]
    assert "phòng 1 có hai lần" in findings[0].what
