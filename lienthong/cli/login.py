"""The account of the machine that an act is done from. It does not depend on variables that its user can set."""

import os
import pwd
from pathlib import Path

_PROCESSES = Path("/proc")
_NOT_SET = 2**32 - 1
"""The audit system's value for a process that no login began, such as one of a container."""
_MOST_ANCESTORS = 20


def current_login(processes: Path = _PROCESSES) -> str:
    """The account that logged in, as far as the system knows it; else the account that the process runs as.

    - The audit system keeps the account of the login through `su` and `sudo`.
    - Without it, `SUDO_USER` counts if an ancestor of this process really is `sudo`, which runs as root.
    """
    audited = _read_number(processes / "self" / "loginuid")
    if audited is not None and audited != _NOT_SET:
        return _name(audited)
    calling = os.environ.get("SUDO_USER", "")
    return calling if calling and _has_sudo_above(processes) else _name(os.getuid())


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def _read_number(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _has_sudo_above(processes: Path) -> bool:
    """Whether an ancestor of this process is named `sudo` and runs as user 0, which a caller cannot forge."""
    parent = os.getppid()
    for _ in range(_MOST_ANCESTORS):
        status = _status(processes / str(parent))
        if not status:
            return False
        if status.get("Name") == "sudo" and status.get("Uid", "").split()[1:2] == ["0"]:
            return True
        parent = int(status.get("PPid", "0"))
    return False


def _status(process: Path) -> dict[str, str]:
    """The lines `Key: value` of a process's status; empty when it is not known."""
    try:
        lines = (process / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
