"""The lookup that judges signatures: verification as a step of a route."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lienthong.envelope import parse_utc
from lienthong.errors import Misconfigured, Transient
from lienthong.messages import Language, message
from lienthong.ports.connectors import Site
from lienthong.ports.files import NoSuchFile
from lienthong.signatures.limits import MIB, Limits

if TYPE_CHECKING:  # what judges takes long to import, and most commands only read what is configured
    from lienthong.signatures.pool import Pool
    from lienthong.signatures.trust import Trust
    from lienthong.signatures.trust_watch import WatchedTrust
    from lienthong.signatures.verdict import DocumentVerdict

_REMEMBERED = 500
"""Verdicts kept for deliveries that come again."""


class Signatures:
    """Judges bodies of files. A key is `DIGEST|PROFILE|MOMENT` or `DIGEST|PROFILE|MOMENT|KNOWN`.

    The answer is the verdict as JSON.

    - DIGEST is `sha256:…` of a body among the files; PROFILE one of the policy, or empty for its default; MOMENT an
      ISO 8601 instant with an offset, the moment of judging; KNOWN one since which this very file is known to be here:
      its signatures are no younger, so that a certificate that has expired or was revoked since then still counts.
    - `trust` is the trust folder. It is read again when something in it changes.
    - `processes` judge at the same time, each within `wall_time`, `processor_time` and `memory_mib`. A file beyond
      them, or above `max_mib`, has the verdict TOTAL-FAILED with the limit as its reason.
    - `language` is that of the sentences in verdicts; their codes are the same in every language.

    A key without such a body, with an unknown profile, or not of this form is absent from the answer; a notice states
    the latter two. It writes nothing, and the same key under the same trust has the same verdict.
    """

    reaches_outside = False

    def __init__(
        self,
        site: Site,
        *,
        trust: Path,
        processes: int = 2,
        wall_time: timedelta = timedelta(seconds=10),
        processor_time: timedelta = timedelta(seconds=10),
        memory_mib: int = 800,
        max_mib: int = 100,
        language: Language = "vi",
    ) -> None:
        self._files = site.files
        self._notices = site.notices
        self._folder = trust
        self._language: Language = language
        self._limits = Limits(
            max_bytes=max_mib * MIB,
            wall_seconds=wall_time.total_seconds(),
            cpu_seconds=int(processor_time.total_seconds()),
            memory_bytes=memory_mib * MIB,
        )
        self._processes = processes
        self._closed = False
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="signatures")
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Mapping[str, Any]] = OrderedDict()

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """The verdicts by key.

        Raises `Transient` for a trust folder that is not sound, when a process was kept from judging, and when this
        lookup is closed. A verdict is never made up for such a reason.
        """
        from lienthong.signatures.pool import PoolClosed, PoolInterrupted

        if not self._folder.is_dir():
            raise Transient(
                message(
                    "signatures cannot be judged here: there is no trust folder. The operator names it by "
                    "LIENTHONG_TRUST, or makes config/trust; docs/signatures.md states how, and how to try without one"
                )
            )
        try:
            trust = self._trust.current()
        except Misconfigured as error:
            raise Transient(message("the trust folder is not sound: {why}", why=error.findings[0].what)) from None
        wanted = list(dict.fromkeys(keys))
        try:
            if len(wanted) == 1:
                verdicts = [self._find(wanted[0], trust)]
            else:
                verdicts = list(self._threads.map(lambda key: self._find(key, trust), wanted))
        except PoolInterrupted as interrupted:
            raise Transient(message("signatures could not be judged: {why}", why=interrupted)) from None
        except (PoolClosed, RuntimeError):  # also the threads' own refusal after `close`
            raise Transient(message("signatures are not judged any more, this process is ending")) from None
        return {key: verdict for key, verdict in zip(wanted, verdicts, strict=True) if verdict is not None}

    def close(self) -> None:
        """End the processes at once."""
        with self._guard:
            self._closed = True
            if "_pool" in vars(self):
                self._pool.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _trust(self) -> "WatchedTrust":
        from lienthong.signatures.trust_watch import WatchedTrust

        return WatchedTrust(self._folder)

    @cached_property
    def _pool(self) -> "Pool":
        from lienthong.signatures.pool import Pool

        return Pool(self._processes, self._limits)

    def _open_pool(self) -> "Pool":
        """One pool for all threads, made when it is first needed."""
        with self._guard:
            if self._closed:
                from lienthong.signatures.pool import PoolClosed

                raise PoolClosed
            return self._pool

    def _find(self, key: str, trust: "Trust") -> Mapping[str, Any] | None:
        from lienthong.signatures.pool import depends_on_limits

        with self._guard:
            known = self._known.get((key, trust.digest))
        if known is not None:
            return known
        verdict = self._judge(key, trust)
        if verdict is None:
            return None
        answer = verdict.as_json(self._language)
        if not depends_on_limits(verdict):
            with self._guard:
                self._known[key, trust.digest] = answer
                if len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return answer

    def _judge(self, key: str, trust: "Trust") -> "DocumentVerdict | None":
        from lienthong.signatures.trust import UnknownProfile

        pool = self._open_pool()
        digest, profile, moments = _parts(key)
        if not moments:
            self._notices.add(
                message("a key for judging signatures is not DIGEST|PROFILE|MOMENT: {key}", key=key[:120])
            )
            return None
        at, known_since = moments[0], moments[1] if len(moments) > 1 else None
        size = self._files.size(digest)
        if size is None:
            return None
        try:
            if size > self._limits.max_bytes:
                return pool.refuse_size(digest, trust=trust, profile=profile, at=at)
            with self._files.open(digest) as body:
                content = body.read()
            return pool.judge(content, trust=trust, profile=profile, at=at, known_since=known_since)
        except NoSuchFile:
            return None
        except UnknownProfile as unknown:
            names = ", ".join(unknown.names)
            self._notices.add(
                message("the policy has no profile {name}; it has {names}", name=unknown.name, names=names)
            )
            return None


def _parts(key: str) -> tuple[str, str | None, Sequence[datetime]]:
    """Digest, profile, and one moment or two; none when the key is not of this form."""
    digest, _, rest = key.partition("|")
    profile, _, moments = rest.partition("|")
    try:
        found = [parse_utc(moment) for moment in moments.split("|")]
    except (ValueError, OverflowError):
        found = []
    return digest, profile or None, found if len(found) <= 2 else ()
