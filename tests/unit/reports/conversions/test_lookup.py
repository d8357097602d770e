"""The lookup that converts: each file costs its own process at most, and what was made is among the files."""

import json
import os
import signal
import subprocess
import tempfile
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.adapters.sql.database import open_database
from lienthong.errors import Transient
from lienthong.ports import Site
from reports.conversions.lookup import PaperConversions
from tests.papers import A4, ADDRESS, MARK, codes, pages
from tests.signatures.pdf_hostile import SAMPLES

pytestmark = pytest.mark.slow

HOSTILE = {sample.name: sample for sample in SAMPLES}


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    return FolderFiles(tmp_path / "files")


@pytest.fixture
def site(tmp_path: Path, files: FolderFiles) -> Site:
    return Site(SystemClock(), open_database(f"sqlite:///{tmp_path / 'x.db'}"), files=files)


def key(digest: str) -> str:
    mark = {"title": MARK.title, "lines": MARK.lines, "seal": MARK.seal, "address": MARK.address}
    return json.dumps({"digest": digest, "mark": mark})


def convert(site: Site, content: bytes, **settings: Any) -> Any:
    asked = key(site.files.put(BytesIO(content)).digest)
    return PaperConversions(site, **settings).find_many([asked]).get(asked)


def test_sheets_are_among_the_files_once(site: Site, files: FolderFiles) -> None:
    found = convert(site, pages(A4, A4))
    assert (found["pages"], set(found)) == (2, {"digest", "size", "pages"})
    with files.open(found["digest"]) as body:
        sheets = body.read()
    assert (len(sheets), codes(sheets)) == (found["size"], {ADDRESS})
    assert convert(site, pages(A4, A4)) == found
    assert len([*files.walk()]) == 2


def test_a_body_that_is_not_there_is_absent(site: Site) -> None:
    assert PaperConversions(site).find_many([key(f"sha256:{'0' * 64}")]) == {}


@pytest.mark.parametrize("name", ["object-stream-bomb", "deep-nesting-after-signature", "pages-in-a-circle"])
def test_a_hostile_file_costs_its_own_process(site: Site, name: str) -> None:
    lookup = PaperConversions(site)
    bad, good = (key(site.files.put(BytesIO(each)).digest) for each in (HOSTILE[name].make(), pages(A4)))
    found = lookup.find_many([bad, good])
    assert found[bad]["why"] in ("damaged", "too-large")
    assert found[good]["pages"] == 1


def test_a_process_that_others_end_or_starve_is_no_fault_of_the_file(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Transient, match="bận"):
        convert(site, pages(A4), timeout=timedelta(milliseconds=1))

    run = subprocess.run
    for ended in (-signal.SIGKILL, -signal.SIGTERM, 1):
        monkeypatch.setattr(subprocess, "run", lambda *a, ended=ended, **b: subprocess.CompletedProcess(a, ended))
        with pytest.raises(Transient, match=str(ended)):
            convert(site, pages(A4))
    for ended, why in ((-signal.SIGSEGV, "damaged"), (3, "damaged"), (-signal.SIGXCPU, "too-large")):
        monkeypatch.setattr(subprocess, "run", lambda *a, ended=ended, **b: subprocess.CompletedProcess(a, ended))
        assert convert(site, pages(A4)) == {"why": why}
    monkeypatch.setattr(subprocess, "run", run)
    assert convert(site, pages(A4))["pages"] == 1


def test_no_more_than_the_permitted_number_runs_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, let_go = 0, 0, threading.Event()
    two_wait = threading.Event()
    guard = threading.Lock()

    def run(*_: Any, **__: Any) -> Any:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
            if running == 2:
                two_wait.set()
        assert let_go.wait(30)
        with guard:
            running -= 1
        return subprocess.CompletedProcess((), -signal.SIGSEGV)

    monkeypatch.setattr(subprocess, "run", run)
    lookup = PaperConversions(site, at_once=2)
    asked = key(site.files.put(BytesIO(pages(A4))).digest)
    threads = [threading.Thread(target=lookup.find_many, args=([asked],)) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert two_wait.wait(30)
    let_go.set()
    for thread in threads:
        thread.join(30)
    assert most == 2


def test_nothing_of_a_document_is_left_in_the_folder_for_temporary_files(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", os.fspath(folder))
    names: list[list[Path]] = []
    run = subprocess.run

    def looked_at(*a: Any, **b: Any) -> Any:
        names.append([*folder.iterdir()])
        return run(*a, **b)

    monkeypatch.setattr(subprocess, "run", looked_at)
    assert convert(site, pages(A4))["pages"] == 1
    assert (names, [*folder.iterdir()]) == ([[]], [])
