"""Notices that a project's sink keeps: what the command line shows of them, and how an operator ends a doubt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from lienthong.errors import Finding
from lienthong.ports.connectors import Record, Sink

NoticeState = Literal["held", "sending", "accepted", "delivered", "failed", "in_doubt", "expired", "suppressed"]

NoticeOutcome = Literal["delivered", "not-sent", "failed"]
"""What a person found out about a notice in doubt: it arrived, it never left, or it will not arrive."""


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices are meant. `about`: a dossier's code, `channel`: "" for all. `after`: the id of the last one."""

    state: NoticeState | None = None
    channel: str = ""
    about: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A record for the inbox `inbox`, which states what a person found out."""

    inbox: str
    record: Record


class KeepsNotices(Sink, Protocol):
    """A sink that keeps notices. `lienthong notices` finds it by its method `notices`.

    A notice is a mapping of JSON values. Personal data stands under keys that the schemas mark, and is hidden where it
    is shown. Moments are UTC, costs are đồng. Each method raises `Transient` without the database.
    """

    def notices(self, wanted: NoticeFilter) -> Iterable[Mapping[str, Any]]:
        """The notices, by id. Memory does not grow with them."""

    def notice(self, notice: str) -> Mapping[str, Any] | None:
        """One notice with its `attempts`; None when there is none."""

    def notice_costs(self, since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
        """What was spent in [since, until), by channel, agency and happening."""

    def notice_preview(self, template: str) -> Sequence[Mapping[str, Any]]:
        """A template in each channel and language, filled in with examples: `channel`, `language`, `text`, and more."""

    def notice_findings(self) -> Sequence[Finding]:
        """What is wrong with the templates."""

    @staticmethod
    def notice_code(code: str, language: str) -> str | None:
        """What a code of these findings means, in a paragraph in `vi` or `en`; None for a code that is none."""

    def resolve_notice(self, notice: Mapping[str, Any], outcome: NoticeOutcome, *, person: str, why: str) -> Resolution:
        """The record of what `person` found out, and why."""
