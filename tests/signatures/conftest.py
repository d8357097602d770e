"""The trust folder of the invented infrastructure, read once."""

from pathlib import Path

import pytest

from lienthong.signatures.trust import Trust, load_trust
from tests.signatures.pki import pki


@pytest.fixture(scope="session")
def trust_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pki().write_trust(tmp_path_factory.mktemp("trust"))


@pytest.fixture(scope="session")
def trust(trust_folder: Path) -> Trust:
    return load_trust(trust_folder)
