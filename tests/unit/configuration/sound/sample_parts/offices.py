"""Connectors to post offices that are not there."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from lienthong.envelope import Envelope
from lienthong.outcome import Done, Outcome
from lienthong.ports import Cursor, Found, Page, Site, SourceName, Transaction
from lienthong.report import WHOLE, Document, Scope


class Office:
    """Letters as they arrive at an office."""

    def __init__(self, site: Site, *, url: str, page_size: int = 200, overlap: timedelta = timedelta(0)) -> None:
        self.site = site
        self.url = url
        self.page_size = page_size
        self.overlap = overlap

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        return ()


class Archive:
    """Keeps every letter."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        return [Done(envelope) for envelope in envelopes]


class Residents:
    """Who lives where."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def find_many(self, keys: Sequence[str]) -> Found:
        return {}


class Count:
    """How many letters there were."""

    def __init__(self, site: Site, *, minimum: int = 0, source: SourceName | None = None) -> None:
        self.site = site

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        raise NotImplementedError


class Homeless:
    """Asks for no site."""

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        return ()
