"""The one-stop system VNPT iGate, version 2: dossiers are searched for by their dates.

iGate cannot list what changed since a given time. So each poll searches by accepted, returned and appointment date in
windows that overlap those of the poll before; intake drops the versions it has already received.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from connectors.protocols import listing
from connectors.protocols.listing import Listing
from connectors.protocols.records import Repeats
from connectors.protocols.windows import Window, advance, cursor_at_end, poll_start, split
from lienthong import LOCAL_ZONE, Cursor, Page, Record, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.oauth import TokenReader
from lienthong.connectors.protocols.records import PageSize, body_of, text_of

_NAME = "iGate"
_TOKEN_PATH = "/auth/realms/digo/protocol/openid-connect/token"  # noqa: S105 - a path, not a secret
_SKEW = timedelta(hours=1)
"""How far iGate's clock may be ahead of ours: dossiers accepted or returned up to this long after now are read too."""


class Igate:
    """Polls dossiers of iGate.

    - `overlap`: a change of a dossier is found up to this long after one of its dates.
    - `ahead`: a dossier without other usable dates is found up to this long before its appointment.
    - `window`: the longest window of one search. A long time is read in windows, oldest first, and the cursor moves
      after each window.
    - `since`: where the first poll begins (default: `overlap` ago).
    - The token is requested for the user when `username` is given, else for the client. `token_url` defaults to
      Keycloak below `url`; in a province it is another host.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: str,
        client_id: str,
        client_secret: str,
        username: str | None = None,
        password: str | None = None,
        token_url: str | None = None,
        overlap: timedelta = timedelta(days=10),
        ahead: timedelta = timedelta(days=10),
        window: timedelta = timedelta(days=10),
        since: datetime | None = None,
        page_size: PageSize = 200,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
    ) -> None:
        grant = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        if username:
            grant |= {"grant_type": "password", "username": username, "password": password or ""}
        self._clock = site.clock
        self._reader = TokenReader(
            http or Http(_NAME, timeout=timeout, reply_limit=reply_limit),
            site.clock,
            token_url=token_url or url.rstrip("/") + _TOKEN_PATH,
            grant=grant,
        )
        self._url = url.rstrip("/") + "/pa/dossier/search"
        self._overlap = overlap
        self._ahead = ahead
        self._window = window
        self._since = since
        self._page_size = page_size

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The pages of a window have the cursor from before it; an empty page with the next cursor follows them."""
        now = self._clock.now()
        repeats = Repeats()
        reach = {"accepted": now + _SKEW, "result-returned": now + _SKEW, "appointment": now + self._ahead}
        for window in split(poll_start(cursor, now, self._overlap, self._since), max(reach.values()), self._window):
            for date, latest in reach.items():
                if part := window.before(latest):
                    for elements in self._search(date, part):
                        if fresh := repeats.without(elements):
                            yield Page([_record(element) for element in fresh], cursor)
            further = advance(cursor, window.end, now)
            if further is not cursor:
                cursor = further
                yield Page((), cursor)
        yield Page((), cursor_at_end(now))

    def _search(self, date: str, window: Window) -> Iterator[list[object]]:
        """The pages of dossiers whose `date` lies in the window."""
        query = {
            "spec": "page",
            # Ids begin with the second of creation, so new dossiers come last and do not move the pages before.
            "sort": "id,asc",
            f"{date}-from": _format_instant(window.start),
            f"{date}-to": _format_instant(window.end),
        }

        def fetch(number: int, size: int) -> Listing:
            reply = self._reader.get(self._url, query | {"page": number, "size": size})
            return Listing.from_wire(reply, size, _NAME)

        return listing.read(fetch, self._page_size, _NAME)


def _record(element: object) -> Record:
    body = body_of(element)
    return Record("igate.dossier", text_of(body, "code"), body)


def _format_instant(moment: datetime) -> str:
    """`2023-11-15T08:25:00.000+0700`: local time, milliseconds, the offset without a colon."""
    local = moment.astimezone(LOCAL_ZONE)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"
