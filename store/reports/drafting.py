"""Drafting: a report is made, frozen, kept by its digest, and written as the next draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Any

import orjson
from sqlalchemy import Connection

from lienthong import Column, Document, Part, Rejected, ReportAct, Sheet, Site, freeze, thaw
from lienthong.adapters.sql import open_reader
from store.reports import rows
from transforms.report_changes import Change, changes

_OPEN = ("due", "drafted", "approved")
"""States of an edition of which nothing was sent."""

_SHOWN = 12
"""Changes that stand among the notes; the sheet has all."""

_PIECE = 1 << 20
"""Bytes that are read at one time."""

_LISTED = 20
"""Entries of a list that a cell shows."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft whose document is frozen and kept, before it is written.

    `was` is the newest edition as it was found; `edition` the number of the one that this draft is of. `heads`: those
    of the ledger from before the document was made.
    """

    report: str
    period: str
    edition: int
    was: rows.EditionRow | None
    title: str
    digest: str
    figures_digest: str
    heads: Mapping[str, str]


class Drafts:
    """The frozen documents of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def make(self, report: str, period: str) -> Draft | None:
        """Make, freeze and keep the next draft of a period. None when the newest edition has the same figures.

        - Of an edition of which nothing was sent it takes the place.
        - After one that was sent it is the next edition, and states what changed.

        Raises `Rejected` for a report or period that there is not. What a report raises of its own goes through.
        """
        if report not in self._site.reports.names():
            names = ", ".join(self._site.reports.names())
            raise Rejected(f"không có báo cáo {report}; có: {names}", field="report")
        heads = self._site.reports.heads()
        document = self._site.reports.build(report, period)
        figures = figures_digest(document)
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            was = rows.newest(connection, report, period)
            if was is not None and was.figures_digest == figures:
                return None
            is_next = was is not None and (was.state not in _OPEN or bool(rows.sendings_of(connection, was.edition_id)))
            number = 1 if was is None else was.edition + is_next
            before = None if number == 1 else rows.find(connection, rows.edition_id(report, period, number - 1))
        if before is not None:
            document = with_changes(document, self.load(before.digest), number - 1)
        digest = self._site.files.put(BytesIO(freeze(document))).digest
        return Draft(report, period, number, was, document.title, digest, figures, heads)

    def load(self, digest: str) -> Document:
        """The document that was frozen."""
        with self._site.files.open(digest) as file:
            return thaw(file.read())

    def is_sound(self, digest: str) -> bool:
        """Whether the document that was frozen is what its digest states. Raises `NoSuchFile`."""
        found = sha256()
        with self._site.files.open(digest) as file:
            while piece := file.read(_PIECE):
                found.update(piece)
        return f"sha256:{found.hexdigest()}" == digest

    def write(
        self, draft: Draft, connection: Connection, *, who: str, why: str, due_at: str | None = None
    ) -> ReportAct:
        """Write a draft. Approvals of a draft whose place it takes do not count for it.

        Raises `Rejected` when the newest edition is another one by now.
        """
        name = rows.edition_id(draft.report, draft.period, draft.edition)
        now = self._site.clock.now()
        values: dict[str, Any] = {
            "state": "drafted",
            "why": "",
            "title": draft.title,
            "digest": draft.digest,
            "figures_digest": draft.figures_digest,
            "heads": orjson.dumps(dict(draft.heads)).decode(),
            "drafted_at": rows.moment(now),
            "drafted_by": who,
            "approved_at": None,
            "number": "",
        }
        if draft.was is not None and draft.was.edition_id == name:
            written = rows.write(connection, name, values, was=draft.was)
        else:
            key = {"edition_id": name, "report": draft.report, "period": draft.period, "edition": draft.edition}
            written = rows.insert(connection, {**key, **values, "due_at": due_at})
        if not written:
            raise Rejected("lần phát hành này vừa được lập lại hoặc duyệt; xem lại rồi làm tiếp", field="state")
        rows.add_act(
            connection, name, {"kind": rows.DRAFTED, "who": who, "at": now, "why": why, "digest": draft.digest}
        )
        return ReportAct(rows.DRAFTED, name, {"digest": draft.digest, "figures_digest": draft.figures_digest})


