"""How much of a file is looked at. A file beyond a limit is not judged: its verdict states which one."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one judgement. Time and memory hold for the process that judges; the others are checked in it.

    `max_contents`: bytes of one signature value (/Contents), `max_objects`: objects that a PDF's tables may name,
    `max_certificates`, `max_crls`: what a file may bring along.
    """

    max_bytes: int = 100 * MIB
    max_signatures: int = 100
    max_revisions: int = 250
    max_contents: int = 2 * MIB
    max_objects: int = 300_000
    max_certificates: int = 200
    max_crls: int = 50
    wall_seconds: float = 10.0
    cpu_seconds: int = 10
    memory_bytes: int = 800 * MIB


class BeyondLimit(Exception):  # noqa: N818 - it is no error of the program
    """A file is beyond a limit. `name` is that of the limit, `limit` its value."""

    def __init__(self, name: str, limit: float) -> None:
        super().__init__(name)
        self.name = name
        self.limit = limit
