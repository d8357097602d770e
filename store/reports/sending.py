"""Sending an edition: each recipient once, also when the process ends in between.

A message is `sending` before its server is called. Found so later, its outcome is not known: it is never sent again by
itself, and a person ends the doubt.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog

from connectors.notices.gateway import Answer, Verdict
from lienthong import Document, Rejected, Sent, Site, Transient
from lienthong.adapters.sql import lease
from store.reports import rows
from store.reports.carriers import Carrier
from store.reports.mail import ATTACHED, Target, make_files
from store.reports.sendings import DONE, FAILED, IN_DOUBT, SENDING, SENT, Key, Sendings, state_of
from store.reports.targets import find_targets
from transforms.report_life import ReportLife

NO_ADDRESS = "no_address"
"""What is shown of a letter whose unit has no address; it is no state of a sending."""

_ENDED = Answer(Verdict.IN_DOUBT, "tiến trình dừng khi đang gửi: không rõ máy chủ thư đã nhận chưa")
_FOUND = Answer(Verdict.ACCEPTED, "gói đã nằm trong thư mục của trục văn bản")
_INVENTED = "số liệu của bản ghi là số liệu giả: không rời máy này (thư chỉ gửi tới SMTP_HOST=127.0.0.1)"
_STOPS = (Verdict.CONFIGURATION,)
"""Answers after which no other mail would pass."""

log = structlog.get_logger(__name__)


class Sender:
    """Sends editions by their channels."""

    def __init__(
        self, site: Site, rules: ReportLife, carriers: Mapping[str, Carrier], load: Callable[[str], Document]
    ) -> None:
        self._site = site
        self._rules = rules
        self._carriers = carriers
        self._load = load

    def send(
        self, row: rows.EditionRow, document: Document, before: rows.EditionRow | None, *, is_recording: bool
    ) -> Iterator[Sent]:
        """Send what has not left. Yields what became of each message, and the units without an address.

        The invented figures of a recording stay on this machine. `document` is as it is to be sent.
        Raises `Rejected` when another process sends this report, or it has no recipients.
        """
        with lease(self._site.database, f"sending-{row.report}") as is_holder:
            if not is_holder:
                raise Rejected("một tiến trình khác đang gửi báo cáo này", field="state")
            barred = {name: _INVENTED for name, one in self._carriers.items() if is_recording and not one.is_here}
            yield from self._send(row, document, before, barred)

    def left(self, row: rows.EditionRow, document: Document, before: rows.EditionRow | None) -> int:
        """How many recipients have nothing yet, as far as is known."""
        targets = find_targets(document, self._before(before), self._rules.of(row.report), self._rules.axis)
        known = Sendings(self._site.database, row.edition_id).states()
        return sum(_state(known, target) not in DONE for target in (*targets.to, *targets.unchanged))

    def _before(self, before: rows.EditionRow | None) -> Document | None:
        return None if before is None or before.digest is None else self._load(before.digest)

    def _send(
        self, row: rows.EditionRow, document: Document, before: rows.EditionRow | None, barred: dict[str, str]
    ) -> Iterator[Sent]:
        targets = find_targets(document, self._before(before), self._rules.of(row.report), self._rules.axis)
        sendings = Sendings(self._site.database, row.edition_id)
        known = sendings.states()
        had = {} if before is None else Sendings(self._site.database, before.edition_id).states()
        queue = [*targets.to]
        for same in targets.unchanged:
            if _state(had, same) not in DONE:
                queue.append(same)
            elif _state(known, same) == "":
                sendings.note_unchanged(same, self._site.clock.now())
        if not queue and not targets.unchanged and not targets.missing:
            raise Rejected(
                f"báo cáo {row.report} chưa có nơi nhận; khai `to` trong config/report-life.yaml", field="state"
            )
        for target in queue:
            yield from self._send_or_pass(target, _state(known, target), row, sendings, barred)
        yield from (Sent("", unit, "email", NO_ADDRESS) for unit in targets.missing)

    def _send_or_pass(
        self, target: Target, state: str, row: rows.EditionRow, sendings: Sendings, barred: dict[str, str]
    ) -> Iterator[Sent]:
        """Send a message that has not left. `barred`: by channel, why no message passes there any more."""
        if state == SENDING:
            has_left = self._carriers[target.channel].has(target, row)
            state, answer = (SENT, _FOUND) if has_left else (IN_DOUBT, _ENDED)
            sendings.note(target, answer, state, self._site.clock.now())
            yield _sent(target, state, answer.why)
        elif state == IN_DOUBT:
            yield _sent(target, IN_DOUBT, "chờ người xác minh (`lienthong reports resolve`)")
        elif state in DONE:
            return
        elif why := barred.get(target.channel):
            yield _sent(target, FAILED, why)
        else:
            sent, stopped = self._send_one(target, row, sendings)
            if stopped:
                barred[target.channel] = stopped
            yield sent

    def _send_one(self, target: Target, row: rows.EditionRow, sendings: Sendings) -> tuple[Sent, str]:
        """Send one message. Returns what became of it, and why no other one would pass, or ""."""
        try:
            rendered = self._site.reports.render(target.document, ATTACHED)
        except Exception as error:  # a library may raise anything; the others are sent all the same
            log.exception("files of a report could not be made", edition=row.edition_id, unit=target.unit)
            return _sent(target, FAILED, f"không lập được tệp ({type(error).__name__})"), ""
        files = make_files(target.document, row.edition, rendered)
        try:
            carry = self._carriers[target.channel].prepare(target, row, files)
        except Rejected as fault:
            return _sent(target, FAILED, fault.why), ""
        if not sendings.begin(target, files, self._site.clock.now()):
            return _sent(target, IN_DOUBT, "đang được gửi, hoặc đã gửi"), ""
        stopped = ""
        try:
            answer = carry()
        except Transient as away:
            answer = Answer(Verdict.RETRY, away.why)
            stopped = away.why
        except Exception as error:
            log.exception("a carrier of reports failed", edition=row.edition_id, unit=target.unit)
            answer = Answer(Verdict.IN_DOUBT, f"lỗi khi gửi ({type(error).__name__}): không rõ đã gửi chưa")
        if answer.verdict in _STOPS:
            stopped = answer.why
        state = state_of(answer)
        sendings.note(target, answer, state, self._site.clock.now())
        return _sent(target, state, answer.why), stopped


def _state(known: Mapping[Key, Any], target: Target) -> str:
    row = known.get((target.channel, target.unit, target.recipient))
    return "" if row is None else str(row.state)


def _sent(target: Target, state: str, why: str) -> Sent:
    return Sent(target.recipient, target.unit, target.channel, state, why)
