"""Loading a recording, and the errors of an invalid one."""

import json
from pathlib import Path

import pytest

from sandbox.recording import BadRecording, Recording, parse_line, ticks
from tests.unit.sandbox.conftest import Write, dossier, local


def test_a_body_keeps_its_bytes(write: Write) -> None:
    folder = write({"ccvc": []})
    body = '{"a": 1.0, "b":12345678901234567890123, "tên": "Quy Nhơn", "c":"\\u00e0"}'
    (folder / "ccvc/records.jsonl").write_text(
        f'{{"seen_at":"{local("01T00:00")}", "body": {body} }}\n', encoding="utf-8"
    )
    assert Recording.load(folder).lines["ccvc"][0].raw.decode() == body


@pytest.mark.parametrize(
    "text",
    [
        '{"body": {"a": "x"}, "seen_at": "2023-11-01T00:00:00+07:00"}',
        '{"seen_at": "2023-11-01T00:00:00+07:00", "body": {"a": "x"}, "more": {}}',
        ' { "seen_at" : "2023-10-31T17:00:00Z" , "body" : {"a":"x"} } ',
    ],
)
def test_a_line_may_have_another_order_or_spacing(write: Write, text: str) -> None:
    folder = write({"ccvc": []})
    (folder / "ccvc/records.jsonl").write_text(f"{text}\n\n")
    (line,) = Recording.load(folder).lines["ccvc"]
    assert json.loads(line.raw) == line.body == {"a": "x"}
    assert line.seen_at.isoformat() == "2023-10-31T17:00:00+00:00"


def test_a_recording_may_lack_any_file(write: Write) -> None:
    assert Recording.load(write({"vneid": [("01T00:00", {})]})).systems == ["vneid"]


def test_ticks_are_the_times_of_the_listings_and_the_last_time_of_all(write: Write) -> None:
    recording = Recording.load(
        write(
            {
                "igate": [("02T06:00", dossier("a")), ("02T06:00", dossier("b")), ("03T06:00", dossier("a"))],
                "dvcqg": [("02T12:00", {})],
                "vneid": [("01T03:00", {}), ("09T03:00", {})],
            }
        )
    )
    found = [tick.astimezone(recording.zone).isoformat() for tick in ticks(recording.lines)]
    assert found == [local("02T06:00"), local("02T12:00"), local("03T06:00"), local("09T03:00")]


def test_a_last_time_that_is_already_a_tick_is_not_repeated(write: Write) -> None:
    recording = Recording.load(write({"igate": [("02T06:00", dossier("a"))], "ccvc": [("02T06:00", {})]}))
    assert len(ticks(recording.lines)) == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"seen_at": "2023-11-01T00:00:00+07:00", "body": {', "not JSON"),
        ("[]", "a line is"),
        ('{"seen_at": "2023-11-01T00:00:00+07:00"}', "a line is"),
        ('{"seen_at": "2023-11-01T00:00:00+07:00", "body": 3}', "a line is"),
        ('{"body": {}}', "seen_at is not"),
        ('{"seen_at": "hôm qua", "body": {}}', "seen_at is not"),
        ('{"seen_at": "0001-01-01T00:00:00+07:00", "body": {}}', "seen_at is not"),
    ],
)
def test_an_invalid_line_is_named_by_file_and_line(write: Write, line: str, why: str) -> None:
    folder = write({"ccvc": [("01T00:00", {})]})
    file = folder / "ccvc/records.jsonl"
    file.write_text(file.read_text() + line + "\n", encoding="utf-8")
    with pytest.raises(BadRecording, match=rf"records\.jsonl, line 2: .*{why}"):
        Recording.load(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match="is not a folder"):
        Recording.load(tmp_path / "missing")


def test_a_missing_head_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRecording, match=r"recording\.json: cannot be read"):
        Recording.load(tmp_path)


def head(**changed: str | None) -> str:
    """A valid head with changes; None removes the key."""
    valid = {"name": "x", "from": "2023-11-01", "to": "2023-12-01", "timezone": "+07:00"}
    return json.dumps({key: value for key, value in {**valid, **changed}.items() if value is not None})


@pytest.mark.parametrize(
    "text",
    ["", "[]", head(name=None), head(to=None), head(to="mai"), head(timezone="+25:61"), head(timezone="Nơi")],
)
def test_an_invalid_head_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "recording.json").write_text(text)
    with pytest.raises(BadRecording, match="not the head of a recording"):
        Recording.load(tmp_path)


def test_a_time_zone_may_have_a_name(tmp_path: Path) -> None:
    (tmp_path / "recording.json").write_text(head(timezone="Asia/Ho_Chi_Minh"))
    zone = Recording.load(tmp_path).zone
    assert parse_line(b'{"seen_at":"2023-11-01","body":{}}', 1, zone).seen_at.isoformat() == "2023-10-31T17:00:00+00:00"


@pytest.mark.parametrize(
    ("end", "months"),
    [
        ("2023-12-01", ["2023-11"]),
        ("2023-12-02", ["2023-11", "2023-12"]),
        ("2024-02-01", ["2023-11", "2023-12", "2024-01"]),
    ],
)
def test_a_recording_covers_the_months_it_has_a_day_in(tmp_path: Path, end: str, months: list[str]) -> None:
    (tmp_path / "recording.json").write_text(head(to=end))
    assert Recording.load(tmp_path).months == months
