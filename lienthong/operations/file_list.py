"""The list of the bodies of files in a backup. The bodies themselves are not in it.

They never change, so any tool copies those that are new.
"""

import tarfile
from pathlib import Path

FILE_LIST = "files.sha256"
"""The name of the part, which `sha256sum --check` reads."""


def listed_files(backup: Path) -> int:
    """How many bodies a backup lists. They are copied after it, so that each that it names is in the copy."""
    with tarfile.open(backup) as archive:
        stream = archive.extractfile(FILE_LIST) if FILE_LIST in archive.getnames() else None
        return 0 if stream is None else sum(1 for _ in stream)
