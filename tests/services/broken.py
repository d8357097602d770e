"""A step of a version that should never have been put to work: it rejects every event."""

from lienthong.envelope import Envelope
from lienthong.errors import Rejected


def rejects_everything(_: Envelope) -> Envelope | None:
    raise Rejected("phiên bản hỏng không nhận gì", field="procedure")
