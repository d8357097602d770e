"""A calendar: what each day is, and reckoning in working time.

Days are local (Asia/Ho_Chi_Minh). Instants have an offset; what is answered is UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from lienthong.calendars.parts import DEFAULT_HOURS, Basis, Day, DayRule, Span, WeekHours
from lienthong.calendars.public_holidays import public_days
from lienthong.calendars.unknown_year import UnknownYear
from lienthong.calendars.work_year import DAY, SECOND, WorkYear, make_work_year
from lienthong.envelope import LOCAL_ZONE

DEFAULT_ANNOUNCED_BY = (12, 15)
"""Notices of the last years came between October and the first days of December."""

_MONDAY = 0
_TICK = timedelta(microseconds=1)
_ZERO = timedelta(0)


@dataclass(frozen=True, eq=False)
class Calendar:
    """The days and hours of the agencies that follow one calendar.

    - `layers`: office hours, its own first, then those of the calendars that it extends. Each is in order of `since`.
    - `rules`: days with a rule of their own, with those of the calendars that it extends.
    - `country`, `country_basis`: whose public holidays it has, and by which law; "" for none.
    - `announced`: the years whose days off a document states, and which one.
    - `announced_by`: month and day from which on the days of the next year are expected; 15 December if None.
    - Reckoning in a year of which nothing is known at all raises `UnknownYear`: it has no document, and the library
      has no holidays of it. A year that the library knows and no document states is reckoned; `unannounced` tells it.
    """

    name: str
    layers: tuple[tuple[WeekHours, ...], ...] = ()
    rules: Mapping[date, DayRule] = field(default_factory=dict)
    country: str = ""
    country_basis: Basis | None = None
    announced: Mapping[int, Basis] = field(default_factory=dict)
    announced_by: tuple[int, int] | None = None
    agencies: tuple[str, ...] = ()
    is_default: bool = False
    description: str = ""
    parents: tuple[str, ...] = ()
    _years: dict[int, WorkYear] = field(default_factory=dict, init=False, repr=False)

    def day(self, day: date, language: str = "vi") -> Day:
        """What a day is. It answers for unknown years too, by the weekday alone; `announced` is False then."""
        announced = day.year in self.announced
        if rule := self.rules.get(day):
            spans = self._spans_of(rule, day) if rule.works else ()
            return Day(day, spans, "extra" if rule.works else "off", rule.name, rule.basis, announced)
        public = public_days(self.country, day.year, language) if self.country else None
        if public and day in public.off:
            return Day(day, (), "holiday", public.off[day], self.country_basis, announced)
        if public and day in public.worked:
            return Day(day, self.hours(day, _MONDAY), "extra", "", self.country_basis, announced)
        spans = self.hours(day, day.weekday())
        return Day(day, spans, "working" if spans else "rest", announced=announced)

    def hours(self, day: date, weekday: int) -> tuple[Span, ...]:
        """The office hours of a weekday that are in force on `day`."""
        for layer in self.layers:
            for hours in reversed(layer):
                if hours.since is None or hours.since <= day:
                    if weekday in hours.days:
                        return hours.days[weekday]
                    break
        return DEFAULT_HOURS.days[weekday]

    def _spans_of(self, rule: DayRule, day: date) -> tuple[Span, ...]:
        if rule.spans is not None:
            return rule.spans
        if rule.like is not None:
            return self.hours(day, rule.like)
        return self.hours(day, day.weekday()) or self.hours(day, _MONDAY)

    def knows(self, year: int) -> bool:
        """Whether its days off are known: a document states them, or the library has them."""
        return year in self.announced or bool(self.country and public_days(self.country, year).off)

    def unannounced(self, first: date | datetime, last: date | datetime) -> tuple[int, ...]:
        """The years between two local days or instants whose days off no document states yet."""
        one, other = sorted((_local_day(first).year, _local_day(last).year))
        return tuple(year for year in range(one, other + 1) if year not in self.announced)

    def expects(self, today: date) -> tuple[int, ...]:
        """The years whose days off should be stated on `today`: its own, and from `announced_by` on the next one."""
        years = [today.year]
        if (today.month, today.day) >= (self.announced_by or DEFAULT_ANNOUNCED_BY):
            years.append(today.year + 1)
        return tuple(year for year in years if year not in self.announced)

    # Days.

    def is_working_day(self, day: date) -> bool:
        """Whether any hour of a local day is worked."""
        return self._year(day.year).works(day)

    def add_days(self, day: date, number: int) -> date:
        """The `number`th working day after a local day, or before it if negative. The day itself does not count.

        With 0 it is that day, or the next working day if it is none.
        """
        if number == 0:
            return day if self.is_working_day(day) else self.add_days(day, 1)
        forward, left, year = number > 0, abs(number), self._year(day.year)
        days = year.days_after(day) if forward else year.days_before(day)
        while left > len(days):
            left -= len(days)
            year = self._year(year.year + (1 if forward else -1))
            days = year.days if forward else year.days[::-1]
        return days[left - 1]

    def working_days(self, first: date, last: date) -> int:
        """The number of working days after `first` up to and with `last`. Negative if `last` is before `first`."""
        if last < first:
            return -self.working_days(last, first)
        years = range(first.year, last.year + 1)
        total = sum(len(self._year(year).days) for year in years)
        return total - len(self._year(last.year).days_after(last)) - self._year(first.year).count_until(first)

    # Moments.

    def is_working(self, moment: datetime) -> bool:
        """Whether the office is open. The moment at which it closes is not."""
        year, at = self._at(moment)
        return year.is_open(at)

    def next_moment(self, moment: datetime) -> datetime:
        """The moment itself if the office is open, else when it opens next."""
        year, at = self._at(moment)
        while (opens := year.next_open(at)) is None:
            year = self._year(year.year + 1)
            at = year.begins
        return _instant(opens)

    def previous_moment(self, moment: datetime) -> datetime:
        """The moment itself if the office is open or closes then, else when it last closed."""
        year, at = self._at(moment)
        while (closed := year.last_open(at)) is None:
            year = self._year(year.year - 1)
            at = year.ends
        return _instant(closed)

    def between(self, first: datetime, last: datetime) -> timedelta:
        """The working time from one moment to another, exact to the microsecond. Negative if `last` is earlier."""
        (year, start), (until, end) = self._at(first), self._at(last)
        total = until.worked(end) - year.worked(start)
        one, other = sorted((year.year, until.year))
        between = sum(self._year(number).total for number in range(one, other))
        return timedelta(microseconds=total + (between if until.year > year.year else -between))

    def add(self, moment: datetime, duration: timedelta) -> datetime:
        """The moment at which `duration` of working time has passed since `moment`; the earliest there is.

        A negative duration goes back, to the latest moment there is. Of no time it is the moment itself.
        """
        year, at = self._at(moment)
        if not duration:
            return moment.astimezone(UTC)
        wanted = year.worked(at) + duration // _TICK
        if duration > _ZERO:
            while wanted > year.total:
                wanted -= year.total
                year = self._year(year.year + 1)
            return _instant(year.reached(wanted))
        while wanted < 0:
            year = self._year(year.year - 1)
            wanted += year.total
        return _instant(year.left(wanted))

    def opens_at(self, day: date) -> datetime:
        """When the office opens on a working day."""
        return _instant(_midnight(day) + self.day(day).spans[0][0] * SECOND)

    def closes_at(self, day: date) -> datetime:
        """When the office closes on a working day."""
        return _instant(_midnight(day) + self.day(day).spans[-1][1] * SECOND)

    def _at(self, moment: datetime) -> tuple[WorkYear, int]:
        return self._year(moment.astimezone(LOCAL_ZONE).year), _ticks(moment)

    def _year(self, number: int) -> WorkYear:
        year = self._years.get(number)
        if year is None:
            if not self.knows(number):
                raise UnknownYear(self.name, number)
            year = self._years[number] = make_work_year(number, self._days_of(number))
        return year

    def _days_of(self, year: int) -> Sequence[tuple[date, int, tuple[Span, ...]]]:
        """Each day of a year, its first instant, its hours."""
        days = []
        day = date(year, 1, 1)
        while day.year == year:
            days.append((day, _midnight(day), self.day(day).spans))
            day += DAY
        return days


def extend(calendar: Calendar, parent: Calendar) -> Calendar:
    """`calendar` with what it does not state itself from the one that it extends."""
    return replace(
        calendar,
        layers=(*calendar.layers, *parent.layers),
        rules={**parent.rules, **calendar.rules},
        country=calendar.country or parent.country,
        country_basis=calendar.country_basis if calendar.country else parent.country_basis,
        announced={**parent.announced, **calendar.announced},
        announced_by=calendar.announced_by or parent.announced_by,
        parents=(parent.name, *parent.parents),
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // _TICK


def _instant(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks)


def _midnight(day: date) -> int:
    return _ticks(datetime.combine(day, time(), LOCAL_ZONE))


def _local_day(moment: date | datetime) -> date:
    return moment.astimezone(LOCAL_ZONE).date() if isinstance(moment, datetime) else moment
