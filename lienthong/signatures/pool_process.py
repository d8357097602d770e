"""What a process of the pool does: receive a file, judge it within limits, send the verdict, until the pool closes.

It limits itself before it reads anything that comes from outside. Verdicts go back as JSON, so that a process that was
taken over by a file can send the pool nothing but text.
"""

import json
import logging
import pickle
import resource
import socket
import sys
from collections import OrderedDict
from datetime import datetime
from importlib import import_module

from lienthong.signatures.limits import Limits
from lienthong.signatures.pool_frames import Ended, receive, send
from lienthong.signatures.trust import Trust

_KEPT_TRUSTS = 4
READY = b"ready"
_IMPORTED_LATE = (
    "lienthong.signatures.pdf.judge_pdf",
    "lienthong.signatures.xml.judge_xml",
    "pyhanko.pdf_utils.crypt",
    "pyhanko.pdf_utils.reader",
    "pyhanko.sign.diff_analysis",
    "pyhanko.sign.fields",
)
"""What judging imports when it first needs it: imported at the start, so that no file waits for it."""


def main() -> None:
    """Judge until the other side closes. The one argument is the number of the inherited socket."""
    from lienthong.signatures.judge import judge

    for name in _IMPORTED_LATE:
        import_module(name)
    logging.disable(logging.CRITICAL)  # nothing reads what it would write
    channel = socket.socket(fileno=int(sys.argv[1]))
    trusts: OrderedDict[bytes, Trust] = OrderedDict()
    try:
        send(channel, READY)
        while True:
            limits: Limits = pickle.loads(receive(channel))  # noqa: S301 - from the pool, never from a file
            trust = _trust(channel, trusts)
            profile, at, known_since = json.loads(receive(channel))
            content = receive(channel)
            limit_this_process(limits)
            verdict = judge(
                content,
                trust=trust,
                profile=profile,
                at=datetime.fromisoformat(at),
                limits=limits,
                known_since=datetime.fromisoformat(known_since) if known_since else None,
            )
            del content
            send(channel, json.dumps(verdict.as_json("en")).encode())
    except Ended:
        return


def _trust(channel: socket.socket, known: "OrderedDict[bytes, Trust]") -> Trust:
    """The trust of this digest; its bytes follow where the digest is new here."""
    digest = receive(channel)
    send(channel, b"known" if digest in known else b"new")
    if digest not in known:
        known[digest] = pickle.loads(receive(channel))  # noqa: S301 - from the pool, never from a file
    known.move_to_end(digest)
    while len(known) > _KEPT_TRUSTS:
        known.popitem(last=False)
    return known[digest]


def limit_this_process(limits: Limits) -> None:
    """Memory for as long as it lives; processor time from now on. It writes no files and leaves no core behind."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_seconds
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
