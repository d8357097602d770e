"""Instants as the sentences of a verdict show them: in Vietnam's local time."""

from datetime import datetime

from lienthong.envelope import LOCAL_ZONE


def shown_day(moment: datetime) -> str:
    return moment.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y")


def shown_time(moment: datetime) -> str:
    return moment.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M")
