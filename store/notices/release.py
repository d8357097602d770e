"""Handing notices to their channels: a held one is judged, and goes now, later, or not at all."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select

from connectors.notices.filling import fill, render
from connectors.notices.gateway import Answer, Verdict
from connectors.notices.template import Template
from connectors.notices.templates import Templates
from lienthong import Record, Rejected
from store.instants import format_instant
from store.notices import rows
from store.notices.attempts import answer_of
from store.notices.tables import attempts, notices
from transforms.notices.decisions import (
    ASK_WAITS,
    FAILED,
    HELD,
    IN_DOUBT,
    SENDING,
    SUPPRESSED,
    Decision,
    Given,
    Notice,
    after_answer,
    judge,
)
from transforms.notices.rules import NoticeRules

DUE = "notice.due.v1"

_MENDING = timedelta(minutes=10)
"""How soon a template that could not be read is tried again."""

LOST_AFTER = timedelta(minutes=15)
"""How long a gateway's answer is waited for: far longer than a call lasts. Then the process that called has ended, and
so has its event, for one over which processes end twice is a dead letter.
"""

LOOK_LIMIT = 1000
"""Notices that one look judges: what is left waits for the next look, so that no transaction grows without end."""

# Built once, as those of `rows`.
_WAITING = (
    select(notices.c.notice_id)
    .where(notices.c.state == bindparam("in_state"), notices.c.due_at <= bindparam("until"))
    .order_by(notices.c.happened_at, notices.c.notice_id)
    .limit(LOOK_LIMIT)
)


_LOST = (
    select(attempts)
    .join(notices, (attempts.c.notice_id == notices.c.notice_id) & (attempts.c.attempt == notices.c.attempt))
    .where(notices.c.state == SENDING, attempts.c.began_at <= bindparam("until"))
    .order_by(attempts.c.notice_id)
    .limit(LOOK_LIMIT)
)


class Office:
    """What notices are judged with. `folder` is that of the templates."""

    def __init__(self, rules: NoticeRules, folder: Path) -> None:
        self.rules = rules
        self._folder = folder
        self._templates = Templates(folder)

    def release(self, connection: Connection, notice_id: str, now: datetime) -> Iterator[Record]:
        """Judge a held notice, and write what it becomes. Yields the record for its channel when it goes now."""
        row = rows.find(connection, notice_id)
        if row is None or row.state != HELD:
            return
        notice = rows.notice_of(row)
        sent_today = rows.sent_on(connection, row.recipient, now) if notice.attempt == 0 else 0
        decision = judge(notice, self.rules, now, sent_today=sent_today)
        if decision.state != SENDING:
            rows.write_decision(connection, row, decision, now)
            return
        template = self._template(row.template, decision.channel)
        if template is None or not template.active:
            rows.write_decision(connection, row, _without(template, notice, decision, now), now)
            return
        try:
            record = self._due(row, template, decision, notice)
        except Rejected as fault:
            rows.write_decision(connection, row, Decision(FAILED, f"{fault.field}: {fault.why}", decision.channel), now)
            return
        if notice.attempt == 0:
            rows.count_one(connection, row.recipient, now)
        sent = {"attempt": notice.attempt + 1, "sent_at": format_instant(now)}
        rows.write_decision(connection, row, decision, now, **sent)
        yield record

    def look(self, connection: Connection, now: datetime) -> Iterator[Record]:
        """Judge every notice that waits until now, oldest first, and ask about those in doubt."""
        for notice_id in _waiting(connection, HELD, now):
            yield from self.release(connection, notice_id, now)
        for notice_id in _waiting(connection, IN_DOUBT, now):
            yield from self._ask(connection, notice_id, now)
        for attempt in connection.execute(_LOST, {"until": format_instant(now - LOST_AFTER)}).all():
            self._end_lost(connection, attempt, now)

    def _end_lost(self, connection: Connection, attempt: Row[Any], now: datetime) -> None:
        """Write what became of a notice whose gateway was called and whose answer did not come back: what the attempt
        has of it, or that it is not known.
        """
        row = rows.find(connection, attempt.notice_id)
        if row is None or row.state != SENDING:
            return
        answer = answer_of(attempt) or Answer(
            Verdict.IN_DOUBT, "tiến trình chết khi đang gọi cổng, nên không rõ đã gửi chưa"
        )
        given = Given(str(answer.verdict), now, row.attempt, row.channel, answer.why, answer.not_before)
        decision = after_answer(rows.notice_of(row), given, self.rules, now)
        if decision is not None:
            rows.write_decision(connection, row, decision, now)

    def _ask(self, connection: Connection, notice_id: str, now: datetime) -> Iterator[Record]:
        """The record by which a channel asks its gateway about a notice in doubt. It sends nothing."""
        row = rows.find(connection, notice_id)
        if row is None or row.state != IN_DOUBT:
            return
        asks = row.asks + 1
        until = now + ASK_WAITS[asks] if asks < len(ASK_WAITS) else None
        rows.write_decision(connection, row, Decision(IN_DOUBT, row.why, row.channel, until, row.tries), now, asks=asks)
        body = {"notice": row.notice_id, "channel": row.channel, "attempt": row.attempt, "ask": asks}
        yield Record(DUE, f"{row.notice_id}/{row.attempt}/ask/{asks}", body)

    def _template(self, name: str, channel: str) -> Template | None:
        """The template of a channel. One that was missing or broken is read again: it may have been mended."""
        named = f"{self.rules.language}/{name}"
        found = self._templates.get(channel, named)
        if found is None:
            self._templates = Templates(self._folder)
            found = self._templates.get(channel, named)
        return found

    def _due(self, row: Row[Any], template: Template, decision: Decision, notice: Notice) -> Record:
        parameters = fill(template, orjson.loads(row.data))
        subject, text = render(template, parameters)
        attempt = notice.attempt + 1
        body = {
            "notice": row.notice_id,
            "about": row.subject,
            "happening": row.happening,
            "agency": row.agency,
            "channel": decision.channel,
            "recipient": rows.address_of(row, decision.channel),
            "template": row.template,
            "parameters": parameters,
            "text": text,
            "subject": subject,
            "attempt": attempt,
            "try": notice.tries + 1,
            "send_before": format_instant(decision.until or notice.useful_until),
            "useful_until": row.useful_until,
        }
        return Record(DUE, f"{row.notice_id}/{attempt}", body)


def _without(template: Template | None, notice: Notice, decision: Decision, now: datetime) -> Decision:
    """What becomes of a notice without a template: one that cannot be read is waited for, one that is switched off
    leaves the next channel.
    """
    channel = decision.channel
    if template is None:
        why = f"không đọc được mẫu của kênh {channel}; sửa mẫu thì thông báo đi tiếp"
        return Decision(HELD, why, channel, now + _MENDING, decision.tries)
    if notice.next_channel is None:
        return Decision(SUPPRESSED, "mẫu đang tắt (`active: false`)", channel)
    return Decision(HELD, f"mẫu của kênh {channel} đang tắt", notice.next_channel, now)


def _waiting(connection: Connection, state: str, now: datetime) -> Sequence[str]:
    return connection.execute(_WAITING, {"in_state": state, "until": format_instant(now)}).scalars().all()
