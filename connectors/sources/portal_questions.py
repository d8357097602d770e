"""Questions (hỏi đáp) and petitions (phản ánh, kiến nghị) on the national portal, through its adapter.

The service of questions is published. That of petitions is not: its name is a parameter, and the shape of its rows is
ASSUMED (`schemas.wire.questions.PortalPetition`).
"""

from collections.abc import Iterator
from datetime import timedelta

from connectors.protocols.adapter import NAME, Adapter, rows_of
from connectors.protocols.cursors import describe_windows
from lienthong import Cursor, Page, Record, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.records import plain_record, text_of
from schemas.wire.questions import PortalPetition, PortalQuestion

_PAGE = 200
"""Records of a page."""


class _List:
    """Polls the whole list each time, in one call: the service takes no parameter and tells not what has changed.

    `agency` is our code on the portal (madonvi); `dstcode` is the portal's routing code on the adapter.
    """

    kind: str
    key: str
    what: str
    fields: frozenset[str]

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: str,
        username: str,
        password: str,
        dstcode: str,
        agency: str,
        service: str,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
    ) -> None:
        self._clock = site.clock
        self._service = service
        self._adapter = Adapter(
            http or Http(NAME, timeout=timeout, reply_limit=reply_limit),
            site.clock,
            url=url,
            account={"username": username, "password": password},
            dstcode=dstcode,
            agency=agency,
        )

    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        """How far it was read, for `lienthong sources`."""
        return describe_windows(cursor)

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The list in pages. The cursor moves to the moment of the call at the end.

        Raises `Transient` when the portal does not answer, or not with a list.
        """
        now = self._clock.now()
        records = [self._record(row) for row in rows_of(self._adapter.call(self._service, {}), self.fields, self.what)]
        for start in range(0, len(records), _PAGE):
            yield Page(records[start : start + _PAGE], cursor)
        yield Page([], {"through": now.isoformat()})

    def _record(self, row: object) -> Record:
        return plain_record(self.kind, row, lambda body: text_of(body, self.key))


class Questions(_List):
    """The questions that were sent to the province. See `_List`."""

    kind = "portal.question"
    key = "HOIDAPID"
    what = "câu hỏi"
    fields = frozenset(PortalQuestion.model_fields)


class Petitions(_List):
    """The petitions that were sent to the province. ASSUMED: see the module, and `_List`."""

    kind = "portal.petition"
    key = "PAKNID"
    what = "phản ánh, kiến nghị"
    fields = frozenset(PortalPetition.model_fields)
