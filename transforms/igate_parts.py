"""Parts of an iGate dossier that are objects or names: procedure, channel, level, status."""

from typing import Any

from lienthong import Rejected, Table
from transforms import wire
from transforms.procedures import national_code
from transforms.text import table_key


def procedure_of(procedure: Any) -> tuple[str, str | None]:
    """The national code and the name of a procedure. Raises `Rejected` when there is no code."""
    if not isinstance(procedure, dict):
        raise Rejected("hồ sơ không có thủ tục hành chính", field="procedure")
    code = wire.require_text(procedure.get("code"), "procedure.code", "hồ sơ không có mã thủ tục hành chính")
    return national_code(code), wire.name(procedure.get("translate"))


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
