"""Cursors in words, for operators: how far a source was read. The words are the project's own language."""

from datetime import datetime

from lienthong import LOCAL_ZONE, Cursor, parse_utc


def describe_windows(cursor: Cursor) -> str:
    """The cursor of a source that is read in windows of time; see `windows` and `look_back`."""
    through = cursor.get("through")
    if not through:
        return "chưa đọc đến đâu"
    words = [_local(parse_utc(str(through)))]
    tiers = cursor.get("tiers")
    if isinstance(tiers, dict) and tiers:
        read = ", ".join(f"{tier} trước: {_local(parse_utc(str(moment)))}" for tier, moment in tiers.items())
        words.append(f"xem lại {read}")
    if unread := cursor.get("unread"):
        words.append(f"{len(unread)} khoảng thời gian chưa đọc được")
    return "; ".join(words)


def describe_feed(cursor: Cursor) -> str:
    """The cursor of a feed: the token after which it goes on; see `feed`."""
    after = cursor.get("after")
    return f"dấu “{after}” của hệ thống" if after else "đầu danh sách"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M:%S}"
