"""The main job over RabbitMQ and PostgreSQL: the same recording, the same routes, the same answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import lienthong
from tests.recording.conftest import MONTH, assert_balanced, read_answers, run_recording
from tests.services import postgres, rabbitmq

EXPECTED = json.loads((MONTH / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker and a database for this test, named by the environment as operators do."""
    with postgres.fresh_database() as engine:
        monkeypatch.setenv("LIENTHONG_DATABASE", engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("LIENTHONG_BROKER", rabbitmq.fresh_url())
        yield


def assert_right_answers(out: Path) -> None:
    found = read_answers(out)
    for part in ("paper_filings", "vneid_activation", "indicators"):
        assert found[part] == EXPECTED[part], part
    counts = EXPECTED["counts"]
    assert found["igate"]["received"] == counts["igate_distinct_versions"]
    assert found["igate"]["dead"] == counts["igate_malformed_versions"]
    assert found["igate"]["difference"] == 0


@pytest.mark.usefixtures("servers")
def test_the_month_over_rabbitmq_and_postgresql_gives_its_answers(tmp_path: Path) -> None:
    """Once: that a second run changes nothing is tried with the embedded servers, by `tests/recording`."""
    run_recording(MONTH, tmp_path / "data", tmp_path / "out")
    assert_right_answers(tmp_path / "out")
    assert_balanced(tmp_path / "data")
    assert lienthong("doctor", "--data", tmp_path / "data").returncode == 0
