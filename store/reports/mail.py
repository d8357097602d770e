"""The mail that carries a document to one recipient: subject, text, and the files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connectors.notices.gateway import Attachment, Message
from lienthong import Document
from store.reports import rows
from transforms.report_life import MailText

ATTACHED = ("pdf", "xlsx")
"""The files of a mail, by their endings."""

TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NO_NAME = re.compile(r"[^\w.-]+")
_SHORT = 12
"""Hexadecimal digits of a digest that a person compares."""


@dataclass(frozen=True, slots=True)
class Target:
    """One message of an edition: `unit` is that of a letter, "" for the report itself.

    `changes` states what changed since the edition before; "" for the first one.
    """

    channel: str
    unit: str
    recipient: str
    document: Document
    changes: str = ""

    def message_id(self, edition: str) -> str:
        """Derived from report, period, edition and recipient: the same message has the same id in every process."""
        key = "\n".join((edition, self.channel, self.unit, self.recipient))
        return f"report.{sha256(key.encode()).hexdigest()[:40]}"


def file_name(document: Document, edition: int, suffix: str) -> str:
    """The name of a file, without anything that a mail program or a file system refuses."""
    stem = safe_name(document.name)
    return f"{stem}-lan-{edition}.{suffix}" if edition > 1 else f"{stem}.{suffix}"


def safe_name(text: str) -> str:
    """A text as a part of a file name: a catalogue may hold anything as a code."""
    return _NO_NAME.sub("_", text)[:120].strip("._") or "report"


def make_files(document: Document, edition: int, rendered: Mapping[str, bytes]) -> Sequence[Attachment]:
    """The files of a mail."""
    return [
        Attachment(file_name(document, edition, suffix), TYPES[suffix], rendered[suffix])
        for suffix in ATTACHED
        if suffix in rendered
    ]


def make_mail(target: Target, row: rows.EditionRow, files: Sequence[Attachment], text: MailText) -> Message:
    """The mail of a target."""
    document = target.document
    values: Mapping[str, Any] = {
        "title": document.title,
        "subject": document.title,
        "period": row.period,
        "edition": row.edition,
        "number": row.number or "–",
        "agency": document.agency,
        "unit": target.unit,
        "files": ", ".join(file.name for file in files),
        "id": row.edition_id,
        "digest": str(row.digest).removeprefix("sha256:")[:_SHORT],
        "changes": target.changes,
    }
    return Message(
        notice_id=target.message_id(row.edition_id),
        recipient=target.recipient,
        template="",
        parameters={},
        text=text.text.format_map(values),
        subject=text.subject.format_map(values),
        attachments=files,
    )
