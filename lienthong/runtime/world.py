"""Two worlds that are never mixed: a recording's invented events, and the live bus.

A ledger is marked with its world at its first use. A ledger of an earlier version has no mark, but its own times tell
what wrote it: a recording's clock stands on the recorded moments, which are whole seconds, and the machine's clock has
microseconds. Where there are too few of them, the first use decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from lienthong.adapters.sql.database import Database
from lienthong.adapters.sql.identity import block_moments, claim_world, read_identity
from lienthong.configuration.names import resolve
from lienthong.configuration.parameters import signature_of
from lienthong.envelope import Envelope
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.outcome import Done, Outcome
from lienthong.ports import Found, Transaction
from lienthong.runtime.endpoints import RECORDING_MARK
from lienthong.settings import PartSettings

World = Literal["live", "recording"]


SURE_BLOCKS = 100
"""Blocks written on a whole second that cannot be chance."""


class WrongWorld(WrongUse):
    """The ledger belongs to the other world; the message names both ways out."""


@dataclass(frozen=True, slots=True)
class Playing:
    """A recording that a bus plays, in place of the outside systems.

    - `addresses`: those of the stand-ins for the systems that it has. Nothing else is polled or sent to. There is none
      when an operator acts on the ledger of a recording, which plays nothing.
    - `folder`: that of the recording, None when nothing is played. `sent`: what sinks that play their own part (`play`)
      would have sent to their systems, in the order in which they did.
    - `withheld` counts, by sink, the events that were not sent; `unasked`, by lookup, the keys it was not asked for.
    """

    addresses: Sequence[str] = ()
    folder: Path | None = None
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    withheld: dict[str, int] = field(default_factory=dict)
    unasked: dict[str, int] = field(default_factory=dict)

    def plays(self, part: PartSettings) -> bool:
        """Whether every address among the parameters of a part is one of the stand-ins, and there is one."""
        named = list(_addresses(part.parameters))
        return bool(named) and all(self._is_stand_in(address) for address in named)

    def withholds(self, sink: PartSettings) -> bool:
        """Whether a sink would reach outside, so that its events stay here."""
        return reaches_outside(sink) and not self.plays(sink)

    def can_stage(self, sink: PartSettings) -> bool:
        """Whether a sink plays its own part from the recording: its class has `play`."""
        return self.folder is not None and callable(getattr(resolve(sink.use), "play", None))

    def stage(self, connector: Any) -> bool:
        """Let a sink play its part. From now on it reaches nothing outside, and adds to `sent` what it would send.

        False where this is impossible, because the connector could not be made.
        """
        if not hasattr(connector, "play"):
            return False
        connector.play(self.folder, self.sent)
        return True

    def withholds_lookup(self, lookup: PartSettings) -> bool:
        """Whether a lookup would ask another system, so that it is not asked. A file of the machine may be read."""
        declared = getattr(resolve(lookup.use), "reaches_outside", None)
        asks = any(_addresses(lookup.parameters)) if declared is None else bool(declared)
        return asks and not self.plays(lookup)

    def _is_stand_in(self, address: str) -> bool:
        return any(address == one or address.startswith(f"{one}/") for one in self.addresses)


class WithheldSink:
    """Stands for a sink that reaches outside: nothing is sent, and the trail states it."""

    def __init__(self, name: str, playing: Playing) -> None:
        self._name = name
        self._withheld = playing.withheld

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - nothing is written
        self._withheld[self._name] = self._withheld.get(self._name, 0) + len(envelopes)
        note = message("not sent: this is a recording")
        return [Done(envelope, note) for envelope in envelopes]


class WithheldLookup:
    """Stands for a lookup that asks another system: it knows nothing, and the summary of the recording states it."""

    def __init__(self, name: str, playing: Playing) -> None:
        self._name = name
        self._unasked = playing.unasked

    def find_many(self, keys: Sequence[str]) -> Found:
        """No key is known."""
        self._unasked[self._name] = self._unasked.get(self._name, 0) + len(keys)
        return {}


def reaches_outside(part: PartSettings) -> bool:
    """Whether a sink brings events to something outside of the bus's own database.

    Its class may say so with `reaches_outside = True` or `False`. Without it, a sink reaches outside whose parameters
    have an address (`scheme://`) or a path.
    """
    target: Any = resolve(part.use)
    declared = getattr(target, "reaches_outside", None)
    if declared is not None:
        return bool(declared)
    paths = {name for name, parameter in signature_of(target).parameters.items() if _is_path(parameter.annotation)}
    return bool(paths & set(part.parameters)) or any(_addresses(part.parameters))


def claim_ledger(database: Database, world: World, now: datetime, *, place: Path) -> None:
    """Mark the ledger with `world` when it is new; raise `WrongWorld` when it belongs to the other one.

    `place` is the data directory, for the message.
    """
    if settle_world(database, now, default=world) != world:
        raise _wrong_world(world, place)


def settle_world(database: Database, now: datetime, *, default: World = "live") -> World:
    """The mark of the ledger. One without a mark gets that of what wrote it, and a new one gets `default`."""
    found = ledger_world(database) or claim_world(database, now, world=_written_by(database) or default).world
    return "recording" if found == "recording" else "live"


def mark_recording(data: Path, recording: Path) -> None:
    """Note in a data directory that it is that of a recording: the environment names no server for it from now on."""
    (data / RECORDING_MARK).write_text(f"{recording.resolve()}\n", encoding="utf-8")


def ledger_world(database: Database) -> str:
    """The mark of the ledger; "" when it has none."""
    identity = read_identity(database)
    return identity.world if identity else ""


def _written_by(database: Database) -> World | None:
    """The world of a ledger without a mark, by the moments of its blocks; None where they do not tell."""
    first, on_the_second = block_moments(database)
    if first is not None and first.microsecond:
        return "live"
    return "recording" if on_the_second >= SURE_BLOCKS else None


def _wrong_world(wanted: World, place: Path) -> WrongWorld:
    if wanted == "recording":
        return WrongWorld(
            message(
                "The ledger is that of a live bus, and a recording is never played into it. Leave out `--data` and "
                "`--database`, so that the recording gets a data directory of its own; or name an empty one with "
                "`--data DIR` (now: {data}).",
                data=place,
            )
        )
    return WrongWorld(
        message(
            "The ledger holds the invented events of a recording, and the live bus never goes on with it. Name another "
            "data directory or database for the live bus (`--data DIR` or `LIENTHONG_DATA`, now: {data}; "
            "`LIENTHONG_DATABASE`); or play the recording again with `lienthong run --recording DIR`.",
            data=place,
        )
    )


def _addresses(value: Any) -> Iterator[str]:
    """The addresses among values of YAML."""
    if isinstance(value, str):
        if "://" in value:
            yield value
    elif isinstance(value, Mapping):
        yield from _each(value.values())
    elif isinstance(value, Sequence):
        yield from _each(value)


def _each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _addresses(value)


def _is_path(annotation: Any) -> bool:
    return annotation is Path or Path in getattr(annotation, "__args__", ())
