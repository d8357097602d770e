"""The step of a broken route: it rejects every event."""

from lienthong.envelope import Envelope
from lienthong.errors import Rejected


def reject_everything(_: Envelope) -> Envelope | None:
    raise Rejected("phiên bản hỏng không nhận gì", field="procedure")