def figures_digest(document: Document) -> str:
    """The digest of the figures of a document and of its parts, with who gets these: of what changes with the data."""
    parts = [[part.unit, part.recipient, part.document.payload] for part in document.parts]
    content = orjson.dumps([document.payload, parts], option=orjson.OPT_SORT_KEYS)
    return f"sha256:{sha256(content).hexdigest()}"


def with_changes(document: Document, before: Document, edition: int) -> Document:
    """The document of the next edition: it states what changed since `edition`, and so does each letter."""
    found = changes(before.payload, document.payload)
    earlier = {part.unit: part for part in before.parts}
    parts = [_next_letter(part, earlier.pop(part.unit, None), edition) for part in document.parts]
    return replace(
        document,
        summary=[_head(found, edition), *document.summary],
        notes=[*document.notes, *map(_sentence, found[:_SHOWN])],
        sheets=[*document.sheets, _sheet(found, edition)],
        parts=[*parts, *(_taken_back(part, document, edition) for part in earlier.values())],
    )


def _next_letter(part: Part, before: Part | None, edition: int) -> Part:
    if before is None:
        head = f"Lần phát hành {edition + 1}: ở lần phát hành {edition} đơn vị không có thông báo này."
        return replace(part, document=replace(part.document, summary=[head, *part.document.summary]))
    found = changes(before.document.payload, part.document.payload)
    if not found:
        return part
    content = replace(
        part.document,
        summary=[_head(found, edition), *part.document.summary],
        sheets=[*part.document.sheets, _sheet(found, edition)],
    )
    return replace(part, document=content)


def _taken_back(before: Part, document: Document, edition: int) -> Part:
    """The letter to a reader that has no cases any more: it takes back what the letter before stated."""
    payload = {key: [] if isinstance(value, list) else value for key, value in before.document.payload.items()}
    found = changes(before.document.payload, payload)
    content = replace(
        before.document,
        issued_on=document.issued_on,
        payload=payload,
        summary=[f"{_head(found, edition)} Đơn vị không còn trường hợp nào trong kỳ."],
        notes=[],
        sheets=[_sheet(found, edition)],
        charts=[],
        figures={},
    )
    return replace(before, document=content)


def _head(found: Sequence[Change], edition: int) -> str:
    return f"Lần phát hành {edition + 1}, thay cho lần phát hành {edition}; số liệu thay đổi: {len(found)}."


def _sheet(found: Sequence[Change], edition: int) -> Sheet:
    columns = (
        Column("TT", "number", 5),
        Column("Số liệu", width=44),
        Column(f"Lần {edition}", width=30),
        Column(f"Lần {edition + 1}", width=30),
    )
    rows_of = [(number, one.path, text(one.before), text(one.after)) for number, one in enumerate(found, 1)]
    return Sheet(f"Thay đổi so với lần {edition}", columns, rows_of)


def _sentence(one: Change) -> str:
    return f"{one.path}: {text(one.before)} → {text(one.after)}"


def text(value: Any) -> str:
    """A figure in a cell: `–` for none, a list with commas."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        more = f", … ({len(value)})" if len(value) > _LISTED else ""
        return ", ".join(map(text, value[:_LISTED])) + more
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def document_of(row: rows.EditionRow, drafts: Drafts) -> Document:
    """The document of an edition, and of its parts, as its state wants them. Raises `Rejected` before it is drafted."""
    if row.digest is None:
        raise Rejected(f"{row.edition_id} chưa lập được: {row.why}", field="edition")
    document = drafts.load(row.digest)
    is_draft = row.approved_at is None
    shown = replace(document, draft=is_draft, number=row.number)
    parts = [replace(part, document=replace(part.document, draft=is_draft)) for part in shown.parts]
    return replace(shown, parts=parts)
