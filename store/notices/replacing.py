"""Which notices of a dossier or deadline take the place of others: of what is held together, the newest alone goes."""

from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection, Row, bindparam, select

from store.instants import format_instant
from store.notices import rows
from store.notices.tables import notices
from transforms.notices.decisions import HELD, INFORMED, SUPPRESSED
from transforms.notices.facts import Fact
from transforms.notices.rules import Happening

HAPPENINGS = get_args(Happening)
"""In the order in which they happen at the same moment."""

NEWER_THERE = "đã có tình trạng mới hơn"
_REPLACED = "thay bằng tình trạng mới hơn"

# Built once, as those of `rows`.
_COLUMNS = [notices.c[name] for name in ("notice_id", "fact", "happened_at", "happening", "state", "seen_at", "why")]
_OF_SUBJECT = select(*_COLUMNS).where(notices.c.subject == bindparam("of_subject"))
_OTHERS_HELD = _OF_SUBJECT.where(notices.c.state == HELD, notices.c.fact != bindparam("but")).with_for_update()


def order_of(fact: Fact) -> tuple[str, int]:
    """Facts of one subject in the order in which they happened, as their rows are ordered."""
    return format_instant(fact.at), HAPPENINGS.index(fact.happening)


def end_older(connection: Connection, fact: Fact, now: datetime) -> None:
    """What is held of older facts is not sent any more, because this one is announced in its place."""
    held = connection.execute(_OTHERS_HELD, {"of_subject": fact.subject, "but": fact.key}).all()
    older = [row.notice_id for row in held if _order(row) < order_of(fact)]
    if older:
        rows.end(connection, older, SUPPRESSED, f"{_REPLACED} ({fact.happening})", now)


def is_replaced(connection: Connection, fact: Fact) -> bool:
    """Whether a notice of a newer fact is there that waits, too, or that was known no later than this fact.

    What becomes known after the newer one was sent, at a later look, is announced.
    """
    seen_at = format_instant(fact.seen_at)
    return any(
        _order(row) > order_of(fact) and row.state != SUPPRESSED and (row.state == HELD or row.seen_at >= seen_at)
        for row in connection.execute(_OF_SUBJECT, {"of_subject": fact.subject})
    )


def restore_older(connection: Connection, subject: str, now: datetime) -> None:
    """A notice was retracted before it was sent: what it replaced is held again, if that is the newest one now."""
    found = connection.execute(_OF_SUBJECT.with_for_update(), {"of_subject": subject}).all()
    replaced = [row for row in found if row.state == SUPPRESSED and row.why.startswith((_REPLACED, NEWER_THERE))]
    there = [row for row in found if row.state == HELD or row.state in INFORMED]
    newest = max([*replaced, *there], key=_order, default=None)
    if newest is not None and newest in replaced:
        at = format_instant(now)
        rows.write(connection, newest.notice_id, {"state": HELD, "why": "", "due_at": at, "changed_at": at})
        rows.end(connection, [row.notice_id for row in there if row.state == HELD], SUPPRESSED, _why(newest), now)


def _why(row: Row[Any]) -> str:
    return f"{_REPLACED} ({row.happening})"


def _order(row: Row[Any]) -> tuple[str, int]:
    return row.happened_at, HAPPENINGS.index(row.happening)
