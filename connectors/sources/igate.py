"""The one-stop system VNPT iGate, version 2: dossiers are searched for by their dates.

iGate cannot list what changed since a given time. So each poll searches for what was accepted and returned since the
poll before, and for dates of certain ages, at which a dossier is looked at again (`look_back`). The first poll and one
after a stop of more than a day read the whole overlap. Intake drops the versions it has already received.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.protocols.cursors import describe_windows
from connectors.protocols.listing import Fetch, Listing
from connectors.protocols.look_back import LookBack, Plan, Tier, merge
from connectors.protocols.narrowing import Narrowing
from connectors.protocols.records import Repeats
from connectors.protocols.windows import Window, advance, split
from lienthong import LOCAL_ZONE, Cursor, Page, Record, Site
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http
from lienthong.connectors.protocols.oauth import TokenReader
from lienthong.connectors.protocols.poll_limits import PollLimits
from lienthong.connectors.protocols.records import PageSize, plain_record, text_of
from schemas.wire.igate import IgateDossier

_NAME = "iGate"
_TOKEN_PATH = "/auth/realms/digo/protocol/openid-connect/token"  # noqa: S105 - a path, not a secret
_SKEW = timedelta(hours=1)
"""How far iGate's clock may be ahead of ours: dossiers accepted or returned up to this long after now are read too."""

_DAY = timedelta(days=1)
_FIELDS = frozenset(IgateDossier.model_fields)


class Igate:
    """Polls dossiers of iGate.

    - `overlap`: a change of a dossier is found up to this long after one of its dates.
    - `look_back`: the ages at which dates are looked at again within `overlap`, and the rhythm of each; see `Tier`.
      Without it, each poll reads the whole overlap.
    - `ahead`: a dossier without other usable dates is found up to this long before its appointment.
    - `window`: the longest window of one search. A long time is read in windows, oldest first, and the cursor moves
      after each window. A window that iGate does not show as a whole is cut into halves.
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
        look_back: Sequence[Tier] = (),
        window: timedelta = timedelta(days=10),
        since: datetime | None = None,
        page_size: PageSize = 200,
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
        page_limit: PageSize = 10_000,
        poll_limit: timedelta = timedelta(minutes=30),
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
        self._look_back = LookBack(look_back, overlap=overlap, since=since, thorough=site.thorough)
        self._limits = PollLimits(pages=page_limit, time=poll_limit)
        self._ahead = ahead
        self._window = window
        self._page_size = page_size

    @staticmethod
    def describe_cursor(cursor: Cursor) -> str:
        """How far it was read, for `lienthong sources`."""
        return describe_windows(cursor)

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        """The pages have the cursor from before them; an empty page with the next cursor follows.

        Raises `Transient` at the end when a window could not be read: the other ones were, and the cursor names it.
        """
        now = self._clock.now()
        plan = self._look_back.plan(cursor, now)
        reading = Narrowing(self._fetch, self._page_size, _NAME, self._limits)
        repeats = Repeats()

        def pages(found: Iterable[list[Any]]) -> Iterator[Page]:
            for elements in found:
                if fresh := repeats.without(elements):
                    yield Page([_record(element) for element in fresh], cursor)

        yield from pages(reading.read_again(cursor))
        if plan.tiers is None:
            for window in split(plan.start, now + max(_SKEW, self._ahead), self._window):
                for date, part in self._parts(window, now):
                    yield from pages(reading.read(date, part))
                further = advance(cursor, window.end, now)
                if further is not cursor:
                    cursor = reading.keep(further)
                    yield Page((), cursor)
        else:
            for date, window in self._tier_windows(plan, now):
                yield from pages(reading.read(date, window))
        yield Page((), reading.keep(self._look_back.end(cursor, plan, now)))
        reading.check()

    def _parts(self, window: Window, now: datetime) -> Iterator[tuple[str, Window]]:
        """The window for each of the dates, as far as that date is read."""
        reach = {"accepted": now + _SKEW, "result-returned": now + _SKEW, "appointment": now + self._ahead}
        for date, latest in reach.items():
            if part := window.before(latest):
                yield date, part

    def _tier_windows(self, plan: Plan, now: datetime) -> Iterator[tuple[str, Window]]:
        """What the due tiers read, oldest first for each date.

        - An accepted dossier is looked at by every tier. After its return little happens: by those within a day, and by
          the longest.
        - An appointment is a plan, at which nothing happens. It finds dossiers without other dates: `ahead` before it,
          as long before it as the first tier of a day or more looks back, and after it by the longest tier.
        """
        tiers, longest = plan.tiers or (), self._look_back.longest
        accepted, returned, planned = ([Window(plan.since, now + _SKEW)], [Window(plan.since, now + _SKEW)], [])
        for tier, read in tiers:
            window = tier.window(read, now)
            accepted.append(window)
            if tier.back < _DAY or tier is longest:
                returned.append(window)
            if tier is longest:
                planned += [window, tier.ahead(read, now, self._ahead)]
            elif tier is self._look_back.first_of_days:
                planned.append(tier.ahead(read, now, min(tier.back, self._ahead)))
        for date, windows in (("accepted", accepted), ("result-returned", returned), ("appointment", planned)):
            for window in merge(windows):
                yield from ((date, part) for part in split(window.start, window.end, self._window))

    def _fetch(self, date: str, window: Window) -> Fetch:
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
            return Listing.from_wire(reply, size, _NAME, _FIELDS)

        return fetch


def _record(element: object) -> Record:
    return plain_record("igate.dossier", element, lambda body: text_of(body, "code"))


def _format_instant(moment: datetime) -> str:
    """`2023-11-15T08:25:00.000+0700`: local time, milliseconds, the offset without a colon."""
    local = moment.astimezone(LOCAL_ZONE)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"
