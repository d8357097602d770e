"""What a person has to know of a stage beyond its figures: the sentences of the command line and of the console."""

from collections.abc import Iterator
from datetime import datetime

from lienthong.data.local_time import local_time
from lienthong.messages import Message, message
from lienthong.operations.queues import StageLoad


def stage_sentences(load: StageLoad) -> Iterator[Message]:
    """The sentences, the most urgent first."""
    stage = load.status.stage
    if load.is_unserved:
        yield message("No process serves {stage}: run `lienthong run` (or `--only` with its role).", stage=stage)
    if (halted := load.halted) is not None and halted.halted_since is not None:
        yield message(
            "{stage} has halted by itself at {since}. {why}",
            stage=stage,
            since=local_time(halted.halted_since),
            why=halted.halted_why,
        )
    if (down := load.down) is not None and down.down_since is not None:
        yield message(
            "{stage}: the target is down since {since}: {why}. No attempt is spent; it is probed again {probe}.",
            stage=stage,
            since=local_time(down.down_since),
            why=down.down_why.rstrip("."),
            probe=_at(down.probe_at),
        )
    elif (waiting := load.waiting) is not None:
        yield message(
            "{stage}: events wait because of: {why}; the next try is {moment}.",
            stage=stage,
            why=waiting.waiting_why.rstrip("."),
            moment=_at(waiting.next_try_at),
        )


def _at(instant: datetime | None) -> Message:
    return message("at {time}", time=local_time(instant)) if instant else message("with the next event")
