"""The calendars that the files of config/calendars/ describe, each with what it extends."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta

from lienthong.calendars.calendar import Calendar, extend
from lienthong.calendars.parts import Basis, DayRule, WeekHours
from lienthong.calendars.public_holidays import has_country
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath, suggest
from lienthong.configuration.shapes.calendar import CalendarFile, HoursFile, NoticeFile, OffFile, SwapFile
from lienthong.configuration.shapes.schedule import WEEKDAYS
from lienthong.configuration.shapes.validation import validate
from lienthong.messages import Message, message

LONGEST_BREAK = 60
"""Days of one entry of `days_off`: a wrong year would close an office for good."""

_DAY = timedelta(days=1)


class CalendarFiles:
    """Reads calendars, each once. `read` gives the document of a name; `names` are those there are."""

    def __init__(self, read: Callable[[str], Document], names: Collection[str]) -> None:
        self._read = read
        self._names = names
        self._loaded: dict[str, Calendar | None] = {}

    def load(self, name: str, below: tuple[str, ...] = ()) -> Calendar | None:
        """The calendar of a file, or None. `below`: those that extend it. Faults are added to its document."""
        if name not in self._loaded:
            self._loaded[name] = None  # for a circle
            document = self._read(name)
            file = validate(document, CalendarFile)
            if file is not None:
                self._loaded[name] = self._extended(_make_calendar(name, file, document), file, document, below)
        return self._loaded[name]

    def _extended(
        self, calendar: Calendar, file: CalendarFile, document: Document, below: tuple[str, ...]
    ) -> Calendar | None:
        if file.extends is None:
            return calendar
        if file.extends not in self._names:
            what = message("there is no config/calendars/{name}.yaml", name=file.extends)
            document.report(Fault("LT624", what, suggest(file.extends, self._names), ("extends",)))
            return None
        chain = (*below, calendar.name)
        if file.extends in chain:
            circle = " → ".join((*chain[chain.index(file.extends) :], file.extends))
            document.report(Fault("LT625", message("this extends itself: {circle}", circle=circle), None, ("extends",)))
            return None
        parent = self.load(file.extends, chain)
        return None if parent is None else extend(calendar, parent)


def _make_calendar(name: str, file: CalendarFile, document: Document) -> Calendar:
    """What the file itself states."""
    holidays = file.holidays
    if holidays is not None and not has_country(holidays.country):
        what = message("no public holidays are known of `{country}`", country=holidays.country)
        document.report(Fault("LT205", what, message("write a code such as VN"), ("holidays", "country")))
        holidays = None
    rules: dict[date, DayRule] = {}
    for place, notice in enumerate(file.notices):
        rules.update(_rules(notice, ("notices", place), document))
    return Calendar(
        name=name,
        description=file.description or "",
        layers=_layers(file),
        rules=rules,
        country=holidays.country if holidays else "",
        country_basis=Basis(holidays.document) if holidays and holidays.document else None,
        announced={one.year: _basis(one) for one in file.notices if one.year is not None},
        announced_by=file.announced_by,
        agencies=tuple(file.agencies),
        is_default=file.default,
    )


def _layers(file: CalendarFile) -> tuple[tuple[WeekHours, ...], ...]:
    hours = sorted(map(_hours, file.hours), key=lambda one: one.since or date.min)
    return (tuple(hours),) if hours else ()


def _hours(file: HoursFile) -> WeekHours:
    named = {number: getattr(file, day) for number, day in enumerate(WEEKDAYS)}
    basis = Basis(file.document, file.dated) if file.document else None
    return WeekHours({day: tuple(spans) for day, spans in named.items() if spans is not None}, file.since, basis)


def _basis(notice: NoticeFile) -> Basis:
    return Basis(notice.document, notice.dated)


def _rules(notice: NoticeFile, at: KeyPath, document: Document) -> Mapping[date, DayRule]:
    """The days that a notice states. A day that it states twice is a fault."""
    basis, rules = _basis(notice), dict[date, DayRule]()
    for path, day, rule in _stated(notice, basis, document, at):
        if day in rules:
            what = message("{day} stands twice in this notice", day=day.isoformat())
            document.report(Fault("LT205", what, message("state each day once"), path), at)
        rules[day] = rule
    return rules


def _stated(
    notice: NoticeFile, basis: Basis, document: Document, at: KeyPath
) -> Iterator[tuple[KeyPath, date, DayRule]]:
    for place, off in enumerate(notice.days_off):
        path: KeyPath = ("days_off", place)
        for day in _days(off, path, document, at):
            yield path, day, DayRule(off.name, works=False, basis=basis)
    for place, worked in enumerate(notice.days_worked):
        spans = None if worked.hours is None else tuple(worked.hours)
        yield ("days_worked", place), worked.day, DayRule(worked.name, works=True, basis=basis, spans=spans)
    for place, swap in enumerate(notice.swaps):
        path = ("swaps", place)
        off_name, worked_name = _swap_names(swap)
        yield path, swap.day_off, DayRule(off_name, works=False, basis=basis)
        yield path, swap.day_worked, DayRule(worked_name, works=True, basis=basis, like=swap.day_off.weekday())


def _swap_names(swap: SwapFile) -> tuple[str, str]:
    """The names of the two days: data of the project, which is Vietnamese."""
    off, worked = f"{swap.day_off:%d/%m/%Y}", f"{swap.day_worked:%d/%m/%Y}"
    before = f"{swap.name}: " if swap.name else ""
    return f"{before}nghỉ hoán đổi, làm bù ngày {worked}", f"{before}làm bù cho ngày {off}"


def _days(off: OffFile, path: KeyPath, document: Document, at: KeyPath) -> Iterator[date]:
    if (off.day is None) == (off.first is None) or (off.first is None) != (off.last is None):
        what = message("a day off is one `day`, or all from `first` to `last`")
        document.report(Fault("LT212", what, message("write `day`, or `first` and `last`"), path), at)
        return
    first, last = off.day or off.first, off.day or off.last
    if first is None or last is None:
        return
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_BREAK:
        document.report(Fault("LT205", _wrong_length(length), _length_advice(), (*path, "last")), at)
        return
    for number in range(length):
        yield first + number * _DAY


def _wrong_length(length: int) -> Message:
    return message("these are {count} days off", count=length)


def _length_advice() -> Message:
    return message("write the first day, then the last one, at most {days} days", days=LONGEST_BREAK)
