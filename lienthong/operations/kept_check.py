"""The result of the check of a configuration that had no error, kept in the data directory for the next doctor.

Kept are the number of warnings, the paths that the check read and one hash over all of it; no content, no value of a
variable, no sentence.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from lienthong.adapters.private_files import FILE_MODE
from lienthong.configuration.check import examine_loaded
from lienthong.configuration.fingerprint import ChangedLately, dependencies, fingerprint, noted_reads
from lienthong.configuration.load import Loaded
from lienthong.envelope import LOCAL_ZONE

KEPT = "lienthong-check.json"


class Faults(NamedTuple):
    """How many errors and warnings a configuration has."""

    errors: int
    warnings: int


def count_faults(loaded: Loaded, variables: Mapping[str, str], data: Path, *, began: float) -> Faults:
    """The faults of a configuration that was read at `began` (seconds since 1970) or later.

    A check without errors is not repeated while everything that it read is the same.
    """
    today = datetime.now(LOCAL_ZONE).date()
    kept = _kept(data / KEPT)
    if kept and not loaded.findings and fingerprint(loaded, variables, kept.paths, today) == kept.hash:
        return Faults(0, kept.warnings)
    with noted_reads() as opened:
        findings = examine_loaded(loaded, variables)
    errors = sum(finding.level == "error" for finding in findings)
    faults = Faults(errors, len(findings) - errors)
    if not errors:
        found = dependencies(opened)
        with suppress(ChangedLately, OSError):  # it is then checked again; a data directory need not be there yet
            _keep(data, _Kept(fingerprint(loaded, variables, found, today, began=began), faults.warnings, found))
    return faults


class _Kept(NamedTuple):
    hash: str
    warnings: int
    paths: Sequence[str]


def _kept(file: Path) -> _Kept | None:
    """What is kept; None where nothing is that can be read as such."""
    try:
        kept = _Kept(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    sound = isinstance(kept.hash, str) and isinstance(kept.warnings, int) and isinstance(kept.paths, list)
    return kept if sound and all(isinstance(path, str) and "\0" not in path for path in kept.paths) else None


def _keep(data: Path, kept: _Kept) -> None:
    draft = data / f"{KEPT}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, FILE_MODE), "w", encoding="utf-8") as file:
        json.dump(kept._asdict(), file)
    draft.replace(data / KEPT)
