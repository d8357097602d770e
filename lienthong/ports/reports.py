"""The editions of reports that a project's sink keeps, for the command line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from lienthong.ports.connectors import Sink, Transaction
from lienthong.report import Document

EditionState = Literal["due", "drafted", "approved", "sent", "received"]
"""How far an edition has come. `due`: it has to be made, and could not be made yet."""

SendingOutcome = Literal["sent", "not-sent"]
"""What a person found out about a message in doubt."""


@dataclass(frozen=True, slots=True)
class EditionFilter:
    """Which editions are meant; "" for all."""

    report: str = ""
    period: str = ""
    state: EditionState | None = None


class Person(Protocol):
    """Who acts. As text: the name that is recorded."""

    def may_be(self, recorded: str) -> bool:
        """Whether a name that was recorded before may stand for this person."""


@dataclass(frozen=True, slots=True)
class ReportAct:
    """What was done with an edition, for the ledger: `kind` such as `report-approved`, and the facts of it."""

    kind: str
    edition: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message: `state` is that of the recipient, `why` a sentence without personal data."""

    recipient: str
    unit: str
    channel: str
    state: str
    why: str = ""


class KeepsEditions(Sink, Protocol):
    """A sink that keeps the editions of reports. `lienthong reports` finds it by its method `editions`.

    An edition is a mapping of JSON values; moments are UTC. Each method raises `Transient` without the database, and
    `Rejected` with a sentence for what cannot be done with an edition in its state.
    """

    def editions(self, wanted: EditionFilter) -> Iterable[Mapping[str, Any]]:
        """The editions, the newest period first."""

    def edition(self, edition: str) -> Mapping[str, Any] | None:
        """One edition with its `acts` and `sendings`; None when there is none."""

    def edition_document(self, edition: str) -> Document:
        """Its document, as its state wants it: a draft is marked as one."""

    def edition_changes(self, before: str, after: str) -> Iterable[Mapping[str, Any]]:
        """Each figure that differs between two editions: `path`, `before`, `after`; those of letters by their unit."""

    def document_changes(self, before: Document, after: Document) -> Iterable[Mapping[str, Any]]:
        """The same between two documents of one report."""

    def edition_files(self, edition: str) -> Iterable[tuple[Path, bytes]]:
        """Its files with those of its parts, each with its path below a folder."""

    def prepare_draft(self, report: str, period: str) -> Any:
        """Make the next draft of a report for `write_draft`. None when the newest edition has the same figures.

        Nothing is written to the database, but the body of the draft is among the files.
        """

    def write_draft(self, prepared: Any, transaction: Transaction, *, who: str, why: str) -> ReportAct:
        """Write it. Of an edition of which nothing was sent it takes the place, else it is the next edition."""

    def approve_edition(
        self, edition: str, transaction: Transaction, *, person: Person, why: str, number: str
    ) -> ReportAct:
        """Approve it, with its number and sign (số và ký hiệu), or "". Where two persons are asked for, the second one
        completes it.
        """

    def send_edition(self, edition: str, *, person: Person, is_recording: bool) -> Iterable[Sent]:
        """Send to each recipient that has nothing yet. Each is recorded by itself, before and after.

        `is_recording`: the figures are invented, so that nothing leaves this machine.
        """

    def end_sending(self, edition: str, transaction: Transaction, *, person: Person) -> ReportAct | None:
        """Write what the edition is after sending. None when nothing changed."""

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
        """End the doubt about a message."""

    def receive_edition(
        self, edition: str, recipient: str, transaction: Transaction, *, person: Person, why: str
    ) -> ReportAct:
        """Note that a recipient has it; with "" that all have it."""
