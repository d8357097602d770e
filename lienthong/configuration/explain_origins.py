"""Where events come from, in plain words: sources, inboxes, requests, schedules, and what sinks hand back."""

from datetime import datetime, timedelta

from lienthong.configuration import duration
from lienthong.configuration.explain_parameters import parameter_lines
from lienthong.configuration.explain_parts import Line, absent, labelled, with_docstring, with_purpose
from lienthong.configuration.rule_words import rule_words
from lienthong.envelope import LOCAL_ZONE
from lienthong.messages import Message, format_number, message
from lienthong.route import Origin
from lienthong.settings import (
    InboxSettings,
    PartSettings,
    RequestSettings,
    ScheduleSettings,
    Settings,
    SourceSettings,
)


def origin_words(origin: Origin, settings: Settings) -> str:
    """What brings the events of a route."""
    part = getattr(settings, origin.folder).get(origin.name)
    match part:
        case None:
            return absent(origin.folder, origin.name, settings)
        case SourceSettings():
            return with_purpose(_polled(part), part)
        case InboxSettings():
            return with_purpose(message("`{inbox}`, to which others push", inbox=part.name), part)
        case RequestSettings():
            words = message("`{request}`, asked at {address}", request=part.name, address=_address(part))
            return f"{words}: {part.description}" if part.description else words
        case ScheduleSettings():
            words = message("`{schedule}`, due {rule}", schedule=part.name, rule=rule_words(part.rule))
            return f"{words}: {part.description}" if part.description else words
    return message("what the sink `{sink}` hands back", sink=origin.name)


def explain_source(source: SourceSettings, settings: Settings) -> list[Line]:
    """How a source is polled, and which routes take its events."""
    routes = settings.routes_from(source.name)
    return [
        Line(source.name, source.description or with_docstring("", source.use).lstrip(": ") or source.use),
        Line(message("polled"), message("every {pause}", pause=duration.show(source.every))),
        *labelled(message("to"), [f"`{route.name}`" for route in routes] or [message("no route")]),
        Line(message("silent"), _silence(source.silent_after)),
        *labelled(message("with"), list(parameter_lines(source))),
    ]


def explain_inbox(inbox: InboxSettings, settings: Settings) -> list[Line]:
    """What may be pushed, and which routes take it."""
    return [
        _head(inbox),
        Line(message("pushed"), _pushed(inbox)),
        Line(message("who"), _pushers(inbox)),
        *_routes(inbox.source, settings),
        Line(message("waits"), _waits(inbox)),
        Line(message("silent"), _silence(inbox.silent_after)),
        *labelled(message("with"), list(parameter_lines(inbox))),
    ]


def explain_request(request: RequestSettings, settings: Settings) -> list[Line]:
    """Where and by which clients it may be asked, in which time it is answered, and which route answers."""
    late = message("{within}; later the caller receives status 503", within=duration.show(request.within))
    return [
        Line(request.name, request.description or message("A request")),
        Line(message("asked"), _address(request)),
        Line(message("by"), _askers(request)),
        Line(message("within"), late),
        Line(message("question"), f"`{request.accepts}`"),
        Line(message("answer"), f"`{request.answers}`"),
        Line(message("event"), message("`{type}`: the fields of the question, client, answer", type=request.type)),
        *_routes(request.source, settings),
    ]


def _askers(request: RequestSettings) -> Message:
    if request.is_open:
        return message("anybody, without a key")
    if request.scope:
        return message("clients with the scope `{scope}`", scope=request.scope)
    return message("any client")


def _address(request: RequestSettings) -> str:
    return f"`{request.method} {request.path}`"


def explain_schedule(schedule: ScheduleSettings, settings: Settings) -> list[Line]:
    """When a schedule is due, what becomes of missed moments, and which routes take its events."""
    if schedule.catch_up is None:
        missed = message("every one of them becomes an event, however long the stop was")
    else:
        missed = message(
            "those due longer ago than {limit} are skipped (`catch_up`)", limit=duration.show(schedule.catch_up)
        )
    return [
        Line(schedule.name, schedule.description or message("A schedule")),
        Line(message("due"), rule_words(schedule.rule)),
        Line(message("start"), local_moment(schedule.start)),
        Line(message("missed"), missed),
        Line(message("event"), f"`{schedule.type}`: schedule, due_at"),
        *_routes(schedule.source, settings),
    ]


def local_moment(moment: datetime) -> str:
    """A moment in local time, to the minute."""
    return f"{moment.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _head(part: PartSettings) -> Line:
    return Line(part.name, part.description or with_docstring("", part.use).lstrip(": ") or part.use)


def _routes(source: str, settings: Settings) -> list[Line]:
    names = [f"`{route.name}`" for route in settings.routes_from(source)]
    return labelled(message("to"), names or [message("no route")])


def _silence(silent_after: timedelta | None) -> Message:
    if silent_after is None:
        return message("never: it has no `silent_after`")
    return message("without a new event for {limit} (`silent_after`)", limit=duration.show(silent_after))


def _pushed(inbox: InboxSettings) -> Message:
    return message(
        "`POST {path}`, at most {bytes} bytes and {records} records at once",
        path=inbox.path,
        bytes=format_number(inbox.max_bytes),
        records=format_number(inbox.max_records),
    )


def _pushers(inbox: InboxSettings) -> Message:
    if inbox.access == "wire":
        return message("those that its class knows from the push itself; each address {rate}", rate=inbox.rate)
    return message("clients with the scope `{scope}`", scope=inbox.scope)


def _waits(inbox: InboxSettings) -> Message:
    return message(
        "at most {room} events while the queues cannot be reached; then pushes are refused (503)",
        room=format_number(inbox.room),
    )


def _polled(source: SourceSettings) -> str:
    return message("`{source}`, polled every {pause}", source=source.name, pause=duration.show(source.every))
