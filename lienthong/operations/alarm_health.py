"""What the doctor finds of the alarms that the project's sinks raise."""

from collections.abc import Iterator

from lienthong.messages import message, message_n
from lienthong.operations.health_items import HealthItem, Installation


def examine_alarms(installation: Installation) -> Iterator[HealthItem]:
    """One warning for each kind of open alarms; one line where sinks raise some and none is open."""
    from lienthong.adapters.clock import SystemClock
    from lienthong.configuration.resolve import sinks_with
    from lienthong.envelope import LOCAL_ZONE
    from lienthong.operations.alarms import find_alarms

    settings = installation.loaded.settings
    raising = [sink.name for sink in sinks_with("open_alarms", settings)]
    if not raising or not installation.has_board:
        return
    topic = message("Alarms")
    found = list(find_alarms(settings, installation.ledger_database, SystemClock()))
    for one in found:
        text = message_n(
            "{sink}: {count} open since {moment}: {text}",
            "{sink}: {count} open, the oldest since {moment}: {text}",
            count=one.alarms.count,
            sink=one.sink,
            moment=f"{one.alarms.oldest.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}",
            text=one.alarms.text,
        )
        yield HealthItem(topic, "warn", text)
    if not found:
        yield HealthItem(topic, "ok", message("none is open ({sinks})", sinks=", ".join(raising)))
