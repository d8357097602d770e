"""Versions that are dated later than they were seen count as changed when they were seen.

Until now such a version stood in the way of every later one, which went to the history only. A dossier that has one is
shown again by the newest version of its history; a period of service has no history and is right after its next change.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from alembic import op
from sqlalchemy import Connection, text

revision = "0003"
down_revision = "0002"

_COLUMNS = (
    *("procedure", "procedure_name", "online_level", "channel", "status", "agency", "agency_name", "officer"),
    *("identity", "accepted_at", "appointment_at", "completed_at"),
)
_INSTANTS = frozenset({"accepted_at", "appointment_at", "completed_at"})


def upgrade() -> None:
    connection = op.get_bind()
    late = text("SELECT source, code FROM store_dossiers WHERE updated_at > observed_at")
    for source, code in connection.execute(late).all():
        _show_newest(connection, source, code)
    for table in ("store_dossiers", "store_service_periods"):  # also dossiers whose history was removed
        connection.execute(text(f"UPDATE {table} SET updated_at = observed_at WHERE updated_at > observed_at"))  # noqa: S608 - names of this file


def _show_newest(connection: Connection, source: str, code: str) -> None:
    of_dossier = {"source": source, "code": code}
    history = text("SELECT event_id, data FROM store_dossier_versions WHERE source = :source AND code = :code")
    found = [(row.event_id, orjson.loads(row.data)) for row in connection.execute(history, of_dossier)]
    versions = [version for version in found if version[1].get("updated_at") and version[1].get("observed_at")]
    if not versions:
        return
    event_id, data = max(versions, key=lambda version: (_updated_at(version[1]), _observed_at(version[1]), version[0]))
    values = {name: _value(data, name) for name in _COLUMNS}
    values |= {
        "event_id": event_id,
        "updated_at": _updated_at(data),
        "observed_at": _observed_at(data),
        "quality": " ".join(data.get("quality") or ()),
    }
    assignments = ", ".join(f"{name} = :{name}" for name in values)
    row = text(f"UPDATE store_dossiers SET {assignments} WHERE source = :source AND code = :code")  # noqa: S608 - names of this file
    connection.execute(row, values | of_dossier)


def _updated_at(data: Mapping[str, Any]) -> str:
    return min(_instant(data["updated_at"]), _observed_at(data))


def _observed_at(data: Mapping[str, Any]) -> str:
    return _instant(data["observed_at"])


def _value(data: Mapping[str, Any], name: str) -> Any:
    value = data.get(name)
    return _instant(value) if name in _INSTANTS and value is not None else value


def _instant(value: str) -> str:
    """An instant in the form of the store, of one width: `2023-11-01T00:00:00.000000Z`."""
    moment = datetime.fromisoformat(value).astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
