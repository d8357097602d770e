"""The log of looks and acts: who looked at which personal data and why, and who did what. It is paged by number.

It has what was recorded since its table exists; what was done before is in the trail of each event.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lienthong.access.roles import Viewer
from lienthong.dead_letters.actor import Actor
from lienthong.messages import Message
from lienthong.operations.access_acts import LOOKS, Act, record_access_act
from lienthong.ports import Clock, Ledger, Persons
from lienthong.ports.acts import ActFilter, Acts, LoggedAct

PAGE = 1000
"""Rows that an export reads at a time."""

KINDS = (
    "looks", "sessions", "persons", "clients", "proposed", "edited", "refused", "replayed", "discarded",
)  # fmt: skip
"""The kinds of acts, for lists to choose from."""


def make_filter(
    persons: Persons,
    *,
    person: str = "",
    kind: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int = 0,
) -> ActFilter:
    """What is wanted. `person` is a login, a name or an account; of a person that is known, all accounts count."""
    known = next((one for one in persons.list() if one.is_named(person)), None) if person else None
    logins = (known.login, known.name, *known.accounts) if known else (person,) if person else ()
    return ActFilter(logins, kind, since, until, before)


def list_acts(acts: Acts, wanted: ActFilter, limit: int) -> Sequence[LoggedAct]:
    """One page, the latest first. The next one begins after the number of the last row (`before`)."""
    return acts.find(wanted, limit)


def export_acts(acts: Acts, wanted: ActFilter) -> Iterator[LoggedAct]:
    """All of them, the latest first, a page at a time."""
    while found := acts.find(wanted, PAGE):
        yield from found
        wanted = replace(wanted, before=found[-1].number)


def record_look(
    ledger: Ledger,
    clock: Clock,
    viewer: Viewer,
    subject: str,
    what: Message,
    *,
    facts: Mapping[str, Any],
    reason: str = "",
) -> None:
    """Record that a person looked at personal data other than by showing a field: an export, or a whole document."""
    act, now = Act(str(Actor(viewer.name, viewer.login)), reason), clock.now()
    with ledger.transaction() as transaction:
        record_access_act(transaction, LOOKS, subject, "looked", facts, what=what, act=act, now=now)


def act_json(act: LoggedAct) -> dict[str, Any]:
    """The instant is UTC in ISO 8601."""
    return {
        "number": act.number,
        "at": act.at.isoformat(),
        "person": act.person,
        "kind": act.kind,
        "subject": act.subject,
        "event": act.event_id,
        "stage": act.stage,
        "turn": act.turn,
        "reason": act.reason,
    }
