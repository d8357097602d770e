"""Of the report on indicators, for people: the tables and the charts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from lienthong import Chart, Column, Sheet
from reports.figures import NO_SHARE, format_number, format_percent, share
from reports.indicators.definition import IndicatorSet
from reports.indicators.judged import ByUnit, Judged, Whole, below, scores
from reports.indicators.tally import Share, Shares
from reports.month import Month
from reports.units import Units

NO_TARGET = "Chưa giao"
_VERDICTS = {True: "Đạt", False: "Chưa đạt", None: NO_SHARE}
_NUMBER = Column("TT", "number", 5)
_COUNTS = (Column("Tử số", "number", 9), Column("Mẫu số", "number", 9), Column("Tỷ lệ", "percent", 10))
_UNIT = (Column("Mã đơn vị", width=14), Column("Đơn vị", width=34))


def whole_sheet(whole: Whole, indicators: IndicatorSet) -> Sheet:
    """Every indicator with its target."""
    columns = (_NUMBER, Column("Chỉ tiêu", width=34), *_COUNTS, Column("Mức giao", "percent", 10))
    rows = [
        (number, indicators[name].title, *_counts(one.share), _target(one), _VERDICTS[one.reached])
        for number, (name, one) in enumerate(whole.items(), start=1)
    ]
    return Sheet("Các chỉ tiêu", (*columns, Column("Kết quả", width=12)), rows)


def units_sheet(found: ByUnit, indicators: IndicatorSet, units: Units) -> Sheet:
    """Every unit that received, each for itself, with each indicator that counts something there."""
    columns = (_NUMBER, *_UNIT, Column("Chỉ tiêu", width=30), *_COUNTS, Column("Mức giao", "percent", 10))
    rows: list[tuple[object, ...]] = []
    for code, shares in found.items():
        for name, one in shares.items():
            shown = (code, units.name(code), indicators[name].title, *_counts(one.share))
            rows.append((len(rows) + 1, *shown, _target(one), _VERDICTS[one.reached]))
    return Sheet("Theo đơn vị tiếp nhận", (*columns, Column("Kết quả", width=12)), rows)


def below_sheet(found: ByUnit, indicators: IndicatorSet, units: Units) -> Sheet:
    """Every unit below a target, by indicator."""
    columns = (_NUMBER, Column("Chỉ tiêu", width=30), *_UNIT, *_COUNTS, Column("Mức giao", "percent", 10))
    rows: list[tuple[object, ...]] = []
    for name, indicator in indicators.items():
        for code in below(found, name):
            one = found[code][name]
            source = one.target.source if one.target else ""
            shown = (indicator.title, code, units.name(code), *_counts(one.share), _target(one), source)
            rows.append((len(rows) + 1, *shown))
    return Sheet("Đơn vị chưa đạt mức giao", (*columns, Column("Căn cứ giao", width=24)), rows)


def trend_sheet(trend: Mapping[Month, Shares], indicators: IndicatorSet) -> Sheet:
    """The indicators over the months of which the store has dossiers."""
    columns = (_NUMBER, Column("Tháng", width=10), Column("Chỉ tiêu", width=40), *_COUNTS)
    rows: list[tuple[object, ...]] = []
    for month, shares in trend.items():
        for name, one in shares.items():
            rows.append((len(rows) + 1, f"{month.first:%m/%Y}", indicators[name].title, *_counts(one)))
    return Sheet("Diễn biến các tháng", columns, rows)


def points_sheet(whole: Shares, indicators: IndicatorSet) -> Sheet:
    """Of a scored set, the points of each indicator and of each group."""
    columns = (
        _NUMBER,
        Column("Nhóm", width=28),
        Column("Chỉ tiêu", width=36),
        *_COUNTS,
        Column("Điểm tối đa", width=9),
    )
    rows: list[tuple[object, ...]] = []
    for name, one in indicators.items():
        if one.points is not None:
            found = one.score(*whole[name])
            points = NO_SHARE if found is None else format_number(found)
            most = format_number(Decimal(str(one.points)))
            rows.append((len(rows) + 1, one.group, one.title, *_counts(whole[name]), most, points))
    groups = scores(whole, indicators).values()
    sums = (sum((getattr(one, of) for one in groups), Decimal(0)) for of in ("most", "points"))
    total = ("", "Tổng cộng", "", "", "", "", *map(format_number, sums))
    return Sheet("Điểm theo nhóm", (*columns, Column("Điểm đạt", width=9)), rows, total)


def formulas_sheet(indicators: IndicatorSet) -> Sheet:
    """How each indicator is counted, since when, and by which document; what was assumed stands beside it."""
    columns = (
        *(_NUMBER, Column("Chỉ tiêu", width=26), Column("Tử số", width=34), Column("Mẫu số", width=26)),
        *(Column("Căn cứ, hiệu lực", width=28), Column("Giả định", width=30)),
    )
    rows = [
        (
            number,
            one.title,
            one.numerator if one.reaches else f"Chưa tính được: {one.missing}",
            one.denominator if one.reaches else NO_SHARE,
            "; ".join(filter(None, [one.source, _dates(one.since, one.until)])),
            one.assumed,
        )
        for number, one in enumerate(indicators.values(), start=1)
    ]
    return Sheet("Cách tính và căn cứ", columns, rows)


def charts(trend: Mapping[Month, Shares], found: ByUnit, indicators: IndicatorSet) -> list[Chart]:
    """The indicators over the months, and how many units miss each target."""
    months = [f"{month.first:%m/%Y}" for month in trend]
    series = [
        (one.title, [_ratio(of[name]) for of in trend.values()]) for name, one in indicators.items() if one.reaches
    ]
    missed = [len(below(found, name)) for name in indicators]
    titles = [one.title for one in indicators.values()]
    return [
        Chart("Các chỉ tiêu theo tháng", "line", months, series, percent=True),
        Chart("Số đơn vị chưa đạt mức giao", "bar", titles, [("Đơn vị", missed)]),
    ]


def missed_words(whole: Whole, indicators: IndicatorSet) -> Sequence[str]:
    """The indicators below their target, each with its figures."""
    missed = [(name, one) for name, one in whole.items() if one.reached is False]
    return [f"{indicators[name].title} ({_words(one)})" for name, one in missed]


def _words(one: Judged) -> str:
    counts = f"{one.share.numerator}/{one.share.denominator}"
    shown, target = share(*one.share), _target(one)
    return f"{counts} = {format_percent(shown)}, mức giao {format_percent(target)}"  # type: ignore[arg-type]  # both are there


def _counts(one: Share) -> tuple[object, ...]:
    return (*one, share(*one))


def _target(one: Judged) -> Decimal | str:
    return NO_TARGET if one.target is None else Decimal(str(one.target.percent)) / 100


def _ratio(one: Share) -> Decimal | None:
    found = share(*one)
    return None if isinstance(found, str) else found


def _dates(since: object, until: object) -> str:
    days = [f"{word} {day:%d/%m/%Y}" for word, day in (("từ", since), ("đến trước", until)) if day]
    return " ".join(days)
