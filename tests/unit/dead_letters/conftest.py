"""A small bus for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.dead_letters.letter_bus import LetterBus


@pytest.fixture
def bus(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LetterBus]:
    letter_bus = LetterBus(tmp_path, request.node.name)
    yield letter_bus
    letter_bus.close()
