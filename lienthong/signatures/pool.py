"""A pool of warm processes that judge files within limits of time, memory and size.

Reading a hostile file can take any time and memory. In a process of the pool it costs its own verdict (TOTAL-FAILED,
with the limit as the reason) and that process, which is replaced; never the pool, a judgement beside it, or the caller.
"""

import hashlib
import json
import pickle
import queue
import signal
import threading
import time
import weakref
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

from lienthong.messages import message
from lienthong.messages.os_errors import os_reason
from lienthong.signatures.judge import UNKNOWN, judge, media_type_of
from lienthong.signatures.limits import Limits
from lienthong.signatures.pool_frames import Ended
from lienthong.signatures.pool_member import Member, Question
from lienthong.signatures.trust import Trust
from lienthong.signatures.verdict import DocumentVerdict, Indication, Reason, SubIndication, reason

_MARGIN = 0.8
"""The share of the wall time within which a process must answer; the rest is for its end."""


_STARVED_SECONDS = 2.0
"""A process that had less processor time than this when its wall time was over was kept from working."""

_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""How a process ends that others end; a file cannot do that to it."""


class PoolInterrupted(Exception):  # noqa: N818 - a fact about the machine
    """There is no verdict, for no reason of the file: a process was ended from outside, did not start, or was kept from
    working. Judging again may succeed. The text states which."""


class PoolClosed(RuntimeError):  # noqa: N818 - a fact about the pool
    """The pool is closed, or was closed during the judgement."""


class Pool:
    """Judges in `processes` processes, which start at the first judgement or with `start`. Any thread may use it."""

    def __init__(self, processes: int = 2, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._processes = processes
        self._idle: queue.LifoQueue[Member | Literal["vacant", "closed"]] = queue.LifoQueue()
        self._members: set[Member] = set()
        self._lock = threading.Lock()
        self._started = self._closed = False
        self._trusts: dict[str, bytes] = {}
        weakref.finalize(self, _end_all, self._members)  # also at the end of the interpreter

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes, without waiting until they are warm."""
        with self._lock:
            if self._closed:
                raise PoolClosed
            if not self._started:
                self._started = True
                for _ in range(self._processes):
                    self._idle.put(self._new_or_vacant())

    def judge(
        self, content: bytes, *, trust: Trust, profile: str | None, at: datetime, known_since: datetime | None = None
    ) -> DocumentVerdict:
        """The verdict, as `judge` gives it. Raises `UnknownProfile`, `PoolInterrupted` and `PoolClosed` alone."""
        chosen = trust.profile(profile)
        if len(content) > self.limits.max_bytes:  # it is not worth the way into a process
            return judge(content, trust=trust, profile=chosen, at=at, limits=self.limits)
        self.start()
        member = self._take()
        try:
            answer = self._ask(member, content, trust, Question(chosen, at, known_since))
        except PoolInterrupted:
            if self._closed:
                raise PoolClosed from None
            raise
        finally:
            self._give_back(member)
        if isinstance(answer, DocumentVerdict):
            return answer
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        named = {"digest": digest, "media_type": media_type_of(content)}
        return _unjudged(answer, **named, trust=trust, profile=chosen, at=at)

    def refuse_size(self, digest: str, *, trust: Trust, profile: str | None, at: datetime) -> DocumentVerdict:
        """The verdict over a file of this digest that is too large to be read. Raises `UnknownProfile`."""
        why = reason("beyond-limit", name="max_bytes", limit=self.limits.max_bytes)
        return _unjudged(why, digest=digest, media_type=UNKNOWN, trust=trust, profile=trust.profile(profile), at=at)

    def close(self) -> None:
        """End all processes at once; judgements that are going on raise `PoolClosed`."""
        with self._lock:
            self._closed = True
            _end_all(self._members)
        self._idle.put("closed")

    @property
    def process_ids(self) -> list[int]:
        """Of the living processes, for operators and tests."""
        with self._lock:
            return sorted(member.process.pid for member in self._members if member.process.poll() is None)

    def _new_member(self) -> Member:
        member = Member()
        self._members.add(member)
        return member

    def _new_or_vacant(self) -> Member | Literal["vacant"]:
        try:
            return self._new_member()
        except OSError:  # the next judgement tries again, and states why not
            return "vacant"

    def _take(self) -> Member:
        """A living process. One may have been ended from outside while it had nothing to do."""
        found = self._idle.get()
        with self._lock:
            if found == "closed" or self._closed:
                self._idle.put("closed")  # for the next one that waits
                raise PoolClosed
            if isinstance(found, Member) and found.usable:
                return found
            self._end(found)
            try:
                return self._new_member()
            except OSError as error:
                self._idle.put("vacant")
                raise PoolInterrupted(message("no process can be started: {why}", why=os_reason(error))) from None

    def _give_back(self, member: Member) -> None:
        """Put it back, or a new one where it has ended or has used much."""
        with self._lock:
            if self._closed:
                return
            if member.usable:
                self._idle.put(member)
            else:
                self._end(member)
                self._idle.put(self._new_or_vacant())

    def _end(self, member: Member | str) -> None:
        if isinstance(member, Member):
            self._members.discard(member)
            member.end()

    def _ask(self, member: Member, content: bytes, trust: Trust, question: Question) -> DocumentVerdict | Reason:
        """The verdict, or the limit that the file went beyond. Raises `PoolInterrupted` where it is not to blame."""
        try:
            member.wait_until_warm()
            until = time.monotonic() + self.limits.wall_seconds * _MARGIN
            member.channel.settimeout(self.limits.wall_seconds * _MARGIN)
            member.send_trust(trust.digest, self._pickled(trust), self.limits)
            member.send_file(content, question)
            verdict = DocumentVerdict.from_json(json.loads(member.receive(until)))
            if any(each.code == "beyond-limit" for each in verdict.reasons):
                member.end()  # its memory may be full, and in pieces
            return verdict
        except TimeoutError:
            worked, least = member.processor_seconds(), min(_STARVED_SECONDS, self.limits.wall_seconds / 4)
            member.end()
            if not member.is_judging or (worked is not None and worked < least):
                raise PoolInterrupted(message("a process got no processor time to judge")) from None
            return reason("beyond-limit", name="wall_seconds", limit=self.limits.wall_seconds)
        except (Ended, OSError, ValueError, KeyError, TypeError):  # it ended, was closed, or sent what is no verdict
            return self._why_ended(member)

    def _why_ended(self, member: Member) -> Reason:
        code = member.end()
        if code == -signal.SIGXCPU:
            return reason("beyond-limit", name="cpu_seconds", limit=self.limits.cpu_seconds)
        if not member.is_judging:
            raise PoolInterrupted(message("a process that judges did not start ({code})", code=code))
        if code in _FROM_OUTSIDE:
            raise PoolInterrupted(message("a process that judges was ended from outside ({code})", code=code))
        return reason("process-ended", exit_code=code)

    def _pickled(self, trust: Trust) -> bytes:
        """The trust as bytes, made once for each digest."""
        if trust.digest not in self._trusts:
            self._trusts.clear()
            self._trusts[trust.digest] = pickle.dumps(trust)
        return self._trusts.get(trust.digest) or pickle.dumps(trust)


def _end_all(members: set[Member]) -> None:
    while members:
        members.pop().end()


def depends_on_limits(verdict: DocumentVerdict) -> bool:
    """Whether the verdict may be another one on a machine with more time or memory."""
    return any(each.code in ("process-ended", "beyond-limit") for each in verdict.reasons)


def _unjudged(
    why: Reason, *, digest: str, media_type: str, trust: Trust, profile: str, at: datetime
) -> DocumentVerdict:
    """The verdict over a file whose judgement came to no end, or did not begin."""
    return DocumentVerdict(
        indication=Indication.TOTAL_FAILED,
        sub_indication=SubIndication.FORMAT_FAILURE,
        reasons=(why,),
        signatures=(),
        policy=trust.digest,
        profile=profile,
        checked_at=at.astimezone(UTC),
        digest=digest,
        media_type=media_type,
    )
