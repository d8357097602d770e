"""The catalogue of procedures (thủ tục hành chính), through the adapter of the national public service portal.

`LayDanhSachTTHC` lists the codes, `LayThuTuc` shows one procedure. The contract is ASSUMED in part: the reply of
`LayThuTuc` lists a version for each date of effect, with the online level and the authentication level, which the
portal's published record does not have.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from connectors.protocols.adapter import NAME, Adapter, ServiceRefused, rows_of
from connectors.protocols.cursors import describe_windows
from lienthong import Cursor, Page, Record, Site, Transient
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.http_errors import REFUSED_PAGE
from lienthong.connectors.protocols.lists import object_of
from lienthong.connectors.protocols.records import plain_record, text_of
from schemas.wire.procedures import CatalogueProcedure

_WHAT = "thủ tục"
_FIELDS = frozenset(CatalogueProcedure.model_fields)
_REFUSED_IN_A_ROW = 3


class Procedures:
    """Polls the whole catalogue each time: neither service tells what has changed.

    The key of a record is the procedure's code and its date of effect. `agency` is our code on the portal (madonvi);
    `dstcode` is the portal's routing code on the adapter.
    """

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
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
    ) -> None:
        self._clock = site.clock
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
        """A page for each procedure. The cursor moves to now at the end, when everything was read.

        A procedure that the portal refuses costs no other: the rest is read, then `Transient` names how many are
        missing. After three in a row the portal is taken for away.
        """
        now = self._clock.now()
        codes, without_code = self._list()
        if without_code:
            yield Page([_record(row) for row in without_code], cursor)
        missing, in_a_row, why = 0, 0, ""
        for code in codes:
            try:
                rows = self._rows("LayThuTuc", {"maTTHC": code})
            except ServiceRefused as failure:
                missing, in_a_row, why = missing + 1, in_a_row + 1, why or failure.why
                if in_a_row == _REFUSED_IN_A_ROW:
                    raise Transient(failure.why) from None
                continue
            in_a_row = 0
            yield Page([_record(row) for row in rows], cursor)
        if missing:
            raise Transient(f"{why}; chưa đọc được {missing} thủ tục; các thủ tục khác đã đọc")
        yield Page([], {"through": now.isoformat()})

    def _list(self) -> tuple[list[str], list[object]]:
        """The codes of the catalogue, each once, and the rows that have none."""
        rows = self._rows("LayDanhSachTTHC", {})
        codes = [text_of(object_of(row) or {}, "MATTHC") for row in rows]
        known = dict.fromkeys(code for code in codes if code)
        return list(known), [row for row, code in zip(rows, codes, strict=True) if not code]

    def _rows(self, service: str, parameters: Mapping[str, str]) -> list[Any]:
        """Raises `ServiceRefused` when the portal answers, but not with the rows."""
        try:
            return rows_of(self._adapter.call(service, parameters), _FIELDS, _WHAT)
        except ServiceRefused:
            raise
        except Transient as failure:
            if failure.status not in REFUSED_PAGE:
                raise
            raise ServiceRefused(failure.why) from None


def _record(row: object) -> Record:
    return plain_record("portal.procedure", row, _key)


def _key(body: Mapping[str, Any]) -> str:
    code = text_of(body, "MATTHC")
    return f"{code}/{text_of(body, 'HIEULUCTU')}" if code else ""
