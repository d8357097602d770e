"""Traces by W3C Trace Context (Recommendation of 2021): what comes in with a trace leaves with it.

`traceparent` is `00-TRACE-SPAN-FLAGS`; `tracestate` is what systems on the way note for themselves. A malformed
`traceparent` is ignored, and its `tracestate` with it; a malformed `tracestate` is ignored alone.
"""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

PARENT, STATE = "traceparent", "tracestate"
"""Names of the headers (HTTP) and of the attributes of an event (the tracing extension of CloudEvents)."""

STATE_LIMIT = 512
"""Characters of a `tracestate` that travel along: the standard asks for at least so many (3.3.1.5)."""

LONG_MEMBER = 128
"""Where a `tracestate` is too long, members beyond this many characters are left out first (3.3.1.5)."""

MEMBERS = 32
"""Members of a `tracestate`; one with more is malformed (3.3.1.1)."""

_PARENT = re.compile(
    r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII
)
_MEMBER = re.compile(
    r"([a-z0-9][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]",
    re.ASCII,
)
_KNOWN_FLAGS = 0x03  # sampled; the trace id is random. Others must not be passed on (3.2.2.5)


class Trace(NamedTuple):
    """A `traceparent` and its `tracestate`, both sound."""

    parent: str
    state: str | None = None


def headers_of(trace: Trace) -> Mapping[str, str]:
    """The headers of a trace, as they are sent."""
    return {PARENT: trace.parent, STATE: trace.state} if trace.state else {PARENT: trace.parent}


class Traced(Protocol):
    """What has a trace: an envelope."""

    @property
    def trace(self) -> str | None: ...

    @property
    def tracestate(self) -> str | None: ...


def sound_parent(given: object) -> str | None:
    """A `traceparent` in the form of version 00, with the span id that it came with; None when it is malformed."""
    found = _PARENT.fullmatch(given.strip(" \t")) if isinstance(given, str) and len(given) < STATE_LIMIT else None
    if found is None or (found[1] == "00" and found[5]):  # only a later version may have more parts
        return None
    return f"00-{found[2]}-{found[3]}-{int(found[4], 16) & _KNOWN_FLAGS:02x}"


@lru_cache(maxsize=256)
def _sound_state(given: str) -> str | None:
    members = [member for part in given.split(",") if (member := part.strip(" \t"))]
    keys = {member.partition("=")[0] for member in members}
    if len(keys) < len(members) or len(members) > MEMBERS or not all(map(_MEMBER.fullmatch, members)):
        return None
    if len(",".join(members)) > STATE_LIMIT:
        members = [member for member in members if len(member) <= LONG_MEMBER]
    while len(",".join(members)) > STATE_LIMIT:
        members.pop()
    return ",".join(members) or None


def sound_state(given: object) -> str | None:
    """A `tracestate` within its limit; None when it is malformed or empty."""
    return _sound_state(given) if isinstance(given, str) and len(given) < 20 * STATE_LIMIT else None


def sound_trace(parent: object, state: object) -> tuple[str | None, str | None]:
    """Both as they came, where they are sound."""
    sound = sound_parent(parent)
    return (None, None) if sound is None else (sound, sound_state(state))


def trace_of(wire: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Both attributes of a CloudEvent, where they are sound: what is malformed is ignored."""
    return sound_trace(wire[PARENT], wire.get(STATE)) if PARENT in wire else (None, None)


def continued(parent: object, state: object = None) -> Trace | None:
    """Our part of a trace that came in: its trace id and flags with a span id of our own; None for a malformed one."""
    sound = sound_parent(parent)
    return None if sound is None else Trace(f"{sound[:36]}{secrets.token_hex(8)}{sound[52:]}", sound_state(state))


def begin_trace() -> Trace:
    """A trace that begins here. No caller has asked for it to be sampled."""
    return Trace(f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00")


class _Work(NamedTuple):
    """What is being worked on. `of_key`: for a lookup, the trace of what asks for a key."""

    trace: Trace | None
    of_key: Mapping[str, Trace]


_NOTHING = _Work(None, {})
_current: ContextVar[_Work] = ContextVar("trace of the current work", default=_NOTHING)


@contextmanager
def on_behalf_of(events: Sequence[Traced], keys: Mapping[str, Traced] | None = None) -> Iterator[None]:
    """What is called over HTTP within the block is called because of these events.

    It carries their trace when they have one and the same: a header has room for one. `keys`: of a lookup, for which
    event each key is looked up; see `on_behalf_of_key`.
    """
    of_key = {key: trace for key, event in (keys or {}).items() if (trace := _trace_of(event))}
    token = _current.set(_Work(_common(events), of_key))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def on_behalf_of_key(key: str) -> Iterator[None]:
    """What a lookup calls over HTTP within the block is called to find this key alone."""
    work = _current.get()
    token = _current.set(_Work(work.of_key.get(key, work.trace), {}))
    try:
        yield
    finally:
        _current.reset(token)


def current_trace() -> Trace | None:
    """The trace of what is being worked on, as it came."""
    return _current.get().trace


def _trace_of(event: Traced) -> Trace | None:
    return Trace(event.trace, event.tracestate) if event.trace else None


def _common(events: Sequence[Traced]) -> Trace | None:
    first = _trace_of(events[0]) if events else None
    if first is None or any(not event.trace or event.trace[3:35] != first.parent[3:35] for event in events):
        return None
    return first
