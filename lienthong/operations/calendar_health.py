"""What the doctor finds of local time and of the calendars."""

from collections.abc import Iterator
from datetime import datetime

from lienthong.configuration.check_calendars import unstated_years
from lienthong.envelope import LOCAL_ZONE
from lienthong.messages import message, message_n
from lienthong.operations.health_items import HealthItem, Installation


def examine_calendars(installation: Installation) -> Iterator[HealthItem]:
    """Whether the days off of the years that matter are stated."""
    topic = message("Calendar")
    now = datetime.now(LOCAL_ZONE)
    calendars = installation.loaded.settings.calendars
    if not calendars:
        found = message("local time is UTC+{offset}; this project has no calendar of offices", offset=now.utcoffset())
        yield HealthItem(topic, "ok", found)
        return
    missing = unstated_years(calendars, now.date())
    for name, years in missing.items():
        found = message(
            "no notice in `{calendar}` states the days off of {years}: deadlines follow the law alone",
            calendar=name,
            years=", ".join(map(str, years)),
        )
        yield HealthItem(topic, "warn", found, message("add the notice to config/calendars/{name}.yaml", name=name))
    if not missing:
        stated = {year for calendar in calendars.values() for year in calendar.announced}
        found = message(
            "local time is UTC+{offset}; {calendars}, days off are announced up to {year}",
            offset=now.utcoffset(),
            calendars=message_n("{count} calendar", "{count} calendars", count=len(calendars)),
            year=max(stated, default="—"),
        )
        yield HealthItem(topic, "ok", found)
