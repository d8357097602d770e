"""What a newcomer has: the wheel in a fresh virtual environment, outside the repository, and nothing else."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
"""Made by .ci/bootstrap. It takes packages from its cache, and else from the package index."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person at a shell: a working directory, and the command that the wheel installed."""

    folder: Path
    environment: Path
    language: str = "vi"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one command. No variable of this process reaches it, PYTHONPATH least of all."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={
                "PATH": f"{self.environment / 'bin'}:/usr/bin:/bin",
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
                "LIENTHONG_LANG": self.language,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def lienthong(self, *arguments: str, code: int = 0) -> str:
        """Run the command line; what it shows. Fails the test when the exit code is another one."""
        done = self.run("lienthong", *arguments)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout + done.stderr


def _uv(*arguments: str | Path, folder: Path = ROOT) -> None:
    done = subprocess.run([UV, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this repository."""
    folder = tmp_path_factory.mktemp("dist")
    _uv("build", "--wheel", "--quiet", "--out-dir", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def files_of_wheel(wheel: Path) -> Sequence[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and its dependencies, as the lock file has them."""
    folder = tmp_path_factory.mktemp("venv")
    locked = folder / "locked.txt"
    only_engine = ("--frozen", "--no-default-groups", "--no-emit-project", "--no-hashes", "--quiet")
    _uv("export", *only_engine, "--output-file", locked)
    _uv("venv", "--quiet", "--python", os.path.realpath(sys.executable), folder / "env")
    _uv("pip", "install", "--quiet", "--python", folder / "env", "--constraint", locked, wheel)
    return folder / "env"


@pytest.fixture
def newcomer(environment: Path, tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path, environment)
