"""The main job over the servers: the same recording, the same routes, the same answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recording.conftest import MONTH, answers, balanced, lienthong, play
from tests.services import postgres, rabbitmq

EXPECTED = json.loads((MONTH / "answers.json").read_text(encoding="utf-8"))


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A broker and a database of this test's own, named as an operator would name them."""
    with postgres.fresh_database() as engine:
        monkeypatch.setenv("LIENTHONG_DATABASE", engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("LIENTHONG_BROKER", rabbitmq.fresh_url())
        yield


def right(out: Path) -> None:
    found = answers(out)
    for part in ("paper_filings", "vneid_activation", "indicators"):
        assert found[part] == EXPECTED[part], part
    counts = EXPECTED["counts"]
    assert found["igate"]["received"] == counts["igate_distinct_versions"]
    assert found["igate"]["dead"] == counts["igate_malformed_versions"]
    assert found["igate"]["difference"] == 0


@pytest.mark.usefixtures("servers")
def test_the_month_over_rabbitmq_and_postgresql_gives_its_answers_twice(tmp_path: Path) -> None:
    play(MONTH, tmp_path / "data", tmp_path / "out")
    right(tmp_path / "out")
    balanced(tmp_path / "data")
    play(MONTH, tmp_path / "data", tmp_path / "again")
    right(tmp_path / "again")
    assert lienthong("doctor", "--data", tmp_path / "data").returncode == 0
