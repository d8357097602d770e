"""A source, a step and a sink for a small configuration."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from lienthong.outcome import Dead, Done, Outcome
from lienthong.ports import Cursor, Page, Site, Transaction


class Silent:
    def __init__(self, site: Site) -> None: ...

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        return ()


class Store:
    def __init__(self, site: Site) -> None: ...

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        return [Done(e) if e.data["kind"] == "good" else Dead("đích không nhận") for e in envelopes]


class Paper(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: str
    name: str
    count: int = 0


def judge(envelope: Envelope) -> Envelope | None:
    if envelope.data["kind"] == "bad":
        raise Rejected(f"loại “{envelope.subject}” không có trong danh mục", field="kind")
    return None if envelope.data["kind"] == "test" else envelope.with_data("paper.v1", envelope.data)
