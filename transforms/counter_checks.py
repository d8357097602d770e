"""The check at the counter: whether who files in person is a civil servant and could have filed online.

Văn bản 758/VPUBND-KSTT (08/11/2023): the officer reminds such a person, and receives the dossier on paper all the same.
Nothing here refuses anything. The functions take facts that were looked up before; they read no other system.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.service_period import ServicePeriod
from transforms.moments import local_date
from transforms.service_periods import pick

MESSAGE = "Công dân đang nộp hồ sơ là cán bộ, công chức, viên chức"
"""The fixed text of the annex of Văn bản 758/VPUBND-KSTT."""

Online = Literal["none", "partial", "full", "unknown"]
_ONLINE: dict[str, Online] = {"information": "none", "partial": "partial", "full": "full"}


@dataclass(frozen=True, slots=True)
class RegisterState:
    """What the register shows of a person on a day. `civil_servant` is None when it is not known."""

    civil_servant: bool | None
    kind: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """The answer to the officer. `message` is `MESSAGE` when `notify`, else None."""

    civil_servant: bool | None
    staff_kind: str | None
    staff_agency: str | None
    procedure_online: Online
    notify: bool
    message: str | None


UNKNOWN = RegisterState(None)


def register_state(periods: Iterable[ServicePeriod], at: datetime) -> RegisterState:
    """The state of one person at a moment, by all periods of service that the register has of their number.

    A period holds on the local days `[starts_on, ends_on)`; `pick` decides where two hold on one day. Contract workers
    (HD) are of the group (Văn bản 758/VPUBND-KSTT, section 1).
    """
    found = pick(periods, local_date(at))
    return RegisterState(False) if found is None else RegisterState(True, found.category, found.agency)


def online_of(level: str | None) -> Online:
    """How a procedure of this online level (`procedure.v1`) is offered; unknown for None."""
    return _ONLINE.get(level or "", "unknown")


def decide(state: RegisterState, online_level: str | None) -> CounterCheck:
    """The answer to the officer (annex of Văn bản 758/VPUBND-KSTT, step 2).

    Both must hold at the moment asked for: the filer is of the group, and the procedure is offered online, in part or
    wholly. `online_level` is that of `procedure.v1`; None when the catalogue has no version in force. What is unknown
    makes no reminder.
    """
    online = online_of(online_level)
    notify = state.civil_servant is True and online in ("partial", "full")
    return CounterCheck(
        civil_servant=state.civil_servant,
        staff_kind=state.kind,
        staff_agency=state.agency,
        procedure_online=online,
        notify=notify,
        message=MESSAGE if notify else None,
    )
