"""Cursors for operators: how far a source was read, in figures alone, because operators read two languages."""

from datetime import datetime

from lienthong import LOCAL_ZONE, Cursor, parse_utc

NOT_BEGUN = "—"


def describe_windows(cursor: Cursor) -> str:
    """The cursor of a source that is read in windows of time, and of its tiers; see `windows` and `look_back`.

    What could not be read is left out: the state of the source names it as its failure.
    """
    through = cursor.get("through")
    if not through:
        return NOT_BEGUN
    read = [_local(parse_utc(str(through)))]
    tiers = cursor.get("tiers")
    if isinstance(tiers, dict) and tiers:
        read += [f"{tier}: {_local(parse_utc(str(moment)))}" for tier, moment in tiers.items()]
    return "; ".join(read)


def describe_feed(cursor: Cursor) -> str:
    """The cursor of a feed: the token after which it goes on; see `feed`."""
    after = cursor.get("after")
    return f"“{after}”" if after else NOT_BEGUN


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M:%S}"
