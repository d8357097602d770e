"""Rows of the data store as reports count them: plain, frozen, and with real dates and UTC instants."""

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class AccountState:
    """From `activated_at` (UTC) on, the VNeID account of `identity` has `level`."""

    identity: str
    level: int
    activated_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One component of a dossier (thành phần hồ sơ)."""

    digitised: bool
    reused: bool
    from_store: bool


@dataclass(frozen=True, slots=True)
class PortalDossier:
    """The newest version of one dossier of the national portal."""

    code: str
    channel: str | None
    status: int | None
    accepted_at: datetime | None
    appointment_at: datetime | None
    completed_at: datetime | None
    fee: int | None
    online_payment: int | None
    result_file: bool | None
    components: tuple[Paper, ...]
    vneid_authenticated: bool | None
