"""The part of the doctor's examination that looks at the bodies of files: the space, and a sample of them."""

import secrets
import shutil
from collections.abc import Iterator
from typing import Any

from lienthong.messages import format_number, message, message_n
from lienthong.operations.files import missed
from lienthong.operations.health_items import HealthItem, Installation

SAMPLE = 200
"""Bodies of which it is looked whether they are there. `lienthong files check` reads all of them."""

LEAST_FREE = 5_000_000_000
"""Bytes of free space below which there is a warning: some hundred days of documents of a commune, or one of a city."""


def examine_files(installation: Installation) -> Iterator[HealthItem]:
    """The place for files: whether it answers, its free space, whether bodies are missing, and who names them."""
    if not installation.has_board:
        return
    from lienthong.adapters.files.folder import FolderFiles
    from lienthong.adapters.files.opening import open_files
    from lienthong.adapters.sql.file_names import SqlFileNames
    from lienthong.configuration.names import resolve

    topic = message("Files")
    bus = installation.loaded.settings.bus
    files, names = open_files(installation.files, installation.data), SqlFileNames(installation.ledger_database)
    counts = names.counts()
    place = files.folder if isinstance(files, FolderFiles) else message("the store of files")
    kept = message_n("{count} body", "{count} bodies", count=counts.files)
    text: Any = message("{place}: {kept}, {size} GB", place=place, kept=kept, size=_gigabytes(counts.size))
    kept_by: Any = resolve(bus.kept_by) if bus.kept_by else None
    sample = [*names.digests(f"sha256:{secrets.token_hex(2)}", SAMPLE), *names.digests("", SAMPLE)][:SAMPLE]
    gone = sorted({one.digest for one in sample if files.size(one.digest) != one.size})
    lost = missed(gone, names, kept_by)
    if lost:
        found = message_n(
            "{text}; {count} of {sample} is missing or not whole",
            "{text}; {count} of {sample} are missing or not whole",
            count=len(lost),
            text=text,
            sample=min(SAMPLE, counts.files),
        )
        advice = message("run `lienthong files check`, and restore these bodies from the backup of the files")
        yield HealthItem(topic, "fail", found, advice)
        return
    if isinstance(files, FolderFiles):
        existing = next(one for one in (files.folder, *files.folder.absolute().parents) if one.exists())
        free = shutil.disk_usage(existing).free
        text = message("{text}; {free} GB free", text=text, free=_gigabytes(free))
        if free < LEAST_FREE:
            advice = message("add space, or move the files to a larger disk or store (LIENTHONG_FILES)")
            yield HealthItem(topic, "warn", text, advice)
            return
    takes_files = any(one.body == "multipart" for one in installation.loaded.settings.requests.values())
    if takes_files and kept_by is None:
        advice = message("name what states which bodies are in use: `files: {{kept_by: …}}` in config/bus.yaml")
        yield HealthItem(topic, "warn", message("{text}; what nothing names is never removed", text=text), advice)
    else:
        yield HealthItem(topic, "ok", text)


def _gigabytes(size: int) -> str:
    return format_number(size / 1e9, decimals=1)
