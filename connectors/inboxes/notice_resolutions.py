"""What a person found out about a notice in doubt: whether it arrived.

POST JSON {notice, attempt, channel, outcome "delivered" | "not-sent" | "failed", person, why}
"""

from collections.abc import Mapping
from typing import Any

from lienthong import Receipt, Record, Rejected, Site
from lienthong.connectors.protocols.json_text import read_json

ANSWERED = "notice.answered.v1"
_VERDICTS = {"delivered": "delivered", "not-sent": "retry", "failed": "dead"}
_LONGEST = 500


class NoticeResolutions:
    """Takes one resolution a push. It ends a doubt about that attempt alone: see `transforms.notices.decisions`."""

    def __init__(self, site: Site) -> None:
        """It keeps no state."""

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:  # noqa: ARG002 - a key shows who pushes
        """The resolution as a record. Raises `Rejected` naming the field."""
        try:
            given = read_json(body)
        except ValueError:
            raise Rejected("không phải JSON") from None
        if not isinstance(given, dict):
            raise Rejected("không phải một đối tượng JSON")
        outcome, attempt = given.get("outcome"), given.get("attempt")
        if not isinstance(outcome, str) or outcome not in _VERDICTS:
            raise Rejected(f"viết một trong: {', '.join(_VERDICTS)}", field="outcome")
        if not isinstance(attempt, int) or isinstance(attempt, bool):
            raise Rejected("viết số lần gửi", field="attempt")
        texts = {name: _text(given, name) for name in ("notice", "channel", "person", "why")}
        record: dict[str, Any] = {
            **texts,
            "why": f"{texts['person']}: {texts['why']}",
            "attempt": attempt,
            "verdict": _VERDICTS[outcome],
        }
        return Receipt([Record(ANSWERED, f"{texts['notice']}/{attempt}", record)])


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise Rejected("thiếu, hoặc quá dài", field=name)
    return value
