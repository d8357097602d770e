"""What an edition is once messages have left: sent, received; and how a person ends a doubt."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from lienthong import Person, Rejected, ReportAct, SendingOutcome
from store.reports import rows
from store.reports.sendings import FAILED, IN_DOUBT, SENDING, SENT, write_state

SENT_ACT, RESOLVED, RECEIVED = "report-sent", "report-resolved", "report-received"


def before(connection: Connection, row: rows.EditionRow) -> rows.EditionRow | None:
    """The edition before, if there is one."""
    if row.edition == 1:
        return None
    return rows.find(connection, rows.edition_id(row.report, row.period, row.edition - 1))


def refuse_unless_sendable(connection: Connection, row: rows.EditionRow) -> None:
    """Raise `Rejected` for an edition that is not approved, or that is not the newest."""
    if row.approved_at is None:
        raise Rejected(f"{row.edition_id} ở trạng thái {row.state}; phải duyệt trước khi gửi", field="state")
    newest = rows.newest(connection, row.report, row.period)
    if newest is not None and newest.edition != row.edition:
        raise Rejected(f"đã có lần phát hành mới hơn: {newest.edition_id}", field="state")


def end(connection: Connection, row: rows.EditionRow, left: int, *, person: Person, now: datetime) -> ReportAct | None:
    """Write that the edition is sent, once nothing is left. None when nothing was sent and nothing changed."""
    counts = Counter(one.state for one in rows.sendings_of(connection, row.edition_id))
    is_sent = left == 0 and row.state == "approved"
    if not is_sent and (not counts or row.state != "approved"):
        return None
    facts = {"complete": left == 0, "left": left, **{state: counts[state] for state in sorted(counts)}}
    if is_sent:
        rows.write(connection, row.edition_id, {"state": "sent", "sent_at": rows.moment(now)}, was=row)
    _note(connection, row, SENT_ACT, (person, now), "")
    return ReportAct(SENT_ACT, row.edition_id, facts)


def resolve(
    connection: Connection,
    edition: str,
    recipient: str,
    outcome: SendingOutcome,
    *,
    person: Person,
    why: str,
    now: datetime,
) -> ReportAct:
    """End the doubts about a recipient. What was not sent is sent by the next `send`. Raises `Rejected`."""
    row = rows.find(connection, edition, lock=True)
    doubtful = [one for one in _of_recipient(connection, edition, recipient) if one.state in (IN_DOUBT, SENDING)]
    if not doubtful:
        raise Rejected(f"không có thư nào tới {recipient} đang chờ xác minh", field="state")
    state = SENT if outcome == "sent" else FAILED
    for one in doubtful:
        write_state(connection, one, {"state": state, "why": f"{person}: {why}"})
    _note(connection, row, RESOLVED, (person, now), f"{recipient}: {outcome}. {why}")
    return ReportAct(RESOLVED, edition, {"recipient": recipient, "outcome": outcome, "messages": len(doubtful)})


def receive(
    connection: Connection, edition: str, recipient: str, *, person: Person, why: str, now: datetime
) -> ReportAct:
    """Note that a recipient has what was sent; with "" that all have it. Raises `Rejected`."""
    row = rows.find(connection, edition, lock=True)
    found = _of_recipient(connection, edition, recipient)
    sent = [one for one in found if one.state == SENT and one.received_at is None]
    if not sent:
        raise Rejected(f"chưa có thư nào tới {recipient or 'bất kỳ nơi nào'} ở trạng thái đã gửi", field="state")
    for one in sent:
        write_state(connection, one, {"received_at": rows.moment(now)})
    everything = rows.sendings_of(connection, edition)
    complete = row.state == "sent" and all(one.received_at or one.state != SENT for one in everything)
    if complete:
        rows.write(connection, edition, {"state": "received", "received_at": rows.moment(now)}, was=row)
    _note(connection, row, RECEIVED, (person, now), f"{recipient} {why}".strip())
    return ReportAct(RECEIVED, edition, {"recipient": recipient, "messages": len(sent), "complete": complete})


def _of_recipient(connection: Connection, edition: str, recipient: str) -> Sequence[Row[Any]]:
    found = rows.sendings_of(connection, edition)
    return [one for one in found if recipient in ("", one.recipient, one.unit)]


def _note(connection: Connection, row: rows.EditionRow, kind: str, who: tuple[Person, datetime], why: str) -> None:
    person, now = who
    act = {"kind": kind, "who": str(person), "at": now, "why": why, "digest": row.digest}
    rows.add_act(connection, row.edition_id, act)
