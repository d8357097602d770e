"""Asking only for what changed: the newest watermark of all records is kept, and sent with the next poll."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import model_validator

from lienthong.configuration.shapes import Duration
from lienthong.connectors.protocols.paths import JmesPath, path_function
from lienthong.connectors.protocols.shapes import Shape, Text, refusal
from lienthong.connectors.protocols.written_moments import lies_ahead
from lienthong.data.sound_data import is_whole
from lienthong.envelope import LOCAL_ZONE
from lienthong.messages import message

Mark = datetime | int | str
"""A watermark that can be compared: a moment (UTC), a number, or text."""

_NO_OVERLAP = timedelta(0)
_FIRST_MOMENT = datetime(1, 1, 2, tzinfo=UTC)
"""A day after the first one that Python knows, so that every time zone can show it."""


class Since(Shape):
    """A parameter that asks for records at or after a watermark.

    - `parameter`: its name. `watermark`: where the watermark is in each record.
    - `format`: how the watermark is written, both in records and in the parameter: `iso` (ISO 8601, sent in UTC with
      `Z`; without an offset it is local time), `date` (a local day), `seconds` or `milliseconds` since 1970, `number`
      (a growing whole number), `text` (compared letter by letter).
    - `initial`: what the first poll sends; without it, the first poll sends no parameter.
    - `overlap`: how much earlier than the newest watermark the next poll begins. Use it where the system leaves out
      records equal to the parameter, or shows some records late. Repeats are recognised by the ids of their events.
    - `oldest_first`: the system sorts by the watermark, so the watermark is kept page by page and a long poll
      continues where it stopped. Otherwise it is kept once all pages have been read.
    """

    parameter: Text
    watermark: JmesPath
    format: Literal["iso", "date", "seconds", "milliseconds", "number", "text"] = "iso"
    initial: str | int | None = None
    overlap: Duration = _NO_OVERLAP
    oldest_first: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> "Since":
        if self.overlap and self.format in ("number", "text"):
            raise refusal(message("`overlap` needs a format of time; leave it out for `number` and `text`"))
        if self.initial is not None and self.parse(self.initial) is None:
            raise refusal(message("`initial` is not written in the format `{format}`", format=self.format))
        return self

    def parse(self, value: object) -> Mark | None:
        """A watermark as it stands in a record, or None when it is not written in the configured format."""
        try:
            match self.format:
                case "text":
                    return value if isinstance(value, str) else None
                case "number":
                    return _whole(value)
                case "seconds":
                    return datetime.fromtimestamp(float(str(value)), UTC)
                case "milliseconds":
                    return datetime.fromtimestamp(float(str(value)) / 1000, UTC)
            moment = datetime.fromisoformat(str(value))
            return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)).astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def newest(self, mark: Mark | None, bodies: Iterable[Mapping[str, Any]], now: datetime) -> Mark | None:
        """The newest of `mark` and the watermarks of `bodies`.

        A watermark in the future counts as now, and a text that is a moment in the future not at all: otherwise one
        wrong date would hide everything until it has passed.
        """
        find = path_function(self.watermark)
        for body in bodies:
            found = self.parse(find(body))
            found = believable(found, now)
            if found is not None and (mark is None or found > mark):  # type: ignore[operator]  # one format, one type
                mark = found
        return mark

    def parameters(self, mark: Mark | None) -> dict[str, str | int]:
        """What to send for everything since `mark`."""
        if mark is None:
            return {} if self.initial is None else {self.parameter: self.initial}
        return {self.parameter: self._written(mark)}

    def _written(self, mark: Mark) -> str | int:
        if not isinstance(mark, datetime):
            return mark
        moment = mark - self.overlap if mark - _FIRST_MOMENT > self.overlap else _FIRST_MOMENT
        match self.format:
            case "date":
                return moment.astimezone(LOCAL_ZONE).date().isoformat()
            case "seconds":
                return int(moment.timestamp())
            case "milliseconds":
                return int(moment.timestamp() * 1000)
        return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def believable(mark: Mark | None, now: datetime) -> Mark | None:
    """A watermark as it counts at `now`: a moment in the future is now, and a text that is one is none."""
    if isinstance(mark, datetime):
        return min(mark, now)
    return None if isinstance(mark, str) and lies_ahead(mark, now) else mark


def mark_to_json(mark: Mark) -> str | int:
    """A watermark as the cursor keeps it."""
    return mark.isoformat() if isinstance(mark, datetime) else mark


def mark_from_json(since: Since, value: object) -> Mark | None:
    """A watermark from the cursor; None when it was kept in another format than the one configured now."""
    if since.format in ("number", "text"):
        return since.parse(value)
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except ValueError:
        return None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    number = int(value)
    return number if is_whole(number) else None  # the cursor could not keep it
