"""The documents: links lead somewhere, the index of decisions is complete, and files of the repository exist."""

import re
import subprocess
from pathlib import Path

import pytest

import lienthong

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
PAGES = [ROOT / name for name in LISTED.splitlines() if (ROOT / name).is_file()]
ADRS = ROOT / "docs" / "adr"

ROOMS = "lienthong|connectors|store|reports|transforms|schemas|sandbox|tests|deploy|docs|config|routes"
PATH = re.compile(rf"`((?:{ROOMS})/[\w./-]+\.(?:py|md|sql|yaml|json|txt))`")
"""A file of the repository in backticks."""

EXAMPLES = {
    "config/inboxes/NAME.yaml",
    "config/requests/NAME.yaml",
    "config/requests/streets.yaml",
    "config/schedules/NAME.yaml",
    "config/schedules/closing.yaml",
    "config/calendars/NAME.yaml",
    "config/bus.yaml",
    "config/env/name.yaml",
    "routes/x.yaml",
    "routes/x.cases.yaml",
    "schemas/canonical/x_v2.py",
}
"""Names that stand for any file."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    if page.is_relative_to(ROOT / "docs" / "reference"):
        return  # examples of a project's files
    named = set(PATH.findall(page.read_text("utf-8"))) - EXAMPLES
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_index_of_decisions_has_every_decision_by_its_number() -> None:
    index = (ADRS / "README.md").read_text("utf-8")
    for record in ADRS.glob("0*.md"):
        number = int(record.name[:4])
        assert f"| [{number}]({record.name}) |" in index
        assert record.read_text("utf-8").startswith(f"# {number}. ")


def test_the_changelog_has_the_version_of_the_code_with_a_date() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## \[{re.escape(lienthong.__version__)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)


@pytest.mark.parametrize("name", ["README.md", "docs/engineers.md"])
def test_the_wheel_that_a_page_installs_is_of_this_version(name: str) -> None:
    wheels = re.findall(r"lienthong-([\w.]+)-py3-none-any\.whl", (ROOT / name).read_text("utf-8"))
    assert wheels == [lienthong.__version__]
