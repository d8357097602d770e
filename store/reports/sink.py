"""The sink that keeps the editions of reports: the schedule drafts what is due, and people do the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from lienthong import (
    Document,
    Done,
    EditionFilter,
    Envelope,
    LienthongError,
    Outcome,
    Person,
    Rejected,
    ReportAct,
    Site,
    Transaction,
    Transient,
)
from lienthong.adapters.sql import open_reader, translate_errors
from store.reports import rows
from store.reports.approving import approve
from store.reports.drafting import Draft, Drafts
from transforms.report_life import ReportLife

log = structlog.get_logger(__name__)


class ReportEditions:
    """Keeps the editions of every report, from draft to receipt. `rules` is `config/report-life.yaml`."""

    reaches_outside = False

    def __init__(self, site: Site, *, rules: ReportLife) -> None:
        self._site = site
        self._rules = rules
        self._drafts = Drafts(site)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """A look of the schedule: draft what is due. One look does the work of all in its bundle."""
        note = self._look(transaction)
        return [Done(envelope, note) for envelope in envelopes]

    def editions(self, wanted: EditionFilter) -> Iterable[Mapping[str, Any]]:
        """This and the following: see `KeepsEditions` of the engine. `lienthong reports` shows them."""
        return rows.iter_editions(self._site.database, wanted)

    def edition(self, edition: str) -> Mapping[str, Any] | None:
        """One edition with its acts and sendings."""
        return rows.show(self._site.database, edition)

    def edition_document(self, edition: str) -> Document:
        """The frozen document; a draft until it is approved, then with its number."""
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            return document_of(rows.find(connection, edition), self._drafts)

    def edition_files(self, edition: str) -> Iterable[tuple[Path, bytes]]:
        """The files of the document, and below a folder those of its parts."""
        document = self.edition_document(edition)
        yield from self._files(document, Path(), document.name)
        for part in document.parts:
            yield from self._files(part.document, Path(document.name), part.unit)

    def prepare_draft(self, report: str, period: str) -> Draft | None:
        """The next draft of a report, frozen and kept; None when nothing changed."""
        return self._drafts.make(report, period)

    def write_draft(self, prepared: Draft, transaction: Transaction, *, who: str, why: str) -> ReportAct:
        """Write a draft that was prepared."""
        with translate_errors(rows.UNAVAILABLE):
            return self._drafts.write(prepared, transaction.connection, who=who, why=why)

    def approve_edition(
        self, edition: str, transaction: Transaction, *, person: Person, why: str, number: str
    ) -> ReportAct:
        """Approve an edition."""
        with translate_errors(rows.UNAVAILABLE):
            connection = transaction.connection
            row = rows.find(connection, edition, lock=True)
            persons = self._rules.of(row.report).persons
            now = self._site.clock.now()
            return approve(connection, row, person, persons=persons, why=why, number=number, now=now)

    def _files(self, document: Document, folder: Path, stem: str) -> Iterable[tuple[Path, bytes]]:
        for suffix, content in self._site.reports.render(document).items():
            yield folder / f"{stem}.{suffix}", content

    def _look(self, transaction: Transaction) -> str:
        """Draft every report that is due and has no edition. What cannot be made stays due, with the reason."""
        now = self._site.clock.now()
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            known = rows.known(connection)
        waiting = [one for one in self._rules.due_until(now) if known.get(one[:2], "due") == "due"]
        attempted = [(report, period, due, self._try(report, period)) for report, period, due in waiting]
        if not attempted:
            return ""
        with translate_errors(rows.UNAVAILABLE):
            drafted = [self._write(transaction.connection, *one) for one in attempted]
        return ", ".join(filter(None, drafted))

    def _try(self, report: str, period: str) -> Draft | str | None:
        """The draft, or why it could not be made. Raises `Transient`: the next look tries again."""
        try:
            return self._drafts.make(report, period)
        except Transient:
            raise
        except Exception as error:  # a report may raise anything; the others are made all the same
            log.exception("a report that is due could not be drafted", report=report, period=period)
            return str(error) if isinstance(error, LienthongError) else type(error).__name__

    def _write(
        self, connection: Connection, report: str, period: str, due: datetime, attempted: Draft | str | None
    ) -> str:
        name = rows.edition_id(report, period, 1)
        due_at = rows.moment(due)
        if isinstance(attempted, Draft):
            try:
                return self._drafts.write(attempted, connection, who="", why="", due_at=due_at).edition
            except Rejected:
                return ""  # another process has drafted it
        if attempted is not None:
            row = {
                "edition_id": name,
                "report": report,
                "period": period,
                "edition": 1,
                "state": "due",
                "why": attempted,
            }
            if not rows.insert(connection, {**row, "due_at": due_at}):
                was = rows.find(connection, name)
                rows.write(connection, name, {"why": attempted}, was=was) if was.state == "due" else None
        return ""


def document_of(row: rows.EditionRow, drafts: Drafts) -> Document:
    """The document of an edition, and of its parts, as its state wants them. Raises `Rejected` before it is drafted."""
    if row.digest is None:
        raise Rejected(f"{row.edition_id} chưa lập được: {row.why}", field="edition")
    document = drafts.load(row.digest)
    is_draft = row.approved_at is None
    shown = replace(document, draft=is_draft, number=row.number)
    parts = [replace(part, document=replace(part.document, draft=is_draft)) for part in shown.parts]
    return replace(shown, parts=parts)
