"""An office for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.dead_letters.bench import Office


@pytest.fixture
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    made = Office(tmp_path, request.node.name)
    yield made
    made.close()
