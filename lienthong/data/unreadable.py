"""Data that could not be read: it is noted under one key, travels as an ordinary event, and dies at its first route.

So no source stops at one record, no route of a project has to know of it, and an operator can mend the data with
`lienthong dead edit` (take the key away) and replay it. The value under `UNREADABLE_KEY` is `{"reason": …, "field": …}`
and the place.
"""

from collections.abc import Mapping
from typing import Any

from lienthong.masking import UNREADABLE_KEY
from lienthong.messages import in_ledger_language, message

__all__ = ["FIELD_LIMIT", "TEXT_LIMIT", "UNREADABLE_KEY", "clipped", "fault_of", "unreadable_data"]

TEXT_LIMIT = 1_000
"""Characters of a reason."""

FIELD_LIMIT = 200
"""Characters of the name of a field, which may be as long as its sender likes."""


def unreadable_data(
    reason: str,
    *,
    field: str | None = None,
    kept: Mapping[str, Any] | None = None,
    place: Mapping[str, str | int] | None = None,
) -> dict[str, Any]:
    """The data of an event that could not be read.

    - `field`: the key at fault, as the sender wrote it, with indexes: `fees[0].amount`.
    - `kept`: what could be read, as JSON can carry it.
    - `place`: where it stood, e.g. file and line.
    """
    note: dict[str, Any] = {"reason": clipped(in_ledger_language(reason), TEXT_LIMIT)}
    if field:
        note["field"] = clipped(field, FIELD_LIMIT)
    return {**(kept or {}), UNREADABLE_KEY: {**note, **(place or {})}}


def fault_of(data: Mapping[str, Any]) -> tuple[str, str | None]:
    """The reason and the field of data that has `UNREADABLE_KEY`, as anybody may have written it."""
    note = data[UNREADABLE_KEY]
    noted = note if isinstance(note, dict) else {"reason": note}
    reason, field = noted.get("reason"), noted.get("field")
    if not isinstance(reason, str) or not reason.strip():
        reason = in_ledger_language(message("the record could not be read"))
    return clipped(reason, TEXT_LIMIT), clipped(field, FIELD_LIMIT) if isinstance(field, str) and field else None


def clipped(text: str, limit: int) -> str:
    """`text` within a limit, without what no database can keep."""
    short = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return short.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
