"""The sink that keeps notices: facts make them, answers and the hours change them, and what is due is handed back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection

from connectors.notices import codes
from connectors.notices.template import SHAPES
from lienthong import (
    Dead,
    Done,
    Envelope,
    Finding,
    NoticeFilter,
    NoticeOutcome,
    Outcome,
    Record,
    Rejected,
    Resolution,
    Site,
    Transaction,
)
from lienthong.adapters.sql import translate_errors
from store.notices import views
from store.notices.answers import take_answer
from store.notices.channel import ANSWERED
from store.notices.release import Office
from store.notices.telling import Telling
from transforms.notices.facts import fact_of
from transforms.notices.rules import NoticeRules

LOOK = "notices.look.v1"
"""The type of the due moments at which held notices are judged again."""


class Notices:
    """Keeps the state of every notice. It sends nothing: what is due (`notice.due.v1`) goes to the channels' sinks.

    `rules` is `config/notices.yaml`, `templates` the folder of the templates.
    """

    reaches_outside = False

    file_shapes: ClassVar[Mapping[str, type[Any]]] = {f"template-{channel}": shape for channel, shape in SHAPES.items()}
    """The shapes of the templates' files, by the names of their schemas: `lienthong schema` writes them for editors."""

    def __init__(self, site: Site, *, rules: NoticeRules, templates: Path = Path("config/templates")) -> None:
        self._site = site
        self._templates = templates
        self._office = Office(rules, templates)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """Take a bundle through `transaction.connection`. Raises `Transient` when the database does not answer."""
        looks = [envelope for envelope in envelopes if envelope.type == LOOK][:-1]
        with translate_errors("kho thông báo không trả lời"):
            connection = transaction.connection
            return [Done(one, _LATER_LOOK) if one in looks else self._handle(one, connection) for one in envelopes]

    def notices(self, wanted: NoticeFilter) -> Iterable[Mapping[str, Any]]:
        """This and the following: see `KeepsNotices` of the engine. `lienthong notices` shows them."""
        return views.iter_notices(self._site.database, wanted)

    def notice(self, notice: str) -> Mapping[str, Any] | None:
        """One notice with its attempts."""
        return views.find_notice(self._site.database, notice)

    def notice_costs(self, since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
        """What was spent, by channel, agency and happening."""
        return views.costs(self._site.database, since, until)

    def notice_preview(self, template: str) -> Sequence[Mapping[str, Any]]:
        """A template in each channel and language, with examples."""
        return views.previews(self._templates, template)

    def notice_findings(self) -> Sequence[Finding]:
        """What is wrong with the templates."""
        return views.findings(self._templates)

    @staticmethod
    def notice_code(code: str, language: str) -> str | None:
        """What a code of the templates' lint means."""
        return codes.explain(code, language)

    def resolve_notice(self, notice: Mapping[str, Any], outcome: NoticeOutcome, *, person: str, why: str) -> Resolution:
        """What a person found out about a notice in doubt."""
        return views.resolution(notice, outcome, person=person, why=why)

    def _handle(self, envelope: Envelope, connection: Connection) -> Outcome:
        try:
            note, records = self._write(envelope, connection)
        except Rejected as fault:
            return Dead(fault.why, field=fault.field)
        except (ValueError, OverflowError):
            return Dead("không đọc được một thời điểm của sự kiện")
        return Done(envelope, note, follow_ups=records)

    def _write(self, envelope: Envelope, connection: Connection) -> tuple[str, Sequence[Record]]:
        now = self._site.clock.now()
        if envelope.type == LOOK:
            return "", list(self._office.look(connection, now))
        if envelope.type == ANSWERED:
            return take_answer(self._office, connection, envelope.data_dict(), now)
        return Telling(self._office, connection, fact_of(envelope), envelope.id, now).take(), ()


_LATER_LOOK = "lần xem sau trong cùng gói thay cho lần này"
