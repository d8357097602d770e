"""Messages set aside by the embedded broker: two files for each in the data directory, one of them the body's bytes."""

import json
import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lienthong.adapters.set_aside_id import message_id
from lienthong.errors import Transient
from lienthong.messages import message
from lienthong.messages.os_errors import os_reason
from lienthong.ports.set_aside import ASIDE_KINDS, AsideKind, AsideMessage, Decide

FOLDER = "set-aside"
"""The name of the folder in the data directory."""

_DESCRIPTION, _BODY = ".json", ".body"


class FolderSetAside:
    """See `SetAside`. The folder need not exist. The description is written last: a body without one does not count."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def add(
        self, kind: AsideKind, body: bytes, headers: Mapping[str, Any], *, queue: str, why: str, now: datetime
    ) -> None:
        """Keep a message. Raises `Transient` when its files cannot be written."""
        described = {"queue": queue, "why": str(why), "at": now.isoformat(), "headers": dict(headers)}
        text = json.dumps(described, ensure_ascii=False, default=repr, indent=2)
        name = f"{kind}-{time.time_ns()}-{message_id(body, headers)}"  # in the order of arrival
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for ending, content in ((_BODY, body), (_DESCRIPTION, text.encode("utf-8", "backslashreplace"))):
                self._write(self._folder / (name + ending), content)
        except OSError as error:
            why = message("a message cannot be set aside: {why}", why=os_reason(error))
            raise Transient(why) from error

    def counts(self) -> Mapping[AsideKind, int]:
        return {kind: len(self._descriptions(kind)) for kind in ASIDE_KINDS}

    def walk(self, kind: AsideKind, decide: Decide) -> None:
        for file in self._descriptions(kind):
            described = json.loads(file.read_text(encoding="utf-8"))
            body_file = file.with_suffix(_BODY)
            found = AsideMessage(
                id=file.stem.rpartition("-")[2],
                kind=kind,
                queue=described["queue"],
                why=described["why"],
                at=described["at"],
                headers=described["headers"],
                body=body_file.read_bytes(),
            )
            if decide(found):
                file.unlink(missing_ok=True)
                body_file.unlink(missing_ok=True)

    def _descriptions(self, kind: AsideKind) -> list[Path]:
        return sorted(self._folder.glob(f"{kind}-*{_DESCRIPTION}"))

    @staticmethod
    def _write(file: Path, content: bytes) -> None:
        """Only the owner may read it: a message holds personal data."""
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
