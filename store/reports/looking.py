"""The look of the schedule: every report that is due is drafted, once."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from lienthong import LOCAL_ZONE, LienthongError, Rejected, Site, Transaction, Transient
from lienthong.adapters.sql import open_reader, translate_errors
from store.instants import parse_instant
from store.reports import rows
from store.reports.drafting import Draft, Drafts
from transforms.report_life import ReportLife

log = structlog.get_logger(__name__)


class Looks:
    """Drafts what is due by the rules."""

    def __init__(self, site: Site, rules: ReportLife, drafts: Drafts) -> None:
        self._site = site
        self._rules = rules
        self._drafts = drafts

    def look(self, transaction: Transaction) -> str:
        """Draft every report that is due and has no edition. What cannot be made stays due, with the reason.

        What was due long ago and is not sent is named to operators.
        """
        now = self._site.clock.now()
        with open_reader(self._site.database, rows.UNAVAILABLE) as connection:
            known = rows.known(connection)
            overdue = rows.overdue(connection, now - timedelta(days=self._rules.alarm_after))
        for row in overdue:
            day = f"{parse_instant(row.due_at).astimezone(LOCAL_ZONE):%d/%m/%Y}"
            self._site.notices.add(f"{row.edition_id} đến hạn từ ngày {day} mà chưa gửi xong ({row.state})")
        waiting = [one for one in self._rules.due_until(now) if known.get(one[:2], "due") == "due"]
        attempted = [(report, period, due, self._try(report, period)) for report, period, due in waiting]
        if not attempted:
            return ""
        with translate_errors(rows.UNAVAILABLE):
            drafted = [self._write(transaction.connection, *one) for one in attempted]
        return ", ".join(filter(None, drafted))

    def _try(self, report: str, period: str) -> Draft | str | None:
        """The draft, or why it could not be made. Raises `Transient`: the next look tries again."""
        try:
            return self._drafts.make(report, period)
        except Transient:
            raise
        except Exception as error:  # a report may raise anything; the others are made all the same
            log.exception("a report that is due could not be drafted", report=report, period=period)
            return str(error) if isinstance(error, LienthongError) else type(error).__name__

    def _write(
        self, connection: Connection, report: str, period: str, due: datetime, attempted: Draft | str | None
    ) -> str:
        name = rows.edition_id(report, period, 1)
        due_at = rows.moment(due)
        if isinstance(attempted, Draft):
            try:
                return self._drafts.write(attempted, connection, who="", why="", due_at=due_at).edition
            except Rejected:
                return ""  # another process has drafted it
        if attempted is not None:
            row = {
                "edition_id": name,
                "report": report,
                "period": period,
                "edition": 1,
                "state": "due",
                "why": attempted,
            }
            if not rows.insert(connection, {**row, "due_at": due_at}):
                was = rows.find(connection, name)
                rows.write(connection, name, {"why": attempted}, was=was) if was.state == "due" else None
        return ""
