"""Contracts: a change that breaks readers of a released type is refused; one that adds is released by a command."""

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console

from lienthong.cli.schemas import release
from lienthong.configuration.check import check
from lienthong.configuration.codes import CODES
from lienthong.errors import Misconfigured
from lienthong.runtime.project import Project

LETTER = '''"""Letters."""

from typing import Literal

from pydantic import BaseModel


class Sender(BaseModel):
    name: str


class Letter(BaseModel):
    """A letter."""

    to: str
    kind: Literal["letter", "card"] = "letter"
    sent: str | None = None
    sender: Sender | None = None
'''


class Office:
    """The sound project with a schema of its own for `letter.v1`, and what is found in it."""

    def __init__(self, project: Path) -> None:
        self.project = project
        bus = project / "config" / "bus.yaml"
        bus.write_text(bus.read_text(encoding="utf-8") + "types: {letter.v1: letter_shapes.Letter}\n", encoding="utf-8")
        self.contract = project / "docs" / "contracts" / "letter.v1.json"
        self.write(LETTER)

    def write(self, text: str) -> None:
        """The schema as a new process would find it."""
        (self.project / "letter_shapes.py").write_text(text, encoding="utf-8")
        sys.modules.pop("letter_shapes", None)

    def found(self) -> list[tuple[str, str, int]]:
        return [(one.code, one.file, one.line) for one in check(self.project, {})]

    def release(self) -> str:
        answer = io.StringIO()
        release(Console(file=answer, width=500), Project(self.project, self.project / "var", {}))
        return answer.getvalue()


@pytest.fixture
def office(project: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.syspath_prepend(str(project))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return Office(project)


def test_a_project_without_contracts_has_released_nothing(office: Office) -> None:
    assert office.found() == []


def test_an_announced_type_is_released_by_the_command_and_named_before(office: Office) -> None:
    office.contract.parent.mkdir(parents=True)
    assert office.found() == [("LT646", "routes/letters.cases.yaml", 2)]
    assert office.release() == "Released: letter.v1.\n"
    assert office.found() == []
    assert json.loads(office.contract.read_text(encoding="utf-8"))["required"] == ["to"]
    assert office.release() == "The contracts in docs/contracts are up to date.\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("    to: str\n", "", 12, "letter.v1, field `to`: the field is gone"),
        ("to: str", "to: int", 15, "was of the kind string, and may be integer now"),
        ("to: str", "to: str | None", 15, "was never null"),
        ("to: str", 'to: str = ""', 15, "was always there"),
        ('"card"]', '"card", "parcel"]', 16, "values that readers do not know: parcel"),
        ('"letter", "card"', '"letter"', 16, "values that do not come any more: card"),
        ("    name: str", "    name: int", 9, "field `sender.name`"),
    ],
)
def test_what_breaks_readers_is_refused_at_its_line_and_never_released(
    office: Office, old: str, new: str, line: int, words: str
) -> None:
    office.release()
    before = office.contract.read_bytes()
    office.write(LETTER.replace(old, new))
    (finding,) = check(office.project, {})
    assert (finding.code, finding.file, finding.line, finding.level) == ("LT643", "letter_shapes.py", line, "error")
    assert words in finding.what
    assert "a new file beside the old one" in finding.advice
    with pytest.raises(Misconfigured):
        office.release()
    assert office.contract.read_bytes() == before


def test_what_only_adds_is_a_warning_until_it_is_released(office: Office) -> None:
    office.release()
    office.write(LETTER.replace("    to: str\n", "    to: str\n    stamp: int | None = None\n"))
    assert office.found() == [("LT644", "docs/contracts/letter.v1.json", 1)]
    assert CODES["LT644"].level == "warning"
    office.release()
    assert office.found() == []
    office.write(
        LETTER.replace("A letter.", "A letter of paper.").replace(
            "    to: str\n", "    to: str\n    stamp: int | None = None\n"
        )
    )
    assert office.found() == []


def test_a_released_type_keeps_its_schema_and_its_route(office: Office) -> None:
    office.release()
    other = office.contract.with_name("card.v1.json")
    other.write_bytes(office.contract.read_bytes())
    assert office.found() == [("LT642", "docs/contracts/card.v1.json", 1), ("LT645", "docs/contracts/card.v1.json", 1)]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"properties": 1}'])
def test_a_contract_that_is_no_schema_is_named(office: Office, text: str) -> None:
    office.release()
    office.contract.write_text(text, encoding="utf-8")
    assert ("LT641", "docs/contracts/letter.v1.json", 1) in office.found()


def test_a_deprecated_type_states_what_follows_it(office: Office) -> None:
    head = "from datetime import date\nfrom typing import ClassVar\n\nfrom lienthong import Deprecation\n"
    stated = '    DEPRECATION: ClassVar = Deprecation(since=date(2026, 12, 1), successor="letter.v2")\n\n    to: str\n'
    office.write(
        LETTER.replace("from typing import Literal\n", f"from typing import Literal\n{head}").replace(
            "    to: str\n", stated
        )
    )
    office.release()
    schema = json.loads(office.contract.read_text(encoding="utf-8"))
    assert schema["deprecated"] is True
    assert schema["x-deprecation"] == {"since": "2026-12-01", "successor": "letter.v2"}
    assert office.found() == []
