"""A doctor does not repeat a check of what has not changed, and never shows the result of anything else."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from lienthong.configuration.fingerprint import ChangedLately, dependencies, fingerprint, noted_reads
from lienthong.configuration.load import load_documents
from lienthong.operations import kept_check
from lienthong.operations.kept_check import KEPT, Faults, count_faults

SOUND = Path(__file__).parents[1] / "configuration" / "sound"
PACKAGE = "kept_check_parts"
SECRET = "s3cret-of-the-office"
LATER = float("inf")
TODAY = date(2026, 11, 27)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sound project with a package of its own; a module of it reads a file that is no module."""
    folder = tmp_path / "project"
    for room in ("routes", "config"):
        shutil.copytree(SOUND / room, folder / room)
    shutil.copytree(SOUND / "sample_parts", folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    for file in folder.rglob("*.*"):
        if file.suffix in (".yaml", ".py"):
            file.write_text(file.read_text(encoding="utf-8").replace("sample_parts", PACKAGE), encoding="utf-8")
    (folder / PACKAGE / "words.txt").write_text("a word", encoding="utf-8")
    with (folder / PACKAGE / "__init__.py").open("a", encoding="utf-8") as module:
        module.write("\nfrom pathlib import Path\n\nWORDS = Path(__file__).with_name('words.txt').read_text()\n")
    source = folder / "config" / "sources" / "office.yaml"
    source.write_text(f"# ${{OFFICE}}\n{source.read_text(encoding='utf-8')}", encoding="utf-8")
    (tmp_path / "data").mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def counted(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Faults, bool]]:
    """Counts the faults of the project, and states whether they were looked for."""
    looked: list[bool] = []
    examine = kept_check.examine_loaded
    monkeypatch.setattr(kept_check, "examine_loaded", lambda *of: looked.append(True) or examine(*of))

    def count(variables: Mapping[str, str] | None = None, began: float = LATER) -> tuple[Faults, bool]:
        looked.clear()
        given = {"OFFICE": SECRET} if variables is None else variables
        return count_faults(load_documents(project, given), given, tmp_path / "data", began=began), bool(looked)

    return count


def test_a_check_without_errors_is_done_once(counted: Callable[..., tuple[Faults, bool]]) -> None:
    faults, looked = counted()
    assert looked and not faults.errors
    assert counted() == (faults, False)


@pytest.mark.slow
def test_every_file_that_is_read_changes_the_hash(project: Path) -> None:
    loaded = load_documents(project, {})
    with noted_reads() as opened:
        kept_check.examine_loaded(loaded, {})
    found = dependencies(opened)
    before = fingerprint(loaded, {}, found, TODAY)
    files = [*project.rglob("*.yaml"), *(Path(path) for path in found if path.startswith(f"{project / PACKAGE}/"))]
    files = [file for file in files if file.is_file()]
    assert {file.suffix for file in files} == {".yaml", ".py", ".txt"} and len(files) > 10
    for file in files:
        content, times = file.read_bytes(), (file.stat().st_atime_ns, file.stat().st_mtime_ns)
        file.write_bytes(bytes([content[0] ^ 1]) + content[1:] if content else b"#")
        os.utime(file, ns=times)  # of the same length and with the same date, as a restored file may be
        assert fingerprint(loaded, {}, found, TODAY) != before, file
        file.unlink()
        assert fingerprint(loaded, {}, found, TODAY) != before, file
        file.write_bytes(content)
        assert fingerprint(loaded, {}, found, TODAY) == before, file
    new = [folder / "new.yaml" for folder in (project / "routes", project / "config" / "tables")]
    for file in (*new, project / PACKAGE / "new.py", project / "pydantic.py"):
        file.write_text("", encoding="utf-8")
        assert fingerprint(loaded, {}, found, TODAY) != before, file
        file.unlink()


def test_packages_the_day_and_variables_change_the_hash(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_documents(project, {})
    package = tmp_path / "lib" / "some_package.py"
    package.parent.mkdir()
    package.write_text("A = 1\n", encoding="utf-8")
    found = [str(package), str(tmp_path / "not-there-yet")]

    def hashed(day: date = TODAY, **variables: str) -> str:
        return fingerprint(loaded, variables, found, day)

    before = hashed()
    assert hashed(date(2026, 11, 28)) != before
    assert hashed(DOOR="open") != hashed(DOOR="shut") != before
    assert hashed(SHLVL="3") == before and hashed(OFFICE="3") != before
    monkeypatch.setenv("READ_BY_A_MODULE", "1")
    assert hashed() != before
    monkeypatch.delenv("READ_BY_A_MODULE")
    assert hashed() == before
    (tmp_path / "not-there-yet").mkdir()
    assert hashed() != before
    (tmp_path / "not-there-yet").rmdir()
    package.write_text("A = 2\n", encoding="utf-8")
    assert hashed() != before
    before = hashed()
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    assert hashed() != before


def test_what_changed_while_it_was_read_is_not_kept(
    project: Path, counted: Callable[..., tuple[Faults, bool]], tmp_path: Path
) -> None:
    assert counted(began=0.0)[1] and not (tmp_path / "data" / KEPT).exists()
    with pytest.raises(ChangedLately):
        fingerprint(load_documents(project, {}), {}, [], TODAY, began=(project / "config").stat().st_ctime)


@pytest.mark.slow
def test_errors_and_spoilt_notes_are_looked_for_again(
    project: Path, counted: Callable[..., tuple[Faults, bool]], tmp_path: Path
) -> None:
    kept = tmp_path / "data" / KEPT
    faults, _ = counted()
    sound = kept.read_text(encoding="utf-8")
    for spoilt in (
        "",
        "[]",
        "{}",
        sound[:-2],
        sound.replace('"warnings": ', '"warnings": "'),
        sound.replace("/", "\0"),
    ):
        kept.write_text(spoilt, encoding="utf-8")
        assert counted() == (faults, True)
    (project / "routes" / "broken.yaml").write_text("from: nowhere\n", encoding="utf-8")
    for _ in range(2):
        assert counted()[0].errors and counted()[1]


def test_only_a_hash_is_kept_and_for_its_account_alone(
    counted: Callable[..., tuple[Faults, bool]], tmp_path: Path
) -> None:
    counted()
    kept = tmp_path / "data" / KEPT
    assert SECRET not in kept.read_text(encoding="utf-8") and kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_without_a_data_directory_nothing_is_made(project: Path, tmp_path: Path) -> None:
    loaded = load_documents(project, {})
    assert not count_faults(loaded, {}, tmp_path / "none", began=LATER).errors
    assert not (tmp_path / "none").exists()
