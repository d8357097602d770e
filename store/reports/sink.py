"""The sink that keeps the editions of reports: the schedule drafts what is due, and people do the rest."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from connectors.edxml.folder import PackageFolder
from connectors.edxml.package import make_package
from connectors.notices.gateway import Gateway
from connectors.notices.smtp import Security, Smtp
from lienthong import (
    Document,
    Done,
    EditionFilter,
    Envelope,
    NoSuchFile,
    Outcome,
    Person,
    ReportAct,
    Seals,
    SendingOutcome,
    Sent,
    Site,
    Transaction,
)
from lienthong.adapters.sql import open_reader, translate_errors
from store.notices.channels import THIS_MACHINE, TIMEOUT, WithoutAccount, may_be_called
from store.reports import ending, rows
from store.reports.approving import approve
from store.reports.carriers import AXIS, EMAIL, AxisCarrier, Carrier, MailCarrier, make_letter, package_name
from store.reports.drafting import Draft, Drafts, document_of
from store.reports.looking import Looks
from store.reports.mail import ATTACHED, Target, make_files, safe_name
from store.reports.sending import Sender
from transforms.report_changes import changes
from transforms.report_life import ReportLife

log = structlog.get_logger(__name__)


class ReportEditions:
    """Keeps the editions of every report, from draft to receipt.

    `rules` is `config/report-life.yaml`, `axis_folder` where packages for the document axis are written. The others are
    those of the mail server, as in `config/sinks/email.yaml`.
    """

    reaches_outside = False

    def __init__(
        self,
        site: Site,
        *,
        rules: ReportLife,
        host: str,
        port: int,
        sender: str,
        sender_name: str = "",
        security: Security = "starttls",
        username: str = "",
        password: str = "",
        ca_file: str | None = None,
        timeout: timedelta = TIMEOUT,
        axis_folder: Path = Path("var/document-axis"),
    ) -> None:
        mail = Smtp(
            site.clock,
            host=host,
            port=port,
            sender=sender,
            sender_name=sender_name,
            security=security,
            username=username,
            password=password,
            ca_file=ca_file,
            timeout=timeout,
        )
        gateway: Gateway = mail if may_be_called(host, (username, password)) else WithoutAccount()
        carriers: dict[str, Carrier] = {EMAIL: MailCarrier(gateway, rules, is_here=host in THIS_MACHINE)}
        if rules.axis is not None:
            carriers[AXIS] = AxisCarrier(PackageFolder(axis_folder), rules.axis)
        self._site = site
        self._rules = rules
        self._drafts = Drafts(site)
        self._looks = Looks(site, rules, self._drafts)
        self._sender = Sender(site, rules, carriers, self._drafts.load)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """A look of the schedule: draft what is due. One look does the work of all in its bundle."""
        note = self._looks.look(transaction)
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

    def verify(self, seals: Seals) -> Iterable[str]:  # noqa: ARG002 - the digest is in the acts, which the ledger has
        """A sentence for each frozen document that is not there, or is not what its digest states."""
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            frozen = rows.frozen(connection)
        for edition, digest in frozen:
            try:
                if not self._drafts.is_sound(digest):
                    yield f"{edition}: bản dự thảo {digest} đã bị sửa trong kho tệp"
            except NoSuchFile:
                yield f"{edition}: bản dự thảo {digest} không còn trong kho tệp"

    def edition_changes(self, before: str, after: str) -> Iterable[Mapping[str, Any]]:
        """What changed between two editions, those of letters too."""
        return self.document_changes(*(self.edition_document(one) for one in (before, after)))

    def document_changes(self, before: Document, after: Document) -> Iterable[Mapping[str, Any]]:
        """What differs between two documents of one report, those of letters too."""
        return [one._asdict() for one in changes(_figures(before), _figures(after))]

    def edition_files(self, edition: str) -> Iterable[tuple[Path, bytes]]:
        """The files of the document, and below a folder those of its parts."""
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            row = rows.find(connection, edition)
        document = document_of(row, self._drafts)
        yield from self._files(document, Path(), document.name)
        yield from self._package(row, document)
        for part in document.parts:
            yield from self._files(part.document, Path(document.name), safe_name(part.unit))

    def _package(self, row: rows.EditionRow, document: Document) -> Iterable[tuple[Path, bytes]]:
        """The package for the document axis, where the report goes there and has its number."""
        axis = self._rules.axis
        if axis is None or not self._rules.of(row.report).axis or not row.approved_at or not row.number:
            return
        rendered = self._site.reports.render(document, ATTACHED)
        target = Target(AXIS, "", "", document)
        package = make_package(make_letter(target, row, axis), make_files(document, row.edition, rendered))
        yield Path(package_name(row)), package

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

    def send_edition(self, edition: str, *, person: Person, is_recording: bool) -> Iterable[Sent]:  # noqa: ARG002 - the end of it is recorded
        """Send to each recipient that has nothing yet. The invented figures of a recording go to this machine alone."""
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            row = rows.find(connection, edition)
            before = ending.before(connection, row)
            ending.refuse_unless_sendable(connection, row)
        yield from self._sender.send(row, document_of(row, self._drafts), before, is_recording=is_recording)

    def end_sending(self, edition: str, transaction: Transaction, *, person: Person) -> ReportAct | None:
        """Write what the edition is after sending."""
        return self._end(edition, transaction, person)

    def resolve_sending(
        self,
        edition: str,
        recipient: str,
        outcome: SendingOutcome,
        transaction: Transaction,
        *,
        person: Person,
        why: str,
    ) -> ReportAct:
        """End the doubts about what was sent to a recipient."""
        with translate_errors(rows.UNAVAILABLE):
            now = self._site.clock.now()
            return ending.resolve(transaction.connection, edition, recipient, outcome, person=person, why=why, now=now)

    def receive_edition(
        self, edition: str, recipient: str, transaction: Transaction, *, person: Person, why: str
    ) -> ReportAct:
        """Note that a recipient has it, or that all have it."""
        with translate_errors(rows.UNAVAILABLE):
            now = self._site.clock.now()
            return ending.receive(transaction.connection, edition, recipient, person=person, why=why, now=now)

    def _end(self, edition: str, transaction: Transaction, person: Person) -> ReportAct | None:
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            row = rows.find(connection, edition)
            before = ending.before(connection, row)
        left = self._sender.left(row, document_of(row, self._drafts), before)
        with translate_errors(rows.UNAVAILABLE):
            now = self._site.clock.now()
            return ending.end(transaction.connection, row, left, person=person, now=now)

    def _files(self, document: Document, folder: Path, stem: str) -> Iterable[tuple[Path, bytes]]:
        for suffix, content in self._site.reports.render(document).items():
            yield folder / f"{stem}.{suffix}", content


def _figures(document: Document) -> Mapping[str, Any]:
    """The figures of a document, and those of its letters by unit."""
    letters = {part.unit: part.document.payload for part in document.parts}
    return {**document.payload, "letter": letters} if letters else document.payload
