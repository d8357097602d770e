"""A small sound project that tests copy and break."""

import shutil
from pathlib import Path

import pytest

SOUND = Path(__file__).parent / "sound"


@pytest.fixture(autouse=True)
def sample_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's own transforms and connectors can be imported."""
    monkeypatch.syspath_prepend(str(SOUND))


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests state what is found in English. `test_both_languages` runs the same files in Vietnamese."""
    monkeypatch.setenv("LIENTHONG_LANG", "en")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sound project's data."""
    for room in ("routes", "config"):
        shutil.copytree(SOUND / room, tmp_path / room)
    return tmp_path
