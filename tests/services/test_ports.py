"""Two processes of tests never get the same port, although neither listens on it yet."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ports

OTHER = """
import sys
from pathlib import Path
from tests.services import ports
ports._LOCKS, ports.BELOW_CLIENTS = Path(sys.argv[1]), range(int(sys.argv[2]), int(sys.argv[2]) + 4)
print(*ports.free_ports(2), flush=True)
sys.stdin.read()
"""


def test_a_port_belongs_to_the_process_that_chose_it_until_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = ports.free_ports(1)
    monkeypatch.setattr(ports, "_LOCKS", tmp_path)
    monkeypatch.setattr(ports, "BELOW_CLIENTS", range(first, first + 4))
    command = [sys.executable, "-c", OTHER, str(tmp_path), str(first)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        chosen = {int(port) for port in other.stdout.readline().split()}
        left = set(ports.free_ports(2))
        assert len(chosen) == len(left) == 2 and not chosen & left
        other.communicate("")
    assert set(ports.free_ports(2)) == chosen
