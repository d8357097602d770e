"""The sink that keeps the editions of a project's reports, and the acts on them, for the command line.

Each act is an event of the ledger, with who did it and why, in the transaction that changes the edition. Its source is
`reports.editions` and its subject the edition, so `lienthong trail EDITION` shows all that was done with it.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from lienthong.adapters.clock import SystemClock
from lienthong.configuration.resolve import make_part, sinks_with
from lienthong.errors import WrongUse
from lienthong.messages import Message, message
from lienthong.ports import LedgerTransaction
from lienthong.ports.reports import KeepsEditions, ReportAct, SendingOutcome, Sent
from lienthong.runtime.acts import Acting, OperatorAct, record_act
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project
from lienthong.runtime.world import ledger_world

SOURCE = "reports.editions"
"""The source and the stage of the acts. No source of a project has a dot in its name."""


@dataclass(frozen=True, slots=True)
class OpenEditions:
    """The sink that keeps the editions, and the ledger of the same database."""

    keeper: KeepsEditions
    storage: Storage

    def draft(self, report: str, period: str, acting: Acting) -> ReportAct | None:
        """Make the next draft of a report by hand. None when its figures have not changed."""
        prepared = self.keeper.prepare_draft(report, period)
        if prepared is None:
            return None
        who, why = str(acting.person), acting.why
        return self._record(lambda its: self.keeper.write_draft(prepared, its, who=who, why=why), acting)

    def approve(self, edition: str, acting: Acting, *, number: str = "") -> ReportAct:
        """Approve an edition."""
        person, why = acting.person, acting.why
        return self._record(
            lambda its: self.keeper.approve_edition(edition, its, person=person, why=why, number=number), acting
        )

    def send(self, edition: str, acting: Acting, tell: Callable[[Sent], None]) -> ReportAct | None:
        """Send an edition to each recipient that has nothing yet; `tell` is called with what became of each."""
        person = acting.person
        is_recording = ledger_world(self.storage.database) == "recording"
        for sent in self.keeper.send_edition(edition, person=person, is_recording=is_recording):
            tell(sent)
        return self._record_any(lambda its: self.keeper.end_sending(edition, its, person=person), acting)

    def resolve(self, edition: str, recipient: str, outcome: SendingOutcome, acting: Acting) -> ReportAct:
        """End the doubt about what was sent to a recipient."""
        person, why = acting.person, acting.why
        act = self._record(
            lambda its: self.keeper.resolve_sending(edition, recipient, outcome, its, person=person, why=why), acting
        )
        self._record_any(lambda its: self.keeper.end_sending(edition, its, person=person), acting)
        return act

    def receive(self, edition: str, recipient: str, acting: Acting) -> ReportAct:
        """Note that a recipient has it; with "" that all have it."""
        person, why = acting.person, acting.why
        return self._record(
            lambda its: self.keeper.receive_edition(edition, recipient, its, person=person, why=why), acting
        )

    def _record(self, change: Callable[[LedgerTransaction], ReportAct], acting: Acting) -> ReportAct:
        """The same for what always is an act."""
        act = self._record_any(change, acting)
        assert act is not None  # noqa: S101 - for the type: `change` gives one
        return act

    def _record_any(self, change: Callable[[LedgerTransaction], ReportAct | None], acting: Acting) -> ReportAct | None:
        """Change an edition, and record the act in the same transaction."""
        with self.storage.ledger.transaction() as transaction:
            act = change(transaction)
            if act is None:
                return None
            operator_act = OperatorAct(SOURCE, act.kind, act.edition, act.facts, _what(act))
            record_act(operator_act, acting, transaction, self.storage.clock.now())
        return act


@contextmanager
def open_editions(project: Project) -> Iterator[OpenEditions]:
    """The sink of a project that keeps editions of reports, over the database that is there.

    Raises `WrongUse` for a project that keeps none, `NoLedger`, and `Misconfigured` with every error.
    """
    endpoints = require_ledger(project)
    with closing(open_storage(project.settings(), endpoints, SystemClock())) as storage:
        yield OpenEditions(_keeper(storage), storage)


def _keeper(storage: Storage) -> KeepsEditions:
    for sink in sinks_with("editions", storage.settings):
        keeper: KeepsEditions = make_part(sink, storage.settings, storage.site)
        return keeper
    raise WrongUse(message("this project keeps no editions of reports: none of its sinks has a method `editions`"))


def _what(act: ReportAct) -> Message:
    facts = act.facts
    if act.kind == "report-drafted":
        return message("report drafted, {digest}", digest=facts["digest"])
    if act.kind == "report-resolved":
        recipient, outcome = facts["recipient"], facts["outcome"]
        return message("doubt about {recipient} ended: {outcome}", recipient=recipient, outcome=outcome)
    whole = {
        "report-approved": message("report approved"),
        "report-sent": message("report sent to all recipients"),
        "report-received": message("report received"),
    }
    partly = {
        "report-approved": message("report approved by one of two persons"),
        "report-sent": message("report sent in part, {left} left", left=facts.get("left")),
        "report-received": message("report received by some of the recipients"),
    }
    return (whole if facts.get("complete") else partly)[act.kind]
