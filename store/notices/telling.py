"""What a fact does to the notices: it makes one; what is older, corrected or retracted is not announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select, update

from connectors.notices.phones import read as read_phone
from store.instants import format_instant
from store.notices import rows
from store.notices.release import Office
from store.notices.replacing import NEWER_THERE, end_older, is_replaced, order_of, restore_older
from store.notices.tables import notices, subjects
from transforms.notices.decisions import EXPIRED, FAILED, HELD, INFORMED, SUPPRESSED, Decision
from transforms.notices.facts import Fact, notice_id
from transforms.notices.rules import Rule

_PHONE_CHANNELS = ("zalo", "sms")

# Built once, as those of `rows`.
_SUBJECT = select(subjects).where(subjects.c.subject == bindparam("wanted")).with_for_update()
_WRITE_SUBJECT = update(subjects).where(subjects.c.subject == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Telling:
    """One fact that is taken. `event_id` is the event that tells it. `note` states in the trail what became of it."""

    office: Office
    connection: Connection
    fact: Fact
    event_id: str
    now: datetime

    def take(self) -> str:
        """Write what the fact changes. Returns a note for the trail.

        A new notice is held until the next look, within a minute: of what is shown of a dossier together, the newest
        alone goes.
        """
        rule = self.office.rules.of(self.fact.happening, self.fact.source, self.fact.filed)
        if rule is None:
            return "không có quy tắc thông báo cho việc này"
        is_newest = self._note_newest()
        if self.fact.change == "retracted":
            return self._retract(rule)
        if reason := self._too_old(rule):
            return reason
        if not rule.channels:
            end_older(self.connection, self.fact, self.now)
            return "quy tắc không có kênh: chỉ thay thông báo cũ đang chờ"
        return self._announce(rule, is_newest=is_newest)

    def _announce(self, rule: Rule, *, is_newest: bool) -> str:
        addresses = self._addresses(rule)
        if reason := self._without_notice(addresses):
            return reason  # what is held of older facts goes: otherwise the recipient would hear of none
        known = rows.find(self.connection, notice_id(self.fact.key, addresses[0][1]))
        if known is not None:
            if known.state not in (SUPPRESSED, EXPIRED, FAILED):
                end_older(self.connection, self.fact, self.now)
            return self._change(known, rule, addresses)
        if self.fact.change == "corrected":
            self._end_other_recipients()
        why = NEWER_THERE if not is_newest and is_replaced(self.connection, self.fact) else ""
        if not why:
            end_older(self.connection, self.fact, self.now)
        return self._add(rule, rule.template, addresses, self.fact.key, why)

    def _note_newest(self) -> bool:
        """Note the newest fact of the subject. Whether it is surely this one."""
        fact = self.fact
        order = order_of(fact)
        row = {"subject": fact.subject, "fact": fact.key, "happened_at": order[0], "place": order[1]}
        if rows.insert_new(self.connection, subjects, row):
            known = None
        else:
            known = self.connection.execute(_SUBJECT, {"wanted": fact.subject}).one()
        is_same = known is not None and known.fact == fact.key
        if fact.change == "retracted":
            if is_same or known is None:  # what it was before is not known: the next one counts, whichever it is
                self._write_newest({**row, "fact": "", "happened_at": "", "place": 0})
            return False
        if known is not None and not is_same and (known.happened_at, known.place) > order:
            return False
        self._write_newest(row)
        return known is None or known.fact != ""

    def _write_newest(self, row: dict[str, Any]) -> None:
        self.connection.execute(_WRITE_SUBJECT, {"wanted": self.fact.subject, **row})

    def _end_other_recipients(self) -> None:
        """The fact is corrected and has another recipient: what is held for the one before is not sent."""
        held = (notices.c.fact == self.fact.key, notices.c.state == HELD)
        ids = self.connection.execute(select(notices.c.notice_id).where(*held)).scalars().all()
        rows.end(self.connection, ids, SUPPRESSED, "người nhận đã được sửa", self.now)

    def _too_old(self, rule: Rule) -> str:
        """Why what happened long ago is not announced; no row is written, so a first load of years writes none."""
        if self.fact.at < self.office.rules.begins():
            return "xảy ra trước ngày bắt đầu thông báo"
        if self.now >= self.fact.at + rule.useful_for:
            return "xảy ra quá lâu, thông báo không còn hữu ích"
        return ""

    def _addresses(self, rule: Rule) -> Sequence[tuple[str, str]]:
        """The channels by which the recipient can be reached, in the order of the rule, each with the address there."""
        if rule.to == "officers":
            officers = self.office.rules.officers
            email = officers.get(self.fact.agency or "") or officers.get("default")
            return [(channel, email) for channel in rule.channels if channel == "email" and email]
        phone, email = read_phone(self.fact.phone).number, _email(self.fact.email)
        of_channel = {"email": email, **dict.fromkeys(_PHONE_CHANNELS, phone)}
        return [(channel, address) for channel in rule.channels if (address := of_channel[channel])]

    def _without_notice(self, addresses: Sequence[tuple[str, str]]) -> str:
        """Why there is no notice at all, though there is a rule; "" when there is one."""
        if self.fact.source_notifies:
            return "hệ thống nguồn tự thông báo"
        return "" if addresses else "không có số điện thoại hay địa chỉ dùng được"

    def _add(self, rule: Rule, template: str, addresses: Sequence[tuple[str, str]], fact: str, why: str) -> str:
        now, recipient = format_instant(self.now), addresses[0][1]
        name = notice_id(fact, recipient)
        row = {
            "notice_id": name,
            "fact": fact,
            "subject": self.fact.subject,
            "happening": self.fact.happening,
            "happened_at": format_instant(self.fact.at),
            "seen_at": format_instant(self.fact.seen_at),
            "recipient": recipient,
            "agency": self.fact.agency,
            "template": template,
            "state": SUPPRESSED if why else HELD,
            "why": why,
            "channel": addresses[0][0],
            "channels": orjson.dumps(list(addresses)).decode(),
            **dict.fromkeys(("attempt", "tries", "asks"), 0),
            "due_at": None if why else now,
            "useful_until": format_instant(self.fact.at + rule.useful_for),
            "created_at": now,
            "changed_at": now,
            "event_id": self.event_id,
            "data": orjson.dumps(dict(self.fact.data)).decode(),
        }
        if not rows.insert_new(self.connection, notices, row):
            return "đã có thông báo này"
        if why:
            return f"không thông báo: {why}"
        return ""

    def _change(self, known: Row[Any], rule: Rule, addresses: Sequence[tuple[str, str]]) -> str:
        """The fact has its notice already. A correction changes what is held, or informs who was informed."""
        if self.fact.change != "corrected" or format_instant(self.fact.seen_at) <= known.seen_at:
            return "đã có thông báo này"
        self._write_seen(known)
        if known.state == HELD:
            self._rewrite(known, rule)
            return "thông báo đang chờ được sửa theo tin mới"
        if known.state in INFORMED and rule.corrected:
            fact = f"{self.fact.key}/corrected/{format_instant(self.fact.at)}"
            return self._add(rule, rule.corrected, addresses, fact, "")
        return "thông báo đã gửi, không có mẫu đính chính"

    def _rewrite(self, known: Row[Any], rule: Rule) -> None:
        values = {
            "happened_at": format_instant(self.fact.at),
            "useful_until": format_instant(self.fact.at + rule.useful_for),
            "data": orjson.dumps(dict(self.fact.data)).decode(),
        }
        self._update(known, **values)

    def _write_seen(self, known: Row[Any]) -> None:
        self._update(known, seen_at=format_instant(self.fact.seen_at))

    def _update(self, known: Row[Any], **values: Any) -> None:
        rows.write(self.connection, known.notice_id, values)

    def _retract(self, rule: Rule) -> str:
        """It did not happen: what is held is not sent, and who was informed hears of it if the rule has a template."""
        of_fact = select(notices).where(notices.c.fact == self.fact.key).with_for_update()
        found = self.connection.execute(of_fact).all()
        for row in found:
            self._retract_one(row, rule)
        addresses = self._addresses(rule)
        if not found and addresses and not self._too_old(rule):  # it came before what it retracts
            self._add(rule, rule.template, addresses, self.fact.key, "đã được rút lại")
        return "rút lại tin đã báo"

    def _retract_one(self, row: Row[Any], rule: Rule) -> None:
        if format_instant(self.fact.seen_at) <= row.seen_at:
            return
        self._write_seen(row)
        if row.state == HELD:
            rows.write_decision(self.connection, row, Decision(SUPPRESSED, "đã được rút lại", row.channel), self.now)
            restore_older(self.connection, row.subject, self.now)
        elif row.state in INFORMED and rule.retracted and not self._too_old(rule):
            fact = f"{self.fact.key}/retracted/{format_instant(self.fact.seen_at)}"
            addresses = [(channel, address) for channel, address in orjson.loads(row.channels)]
            self._add(rule, rule.retracted, addresses, fact, "")


def _email(text: str | None) -> str:
    """An address as it is, or "" for a text that is none."""
    name, _, host = (text or "").strip().partition("@")
    return f"{name}@{host}" if name and "." in host and " " not in f"{name}{host}" else ""
