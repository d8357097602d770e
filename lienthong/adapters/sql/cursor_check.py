"""Proving the cursors: what a source says it has received is what is kept of it, one number each."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from lienthong.adapters.sql.schema import bodies, cursors


def verify(connection: Connection) -> Iterator[str]:
    """Every source whose numbers are not 1, 2, 3, … up to what its cursor says was taken.

    A number too high would make later events pass for handed over, one too low would give a number twice. What the
    cursor itself says is the source's own word, which nothing else in the ledger repeats: it is not proved.
    """
    number = bodies.c.number
    counted = select(bodies.c.source, func.count(), func.count(number.distinct()), func.min(number), func.max(number))
    kept = {source: tuple(rest) for source, *rest in connection.execute(counted.group_by(bodies.c.source))}
    told = {row.source: row for row in connection.execute(select(cursors).order_by(cursors.c.source))}
    for source, (events, *numbers) in sorted(kept.items()):
        if numbers != [events, 1, events]:
            yield f"nguồn {source}: sự kiện không được đánh số liền nhau từ 1 đến {events}"
        if source not in told:
            yield f"nguồn {source}: có {events} sự kiện nhưng không có con trỏ"
    for source, row in told.items():
        events = kept.get(source, (0,))[0]
        if row.taken != events:
            yield f"nguồn {source}: con trỏ ghi đã nhận {row.taken} sự kiện nhưng kho lưu có {events}"
        if row.handed_over is not None and not 0 <= row.handed_over <= row.taken:
            yield f"nguồn {source}: con trỏ ghi đã giao tới số {row.handed_over}, ngoài 0–{row.taken}"
