"""The settings of sources, inboxes, sinks, lookups and reports, which have a class each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from lienthong.access.rate import Rate
from lienthong.retry import RetryPolicy
from lienthong.route import Origin

DEFAULT_INBOX_BYTES = 10 * 1024 * 1024
"""The largest body of a push to an inbox."""

DEFAULT_INBOX_RECORDS = 5000
"""Records of one push: they are received in one transaction."""

DEFAULT_INBOX_ROOM = 100_000
"""Events of an inbox that may wait for the queues: a day of pushes while the broker is down."""

DEFAULT_PUSH_RATE = Rate(50, 1)
"""How often one address may push to an inbox that knows its pushers from the wire."""

Access = Literal["key", "wire"]
"""What shows who pushes to an inbox."""

DEFAULT_ACCESS: Access = "key"

Replay = Literal["idempotent", "ask", "never"]
"""Whether a replay may deliver to a sink again: always, only when the operator confirms it, or never."""

DEFAULT_REPLAY: Replay = "idempotent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSettings:
    """One file of `config/lookups/` or `config/reports/`. `description` is empty when the file has none.

    `insecure`: whether its link to another machine may be unverified. `in_recordings`: of a report, whether it is made
    when a recording was played.
    """

    name: str
    use: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    insecure: bool = False
    in_recordings: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings(PartSettings):
    """One file of `config/sources/`. `every` is the time between two polls.

    `lists_everything`: a record that a poll does not show is no longer there.
    `silent_after`: how long it may bring nothing new before operators are warned; None for as long as it likes.
    """

    every: timedelta
    silent_after: timedelta | None = None
    lists_everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings(PartSettings):
    """One file of `config/inboxes/`.

    - `access`: whether the engine knows the pusher by its key, or the class of the inbox by what is on the wire.
    - `scope`: what a client needs to push; by `key` alone.
    - `rate`: how often each address may push; by `wire` alone, a client has a rate of its own.
    - `silent_after`: how long it may bring nothing new before operators are warned; None for as long as it likes.
    - `max_bytes`, `max_records`: the largest body that it takes, and how many records one may hold.
    - `room`: how many of its events may wait for the queues before pushes are refused.
    """

    access: Access = DEFAULT_ACCESS
    scope: str = ""
    rate: Rate = DEFAULT_PUSH_RATE
    silent_after: timedelta | None = None
    max_bytes: int = DEFAULT_INBOX_BYTES
    max_records: int = DEFAULT_INBOX_RECORDS
    room: int = DEFAULT_INBOX_ROOM

    @property
    def source(self) -> str:
        """The source of its events."""
        return str(Origin("inbox", self.name))

    @property
    def path(self) -> str:
        """Where it is pushed to."""
        return f"/in/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkSettings(PartSettings):
    """One file of `config/sinks/`. `owner` is the person or office responsible for its dead letters."""

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    replay: Replay = DEFAULT_REPLAY
    owner: str = ""
