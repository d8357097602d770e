"""What is pushed and what is due."""

from collections.abc import Mapping

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from lienthong.ports import Receipt, Record, Site


class Counter:
    """Letters that are handed in."""

    def __init__(self, site: Site, *, name: str) -> None:
        self.name = name

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        return Receipt([Record("letter.seen", "", {"size": len(body)})])


def numbered(envelope: Envelope) -> Envelope:
    """What has a number, by its number."""
    if "number" not in envelope.data:
        raise Rejected("thiếu số", field="number")
    return envelope.with_data("numbered.v1", {"number": envelope.data["number"]})
