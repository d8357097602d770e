"""Parts of an iGate dossier that are objects or names: procedure, channel, level, status."""

from collections.abc import Mapping
from typing import Any

from lienthong import Rejected, Table
from lienthong.connectors.protocols.lists import object_of
from transforms import wire
from transforms.identity import clean_identity
from transforms.procedures import national_code
from transforms.text import clean, table_key


def procedure_of(procedure: Any) -> tuple[str, str | None]:
    """The national code and the name of a procedure. Raises `Rejected` when there is no code."""
    if not isinstance(procedure, dict):
        raise Rejected("hồ sơ không có thủ tục hành chính", field="procedure")
    code = wire.require_text(procedure.get("code"), "procedure.code", "hồ sơ không có mã thủ tục hành chính")
    return national_code(code), wire.name(procedure.get("translate"))


def assistance_of(extend: Any) -> str | None:
    """Who helped to file the dossier (donViHoTro)."""
    return clean((object_of(extend) or {}).get("donViHoTro")) if extend else None


def channel_of(method: Any, channels: Table) -> str | None:
    """The channel of an applyMethod: in person when none is given, None when the table does not have it."""
    name = wire.name_of(method)
    if name is None:
        return "in_person" if method is None or isinstance(method, str | dict) else None
    return channels.get(table_key(name))


def look_up(value: Any, table: Table) -> str | None:
    """The entry of `table` for the name of `value`."""
    name = wire.name_of(value)
    return None if name is None else table.get(table_key(name))


def status_of(status: Any, statuses: Table) -> int | None:
    """The status by its name, else by its number: iGate sends `{id, name}`, or in some records the number alone."""
    found = look_up(status, statuses)
    if found is None:
        number = wire.code(status.get("id") if isinstance(status, dict) else status)
        found = statuses.get(f"id:{number}")
    return None if found is None else int(found)


def applicant_of(data: Mapping[str, Any]) -> dict[str, str | None]:
    """The filer by the fields of the canonical dossier, each None when there is none."""
    person = wire.object_at(wire.object_at(data, "applicant"), "data")
    return {
        "identity": clean_identity(person.get("identityNumber")),
        "applicant": clean(person.get("fullname")) or clean(person.get("ownerFullname")),
        "phone": wire.code(person.get("phoneNumber")) or None,
        "email": clean(person.get("email")),
    }


def is_plain_applicant(data: Mapping[str, Any]) -> bool:
    """Whether no filer is given, or the number stands where and as it usually does: in two objects, and no list.

    So do the name, the phone number and the e-mail address, as far as there are any.
    """
    applicant = data.get("applicant")
    if not isinstance(applicant, dict):
        return applicant is None
    inner = applicant.get("data")
    if not isinstance(inner, dict) or isinstance(inner.get("identityNumber", {}), list | dict):
        return False
    return _NESTED.isdisjoint(map(type, map(inner.get, APPLICANT.values())))


def notifies(data: Mapping[str, Any]) -> bool | None:
    """Whether iGate itself tells the applicant at a step that the dossier is in; None when the steps are unclear."""
    tasks = data.get("currentTask")
    if tasks is None:
        tasks = data.get("task")
    if not tasks:
        return False
    flags = []
    try:
        for task in tasks:
            variable = (task.get("bpmProcessDefinitionTask") or _EMPTY).get("variable") or _EMPTY
            flags.append(variable.get("mustSendSMSToApplicant"))
    except (AttributeError, TypeError):
        return None
    if any(flag.__class__ in (list, dict) for flag in flags):
        return None
    return any(flag is True or (flag and wire.code(flag) == "1") for flag in flags)


_EMPTY: Mapping[str, Any] = {}
APPLICANT = {
    "identity": "identityNumber",
    "applicant": "fullname",
    "phone": "phoneNumber",
    "email": "email",
}
"""Fields of the canonical dossier and the parts of the applicant's form that they come from."""
_NESTED = frozenset({dict, list})
