"""Rows of the data store as reports count them: plain, frozen, and with real dates and UTC instants."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """The newest version of one dossier of the one-stop system."""

    code: str
    procedure: str
    procedure_name: str | None
    online_level: str | None
    channel: str | None
    status: int | None
    identity: str | None
    accepted_at: datetime | None
    agency: str | None
    agency_name: str | None
    officer: str | None
    quality: tuple[str, ...] = ()
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class AccountState:
    """From `activated_at` (UTC) on, the VNeID account of `identity` has `level`."""

    identity: str
    level: int
    activated_at: datetime
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A paper that a procedure asks for. Any of the results `replaced_by` replaces it."""

    code: str | None
    name: str | None
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcedureVersion:
    """What holds for a procedure from the local day `effective_from` until its next version takes effect.

    `online_level` is information, partial or full; `authentication_level` is 1 to 3, None when it is not known.
    `results` are the codes of what it hands out.
    """

    code: str
    effective_from: date
    name: str | None
    field: str | None
    online_level: str
    authentication_level: int | None
    components: tuple[Component, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """A check at the counter, about the moment `checked_at` (UTC). `reminded`: the officer was to remind the person.

    `decision` is paper or online, as the officer last acknowledged it; None without an acknowledgement.
    """

    check_id: str
    checked_at: datetime
    identity: str | None
    procedure: str
    agency: str
    officer: str
    staff_kind: str | None
    staff_agency: str | None
    reminded: bool
    decision: str | None
