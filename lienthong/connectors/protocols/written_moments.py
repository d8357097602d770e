"""Whether a text that orders records is a moment in the future, such as a typo of 2099."""

from datetime import datetime, tzinfo

from lienthong.envelope import LOCAL_ZONE


def lies_ahead(text: str, now: datetime, zone: tzinfo = LOCAL_ZONE) -> bool:
    """Whether `text` is a day or moment in ISO 8601 (in `zone` unless it has an offset) that is later than `now`.

    Text of any other form is not a moment.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    # Compared without an offset where there is none: year 9999 has no UTC.
    return moment > (now if moment.tzinfo else now.astimezone(zone).replace(tzinfo=None))
