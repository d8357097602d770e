"""The watermark of a query: where a poll begins, and how far it came."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, model_validator

from lienthong.configuration.shapes import Count, Duration
from lienthong.connectors.protocols.shapes import Shape, Text, refusal
from lienthong.connectors.protocols.written_moments import lies_ahead
from lienthong.messages import message

Mark = datetime | date | int | str

_FIRST_MOMENT = datetime(1, 1, 2, tzinfo=UTC)
_LEAST_INTEGER = -(2**63)
_OVERLAPS = {"timestamp": timedelta(minutes=10), "date": timedelta(days=1)}
"""What is read again unless configured: rows of transactions that were still open at the last poll."""


class WrongKind(Exception):  # noqa: N818 - the name describes the value
    """A row whose watermark is not of the configured kind."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # an unknown name is a KeyError
        raise refusal(message("write a time zone such as Asia/Ho_Chi_Minh or UTC")) from None
    return name


class SqlSince(Shape):
    """The watermark column of a query.

    - `column`: its name in the result. `kind`: `timestamp`, `date`, `integer` (a growing number) or `text` (anything
      that the database itself compares; moments in SQLite are text).
    - `initial`: what the first poll begins with; without it, everything is read.
    - `overlap`: how much earlier than the newest watermark the next poll begins: a duration (default 10m for
      `timestamp`, 1d for `date`), or a number for `integer` (default 0). A row may become visible after a newer one,
      when its transaction took longer: the overlap must be longer than such transactions.
    - `zone`: the time zone of moments without an offset.
    """

    column: Text
    kind: Literal["timestamp", "date", "integer", "text"] = "timestamp"
    initial: str | int | None = None
    overlap: Duration | Count | None = None
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"

    @model_validator(mode="after")
    def _fits_together(self) -> "SqlSince":
        fitting = {"timestamp": timedelta, "date": timedelta, "integer": int, "text": type(None)}[self.kind]
        if self.overlap is not None and not isinstance(self.overlap, fitting):
            raise refusal(message("`overlap` does not fit the kind `{kind}`", kind=self.kind))
        if self.initial is not None and self.from_json(self.initial) is None:
            raise refusal(message("`initial` does not fit the kind `{kind}`", kind=self.kind))
        return self

    def from_json(self, value: object) -> Mark | None:
        """A watermark as the cursor or the configuration contains it; None for another kind."""
        try:
            match self.kind:
                case "timestamp":
                    return datetime.fromisoformat(str(value))
                case "date":
                    return date.fromisoformat(str(value))
                case "integer":
                    return int(str(value))
                case _:
                    return value if isinstance(value, str) else None
        except ValueError:
            return None

    def from_row(self, value: object, now: datetime) -> Mark:
        """The watermark of a row. One in the future counts as now: it would hide every row until it has passed.

        Raises `WrongKind`.
        """
        match value:
            case datetime() if self.kind == "timestamp":
                here = now if value.tzinfo else now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
                return min(value, here)
            case date() if self.kind == "date" and not isinstance(value, datetime):
                return min(value, now.astimezone(ZoneInfo(self.zone)).date())
            case int() if self.kind == "integer" and not isinstance(value, bool):
                return value
            case Decimal() if self.kind == "integer" and value == int(value):
                return int(value)
            case str() if self.kind == "text":
                return value
        raise WrongKind(type(value).__name__)

    def believable(self, mark: Mark | None, now: datetime) -> Mark | None:
        """The watermark of a cursor, or what is left of it when it lies in the future: a clock was wrong, or a row.

        A moment or day counts as now; a text that is one is forgotten, so that everything is read again.
        """
        if isinstance(mark, datetime | date):
            return self.from_row(mark, now)
        return None if isinstance(mark, str) and self.lies_ahead(mark, now) else mark

    def lies_ahead(self, value: object, now: datetime) -> bool:
        """Whether a text is a moment in the future. It orders nothing: later rows would be hidden until then."""
        return isinstance(value, str) and lies_ahead(value, now, ZoneInfo(self.zone))

    def begin(self, mark: Mark | None) -> Mark:
        """The parameter `:since` of a poll after `mark`."""
        match mark:
            case None:
                return self._first()
            case datetime():
                first = _FIRST_MOMENT if mark.tzinfo else _FIRST_MOMENT.replace(tzinfo=None)
                return max(first, mark - min(self._duration(), mark - first))
            case date():
                return max(_FIRST_MOMENT.date(), mark - min(self._duration(), mark - _FIRST_MOMENT.date()))
            case int():
                return mark - (self.overlap if isinstance(self.overlap, int) else 0)
        return mark

    def _first(self) -> Mark:
        configured = None if self.initial is None else self.from_json(self.initial)
        if configured is not None:
            return configured
        match self.kind:
            case "timestamp":
                return _FIRST_MOMENT
            case "date":
                return _FIRST_MOMENT.date()
            case "integer":
                return _LEAST_INTEGER
        return ""

    def _duration(self) -> timedelta:
        return self.overlap if isinstance(self.overlap, timedelta) else _OVERLAPS[self.kind]


def newest(before: Mark | None, mark: Mark) -> Mark:
    """The later of two watermarks. An overlap may show old rows only, and the watermark must not go back for that."""
    if isinstance(mark, str) or before is None:
        return mark  # the database has compared them
    try:
        return max(before, mark)
    except TypeError:  # a column that has got, or lost, its offset
        return mark


def to_json(mark: Mark) -> str | int:
    """A watermark as the cursor contains it."""
    return mark.isoformat() if isinstance(mark, date) else mark
