"""Showing one masked field to one person for a while: for a purpose, in the ledger, and only to who has the right."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthong.access.roles import Viewer
from lienthong.access.rules import AccessRules
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import NotAllowed
from lienthong.envelope import Envelope
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.operations.access_acts import LOOKS, Act, record_access_act
from lienthong.ports import Clock, Ledger
from lienthong.ports.acts import Reveals

LEAST_PURPOSE = 5
"""Characters of a purpose: a number of a file, or a word or two."""


@dataclass(frozen=True, slots=True)
class RevealStore:
    """What showing a field needs."""

    reveals: Reveals
    ledger: Ledger
    clock: Clock
    rules: AccessRules


@dataclass(frozen=True, slots=True)
class Content:
    """The data of an event as one person may see it.

    - `data`: masked, but for the fields that are shown to the person now.
    - `hidden`: JSON pointers of the values that are masked, and could be shown.
    - `shown`: pointers of those that are shown, and until when.
    """

    data: Any
    hidden: Sequence[str]
    shown: Sequence[tuple[str, datetime]] = ()


def content_for(store: RevealStore, viewer: Viewer, event: Envelope, masked: Any, *, stage: str = "") -> Content:
    """The content for a person who has the right `see-content`. `masked`: the event's data as `mask_data` gives it.

    `stage`: of the dead letter that the data is of; "" for the event as it was received.
    """
    hidden = tuple(hidden_fields(event.data, masked))
    if not viewer.may("reveal"):
        return Content(masked, ())
    prefix = f"{stage}#"
    kept = store.reveals.fields(viewer.login, event.id, store.clock.now())
    shown = [(field.removeprefix(prefix), until) for field, until in kept if field.startswith(prefix)]
    shown = [(pointer, until) for pointer, until in shown if pointer in hidden]
    pointers = {pointer for pointer, _ in shown}
    data = with_shown(event.data, masked, pointers)
    return Content(data, [pointer for pointer in hidden if pointer not in pointers], shown)


def reveal(
    store: RevealStore,
    viewer: Viewer,
    event: Envelope,
    masked: Any,
    *,
    pointer: str,
    purpose: str,
    stage: str = "",
) -> datetime:
    """Show a field to a person; returns until when. One event of the ledger states who, which field, and the purpose.

    Raises `NotAllowed` without the right, and `WrongUse` without a purpose or for what is no masked field of the event.
    """
    if not viewer.may("reveal") or not viewer.may("see-content"):
        raise NotAllowed(message("your roles do not have the right to see masked fields"))
    given = " ".join(purpose.split())
    if len(given) < LEAST_PURPOSE:
        raise WrongUse(
            message(
                "State the purpose, such as the number of the file: {least} characters or more.", least=LEAST_PURPOSE
            )
        )
    if pointer not in hidden_fields(event.data, masked):
        raise WrongUse(message("The event has no masked field {field}.", field=repr(pointer)))
    now = store.clock.now()
    until = now + store.rules.reveal_ends
    facts: Mapping[str, str] = {"event": event.id, "stage": stage, "field": pointer, "until": until.isoformat()}
    act = Act(str(Actor(viewer.name, viewer.login)), given)
    with store.ledger.transaction() as transaction:
        store.reveals.add(viewer.login, event.id, f"{stage}#{pointer}", until, transaction)
        what = message("masked field {field} shown", field=pointer)
        record_access_act(
            transaction, LOOKS, event.subject or event.id, "field-revealed", facts, what=what, act=act, now=now
        )
    return until


def hidden_fields(data: Any, masked: Any, at: str = "") -> Iterator[str]:
    """JSON pointers (RFC 6901) of the values that are other than they were. A key that is masked itself has none."""
    if isinstance(data, Mapping) and isinstance(masked, Mapping):
        for key, value in data.items():
            if key in masked:
                yield from hidden_fields(value, masked[key], f"{at}/{_escaped(key)}")
    elif isinstance(data, list | tuple) and isinstance(masked, list | tuple):
        for position, (value, shown) in enumerate(zip(data, masked, strict=False)):
            yield from hidden_fields(value, shown, f"{at}/{position}")
    elif data != masked:
        yield at


def with_shown(data: Any, masked: Any, pointers: Collection[str]) -> Any:
    """The masked data with the values at these pointers as they were."""
    changed = deepcopy(masked)
    for pointer in pointers:
        place, value = changed, data
        *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
        for part in parents:
            key: Any = int(part) if isinstance(value, list | tuple) else part
            place, value = place[key], value[key]
        key = int(last) if isinstance(value, list | tuple) else last
        place[key] = value[key]
    return changed


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
