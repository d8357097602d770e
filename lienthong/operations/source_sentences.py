"""What a person has to know of a source beyond its figures: the sentences of the command line and of the console."""

from collections.abc import Iterator

from lienthong.configuration import duration
from lienthong.data.local_time import MINUTE, local_time
from lienthong.messages import Message, format_number, message
from lienthong.operations.labels import source_state_label
from lienthong.operations.sources import SourceView


def source_sentences(view: SourceView) -> Iterator[Message]:
    """The sentences, the most urgent first."""
    status, name = view.status, view.name
    if status.trouble and status.trouble_since is not None:
        yield message(
            "{source}: {state} since {since}: {why}. Nothing is lost; the next poll reads on from there.",
            source=name,
            state=source_state_label(status.trouble),
            since=local_time(status.trouble_since),
            why=status.why.rstrip("."),
        )
    if view.state == "hanging" and status.progress_at is not None:
        yield message(
            "{source}: its poll goes on without a page since {since}; see whether the system answers, or restart the "
            "process.",
            source=name,
            since=local_time(status.progress_at),
        )
    if view.state == "silent" and view.silent_after is not None:
        yield message(
            "{source}: it answers, but nothing new came for longer than {limit} (`silent_after`); ask whether its "
            "system still records.",
            source=name,
            limit=duration.show(view.silent_after),
        )
    if view.pushes is not None and view.pushes.pushed_at is not None:
        yield message(
            "{source}: {count} pushes recorded, the last one at {moment}.",
            source=name,
            count=format_number(view.pushes.pushes),
            moment=local_time(view.pushes.pushed_at),
        )
    if view.pushes is not None and view.pushes.refused_at is not None:
        yield message(
            "{source}: {count} pushes refused, the last one at {moment} ({code}).",
            source=name,
            count=format_number(view.pushes.refused),
            moment=local_time(view.pushes.refused_at),
            code=view.pushes.refusal,
        )
    if view.awaited:
        yield message(
            "{source}: it is not polled before these were read once to their end: {names}.",
            source=name,
            names=", ".join(view.awaited),
        )
    if view.next_due is not None:
        yield message("{source}: the next moment is {moment}.", source=name, moment=local_time(view.next_due, MINUTE))
    if view.lacks_days_of:
        yield message(
            "{source}: no notice in the calendar `{calendar}` states the days off of that year; add it, or the working "
            "days are those that the law gives.",
            source=name,
            calendar=view.lacks_days_of,
        )
    if view.state == "stopped":
        yield message("{source}: no process polls it; run `lienthong run`, or see `lienthong doctor`.", source=name)
