"""What operators see of notices: the list, one with its attempts, costs, templates with examples; and a doubt's end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, Row, Select, select

from connectors.notices.filling import fill, preview
from connectors.notices.gsm import count_parts
from connectors.notices.lint import lint
from connectors.notices.template import SmsTemplate, Template
from connectors.notices.templates import Templates
from lienthong import Finding, NoticeFilter, NoticeOutcome, Record, Rejected, Resolution
from lienthong.adapters.sql import open_reader
from store.instants import format_instant
from store.notices.channel import ANSWERED
from store.notices.figures import costs_of
from store.notices.tables import attempts, notices

INBOX = "notice-resolutions"
"""What a person found out comes by this inbox, as a push does."""

_UNAVAILABLE = "kho thông báo không trả lời"
_COLUMNS = (
    "notice_id", "subject", "happening", "state", "why", "channel", "recipient", "agency", "template", "attempt",
    "happened_at", "due_at", "sent_at", "useful_until", "changed_at", "event_id",
)  # fmt: skip
_PAGE = 500

_VERDICTS: Mapping[NoticeOutcome, str] = {"delivered": "delivered", "not-sent": "retry", "failed": "dead"}

EXAMPLES: Mapping[str, Any] = {
    "dossier": "000.00.01.H08-261201-0007",
    "key": "000.00.01.H08-261201-0007",
    "applicant": "NGUYỄN VĂN MẪU",
    "procedure_name": "Đăng ký khai sinh",
    "agency_name": "UBND phường Quy Nhơn",
    "agency": "000.00.01.H08",
    "at": "2026-12-01T01:30:00Z",
    "appointment_at": "2026-12-03T10:00:00Z",
    "previous_appointment_at": "2026-12-02T10:00:00Z",
    "due_at": "2026-12-03T10:00:00Z",
    "name": "Thông báo tiếp nhận",
    "officer": "Trần Thị Mẫu",
    "document": "Quyết định 27/2020/QĐ-UBND",
}
"""Invented values of the fields that templates name."""


def iter_notices(database: Engine, wanted: NoticeFilter) -> Iterator[Mapping[str, Any]]:
    """The notices by id, read in pages."""
    after = wanted.after
    with open_reader(database, _UNAVAILABLE) as connection:
        while page := connection.execute(_page(wanted, after)).all():
            yield from map(_as_mapping, page)
            after = page[-1].notice_id


def find_notice(database: Engine, notice: str) -> Mapping[str, Any] | None:
    """One notice with its attempts."""
    with open_reader(database, _UNAVAILABLE) as connection:
        row = connection.execute(select(notices).where(notices.c.notice_id == notice)).first()
        if row is None:
            return None
        of_notice = select(attempts).where(attempts.c.notice_id == notice).order_by(attempts.c.attempt)
        rows = [dict(one._mapping) for one in connection.execute(of_notice)]
    names = [name for name, _ in orjson.loads(row.channels)]
    return {**_as_mapping(row), "channels": names, "data": orjson.loads(row.data), "attempts": rows}


def costs(database: Engine, since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
    """What was spent, by channel, agency and happening."""
    with open_reader(database, _UNAVAILABLE) as connection:
        spent = costs_of(connection, since, until)
    return [{name: getattr(one, name) for name in one.__slots__} for one in spent]


def previews(folder: Path, template: str) -> Sequence[Mapping[str, Any]]:
    """A template in each channel and language, filled in with invented values."""
    files = [file for file in Templates(folder).files() if file.name == template]
    return [{"channel": file.channel, "language": file.language, **_preview(file.content.value)} for file in files]


def findings(folder: Path) -> Sequence[Finding]:
    """What is wrong with the templates, by their files."""
    return lint(Templates(folder)) if folder.is_dir() else ()


def resolution(notice: Mapping[str, Any], outcome: NoticeOutcome, *, person: str, why: str) -> Resolution:
    """What `person` found out about the last attempt, as a record for the inbox."""
    body = {
        "notice": notice["notice"],
        "channel": notice["channel"],
        "attempt": notice["attempt"],
        "verdict": _VERDICTS[outcome],
        "why": f"{person}: {why}",
        "person": person,
        "at": format_instant(datetime.now(UTC)),
    }
    return Resolution(INBOX, Record(ANSWERED, f"{notice['notice']}/{notice['attempt']}", body))


def _page(wanted: NoticeFilter, after: str) -> Select[Any]:
    query = select(*(notices.c[name] for name in _COLUMNS)).where(notices.c.notice_id > after)
    if wanted.state:
        query = query.where(notices.c.state == wanted.state)
    if wanted.channel:
        query = query.where(notices.c.channel == wanted.channel)
    if wanted.about:
        query = query.where(notices.c.subject.in_([wanted.about, f"dossier/{wanted.about}"]))
    return query.order_by(notices.c.notice_id).limit(_PAGE)


def _as_mapping(row: Row[Any]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _COLUMNS}
    return {"notice": values.pop("notice_id"), "about": values.pop("subject"), **values}


def _preview(template: Template | None) -> Mapping[str, Any]:
    if template is None:
        return {"text": None, "why": "mẫu có lỗi; xem `lienthong check`"}
    try:
        text = preview(template, fill(template, EXAMPLES))
    except Rejected as fault:
        return {"text": None, "why": f"{fault.field}: {fault.why}"}
    parts = {"parts": count_parts(text).parts} if isinstance(template, SmsTemplate) else {}
    return {"text": text, "active": template.active, **parts}
