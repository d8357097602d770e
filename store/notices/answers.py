"""What an answer does to a notice: of a gateway, of a receipt, or of a person who resolved a doubt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from connectors.notices.gateway import Verdict
from lienthong import Record, Rejected
from store.instants import format_instant, parse_instant
from store.notices import rows
from store.notices.release import Office
from store.notices.tables import attempts
from transforms.notices.decisions import HELD, Given, after_answer

# Built once, as those of `rows`.
_OF_ATTEMPT = (attempts.c.notice_id == bindparam("of_notice"), attempts.c.attempt == bindparam("of_attempt"))
_ATTEMPT = select(attempts).where(*_OF_ATTEMPT)
_WRITE_ATTEMPT = update(attempts).where(*_OF_ATTEMPT)


def take_answer(
    office: Office, connection: Connection, data: Mapping[str, Any], now: datetime
) -> tuple[str, Sequence[Record]]:
    """Write what an answer changes. Returns a note, and the record for a channel when the notice goes again at once.

    A receipt names the notice, or the gateway's own name of it. Raises `Rejected` for an answer that states nothing.
    """
    verdict, notice_id = data.get("verdict"), data.get("notice") or _by_gateway(connection, data)
    if not isinstance(verdict, str):
        raise Rejected("câu trả lời không nêu kết quả", field="verdict")
    row = rows.find(connection, str(notice_id)) if notice_id else None
    if row is None:
        return "không có thông báo này", ()
    at = parse_instant(str(data["at"])) if data.get("at") else now
    attempt = data.get("attempt")
    given = Given(
        verdict=verdict,
        at=at,
        attempt=attempt,
        channel=data.get("channel"),
        why=str(data.get("why") or ""),
        not_before=parse_instant(str(data["not_before"])) if data.get("not_before") else None,
    )
    _note(connection, row.notice_id, attempt or row.attempt, data, at)
    decision = after_answer(rows.notice_of(row), given, office.rules, now)
    if decision is None:
        return f"không đổi gì: thông báo đang ở trạng thái {row.state}", ()
    rows.write_decision(connection, row, decision, now)
    is_due = decision.state == HELD and decision.until is not None and decision.until <= now
    return "", list(office.release(connection, row.notice_id, now)) if is_due else ()


def _by_gateway(connection: Connection, data: Mapping[str, Any]) -> str | None:
    """The notice that a gateway knows by a name of its own."""
    if not data.get("gateway_id"):
        return None
    named = (attempts.c.channel == data.get("channel"), attempts.c.gateway_id == str(data["gateway_id"]))
    return connection.execute(select(attempts.c.notice_id).where(*named).limit(1)).scalar()


def _note(connection: Connection, notice_id: str, attempt: int, data: Mapping[str, Any], at: datetime) -> None:
    """Keep with the attempt what a later answer states of it: the end of a doubt, and the cost that is billed."""
    of_attempt = {"of_notice": notice_id, "of_attempt": attempt}
    known = connection.execute(_ATTEMPT, of_attempt).first()
    if known is None:
        return
    values: dict[str, Any] = {
        name: data[name] for name in ("cost", "parts", "gateway_id") if data.get(name) is not None
    }
    is_new = known.verdict in (None, str(Verdict.IN_DOUBT)) and data["verdict"] != str(Verdict.IN_DOUBT)
    if is_new and data["verdict"] in set(Verdict):
        values |= {"verdict": data["verdict"], "why": data.get("why"), "answered_at": format_instant(at)}
    if values:
        connection.execute(_WRITE_ATTEMPT, of_attempt | values)
