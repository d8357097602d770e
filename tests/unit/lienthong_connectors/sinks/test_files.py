"""Events in files of JSON Lines by day."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.connectors.sinks.files import FilesSink
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from tests.contract.sinks_contract import UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site

FIRST = "letters-2023-11-01.jsonl"


def make(folder: Path, **given: Any) -> FilesSink:
    return FilesSink(make_site(), **bind(FilesSink, {"folder": str(folder), "name": "letters", **given}, tables={}))


def deliver(sink: FilesSink, *events: Envelope) -> None:
    assert len(sink.deliver(events, UntouchableTransaction())) == len(events)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def subjects(folder: Path) -> list[str]:
    lines = [line for name in names(folder) for line in (folder / name).read_bytes().splitlines()]
    return [orjson.loads(line)["subject"] for line in lines]


def test_a_line_is_a_cloud_event(tmp_path: Path) -> None:
    one = event("Công văn", number=5)
    deliver(make(tmp_path), one)
    content = (tmp_path / FIRST).read_bytes()
    assert content == orjson.dumps(one.to_wire()) + b"\n"
    assert orjson.loads(content)["data"] == {"name": "Công văn", "number": 5}


def test_an_event_is_in_the_file_of_the_local_day_on_which_it_was_received(tmp_path: Path) -> None:
    late = event("late")._replace(received_at=datetime(2023, 11, 1, 16, 59, tzinfo=UTC))
    night = event("night")._replace(received_at=datetime(2023, 11, 1, 17, 0, tzinfo=UTC))
    deliver(make(tmp_path), night, late)
    assert names(tmp_path) == [FIRST, "letters-2023-11-02.jsonl"]
    assert subjects(tmp_path) == ["late", "night"]


def test_a_file_goes_on_in_another_part_and_an_id_of_any_part_is_known(tmp_path: Path) -> None:
    sink = make(tmp_path, part_size=1)
    events = [event(str(number)) for number in range(3)]
    for one in events:
        deliver(sink, one)
    deliver(sink, *events)
    deliver(make(tmp_path, part_size=1), *events)
    assert names(tmp_path) == ["letters-2023-11-01.002.jsonl", "letters-2023-11-01.003.jsonl", FIRST]
    assert sorted(subjects(tmp_path)) == ["0", "1", "2"]


def test_files_of_another_name_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other-letters-2023-11-01.jsonl"
    other.write_bytes(orjson.dumps(event("a").to_wire()))
    deliver(make(tmp_path), event("a"))
    assert names(tmp_path) == [FIRST, other.name]


def test_a_line_changed_by_hand_stops_nothing(tmp_path: Path) -> None:
    deliver(make(tmp_path), event("a"))
    with (tmp_path / FIRST).open("ab") as file:
        file.write(b'rubbish\n5\n{"id": 5}\n')
    deliver(make(tmp_path), event("a"), event("b"))
    assert (tmp_path / FIRST).read_bytes().count(b"\n") == 5


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_while_writing_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    sink = make(tmp_path)
    deliver(sink, event("a"))
    before = (tmp_path / FIRST).read_bytes()

    def crash(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), crash)
        with pytest.raises(KeyboardInterrupt):
            sink.deliver([event("b")], UntouchableTransaction())
    assert (tmp_path / FIRST).read_bytes() == before
    deliver(make(tmp_path), event("a"), event("b"))
    assert (names(tmp_path), subjects(tmp_path)) == ([FIRST], ["a", "b"])


def test_what_is_delivered_is_on_the_disk_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def note(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    monkeypatch.setattr(os, "fsync", note)
    deliver(make(tmp_path), event("a"))
    assert synced == [str(tmp_path / f".{FIRST}.tmp"), str(tmp_path)]


def test_a_full_disk_is_transient_and_what_was_written_is_not_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = make(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Transient, match="ENOSPC"):
            sink.deliver([event("a")], UntouchableTransaction())
    deliver(sink, event("a"))
    assert subjects(tmp_path) == ["a"]


def test_a_reader_never_sees_half_a_line(tmp_path: Path) -> None:
    sink = make(tmp_path)
    stop = threading.Event()
    seen: list[int] = []
    faults: list[bytes] = []

    def read() -> None:
        while not stop.is_set():
            content = (tmp_path / FIRST).read_bytes() if (tmp_path / FIRST).exists() else b""
            seen.append(len(content))
            if content and not content.endswith(b"}}\n"):
                faults.append(content[-50:])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        deliver(sink, *(event(f"{number}/{part}", text="x" * 5000) for part in range(3)))
    stop.set()
    reader.join()
    assert faults == []
    assert len(set(seen)) > 3


WRITER = """
import sys
from pathlib import Path
from lienthong.connectors.sinks.files import FilesSink
from tests.contract.sinks_contract import UntouchableTransaction
from tests.events import event
from tests.fake_systems import make_site
sink = FilesSink(make_site(), folder=Path(sys.argv[1]), name="letters", part_size=3000)
for number in range(30):
    sink.deliver([event(str(number)), event(f"{sys.argv[2]}/{number}")], UntouchableTransaction())
"""


@pytest.mark.slow
def test_several_processes_write_one_day_and_keep_every_event_once(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", WRITER, str(tmp_path), name] for name in "abc"]
    writers = [subprocess.Popen(command) for command in commands]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    found = subjects(tmp_path)
    assert len(found) == len(set(found)) == 30 + 3 * 30


def test_ids_of_few_days_are_kept_in_memory_and_others_are_read_again(tmp_path: Path) -> None:
    sink = make(tmp_path)
    events = [event("a", day=day) for day in range(8)]
    deliver(sink, *events)
    deliver(sink, *events)
    assert len(subjects(tmp_path)) == 8
    assert len(sink._days) == 3


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": "../x"}, "name"),
        ({"name": ""}, "name"),
        ({"part_size": 0}, "part_size"),
        ({"part_size": "8 MB"}, "part_size"),
        ({"folders": "x"}, "folders"),
    ],
)
def test_check_refuses_what_cannot_work_and_names_the_key(given: dict[str, Any], path: str) -> None:
    with pytest.raises(Mismatch) as error:
        bind(FilesSink, {"folder": "x", **given}, tables={})
    assert (path,) in [fault.path for fault in error.value.faults]
