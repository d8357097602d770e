"""Which part of the bus a process plays, and which it cannot."""

from pathlib import Path

import pytest

from lienthong.runtime.roles import EVERYTHING, UnknownRole, parse_role
from tests.command_line import lienthong

STAGES = ("route.a", "sink.b")


def test_a_role_is_everything_the_intake_or_one_stage() -> None:
    assert parse_role(None, STAGES) is EVERYTHING
    intake, sink = parse_role("intake", STAGES), parse_role("sink:b", STAGES)
    assert intake.intake and not any(map(intake.serves, STAGES))
    assert not sink.intake and sink.serves("sink.b") and not sink.serves("route.a")


def test_an_unknown_role_is_refused_and_those_that_exist_are_named() -> None:
    with pytest.raises(UnknownRole, match="intake, route:a, sink:b"):
        parse_role("sink:a", STAGES)


@pytest.mark.slow
@pytest.mark.parametrize("option", [("--only", "intake"), ("--processes", "2")], ids=" ".join)
def test_several_processes_are_refused_on_queues_that_they_cannot_share(
    option: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIENTHONG_BROKER", raising=False)
    done = lienthong("run", *option, "--data", tmp_path)
    assert done.returncode == 2
    assert " ".join(option) in done.stderr and "không dùng chung được" in done.stderr
    assert "LIENTHONG_BROKER=amqp://" in done.stderr and "LIENTHONG_DATABASE=postgresql://" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was opened"
