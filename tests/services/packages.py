"""Debian's packages of the servers that tests start, installed when we are root."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

LOCK = Path(tempfile.gettempdir()) / "lienthong-tests-install.lock"
GUARD = Path("/usr/sbin/policy-rc.d")


def install(package: str, installed: Callable[[], bool]) -> None:
    """Install `package` if we are root on Debian. Processes wait for each other, and install it once."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed():
            _install(package)


def _install(package: str) -> None:
    """Install it. The guard file stops the package from starting a service on the machine."""
    guard_is_new = not GUARD.exists()
    if guard_is_new:
        GUARD.write_text("#!/bin/sh\nexit 101\n")
        GUARD.chmod(0o755)
    try:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=True, capture_output=True)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        subprocess.run(command, env=quiet, check=True, capture_output=True)
    finally:
        if guard_is_new:
            GUARD.unlink()
