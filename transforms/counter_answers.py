"""The steps that answer a check at the counter (`schemas.requests.counter_checks`), each from what one lookup found.

They put together `data["answer"]`, part by part. What is not known is part of an answer, and never an error.
"""

from datetime import datetime
from typing import Any

from lienthong import Envelope, Found, NotKnown
from transforms.civil_servants import load_period
from transforms.counter_checks import UNKNOWN, RegisterState, decide, register_state
from transforms.identity import clean_identity
from transforms.moments import local_date
from transforms.procedures import national_code

_ACCOUNTS = {True: "found", False: "none", None: "unknown"}

REGISTER, CATALOGUE = "register", "catalogue"
"""The keys by which a lookup is asked when these were last read."""


def citizen(envelope: Envelope) -> tuple[str, ...]:
    """The number of the person who files, 12 digits or 9 old ones; no key when there is none."""
    number = clean_identity(envelope.data.get("citizen_id"))
    return (number,) if number else ()


def procedure(envelope: Envelope) -> tuple[str, ...]:
    """The procedure on the local day that is asked about: `1.000656@2024-01-14`."""
    return (f"{national_code(envelope.data['procedure'])}@{local_date(_moment(envelope))}",)


def what_is_read(_: Envelope) -> tuple[str, ...]:
    """Both that an answer stands on."""
    return (REGISTER, CATALOGUE)


def check_id(envelope: Envelope) -> tuple[str, ...]:
    """The check that an acknowledgement is about."""
    return (envelope.data["check_id"],)


def find_person(envelope: Envelope, found: Found) -> Envelope:
    """Whether the person was a civil servant at the moment asked for. `found`: see `transforms.civil_servants.tag`."""
    state = UNKNOWN
    if (keys := citizen(envelope)) and not isinstance(found, NotKnown):
        state = register_state(map(load_period, found.get(keys[0], ())), _moment(envelope))
    return _answered(envelope, civil_servant=state.civil_servant, staff_kind=state.kind, staff_agency=state.agency)


def find_procedure(envelope: Envelope, found: Found) -> Envelope:
    """How the procedure was offered online on that day, and whether to remind. It comes after `find_person`.

    `found` has the version in force by procedure and day: see `store.procedures_in_force`.
    """
    so_far = envelope.data["answer"]
    version = found.get(procedure(envelope)[0])
    state = RegisterState(so_far["civil_servant"], so_far["staff_kind"], so_far["staff_agency"])
    answer = decide(state, None if version is None else version["online_level"])
    return _answered(envelope, procedure_online=answer.procedure_online, notify=answer.notify, message=answer.message)


def find_account(envelope: Envelope, found: Found) -> Envelope:
    """Whether the person has an account on the national portal.

    `found` has True or False by number; a number is absent when the portal gave no answer, or not in time.
    """
    has_account = next((found[key] for key in citizen(envelope) if key in found), None)
    return _answered(envelope, portal_account=_ACCOUNTS[has_account])


def date_answer(envelope: Envelope, found: Found) -> Envelope:
    """State when the older of register and catalogue was last read, and the id of the check. It comes last.

    `found` has the moments as ISO 8601 text; one that is absent was never read. A person who is not found in a register
    that was never read to its end is not known.
    """
    moments = [datetime.fromisoformat(found[key]) for key in what_is_read(envelope) if found.get(key)]
    as_of = min(moments).isoformat() if len(moments) == len(what_is_read(envelope)) else None
    is_known = envelope.data["answer"]["civil_servant"] or found.get(REGISTER)
    unknown = {} if is_known else {"civil_servant": None}
    return _answered(envelope, check_id=envelope.id, data_as_of=as_of, **unknown)


def acknowledge(envelope: Envelope, found: Found) -> Envelope | None:
    """Answer an acknowledgement; None when there is no such check. `found` has the checks there are, by their id."""
    if not found.get(check_id(envelope)[0]):
        return None
    data = envelope.data
    return _answered(envelope, check_id=data["check_id"], decision=data["decision"])


def _moment(envelope: Envelope) -> datetime:
    at = envelope.data.get("at")
    return datetime.fromisoformat(at) if at else envelope.time


def _answered(envelope: Envelope, **parts: Any) -> Envelope:
    data = envelope.data
    return envelope.with_data(envelope.type, {**data, "answer": {**data.get("answer", {}), **parts}})
