"""What a `retry` may contain, and the policy it makes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from lienthong.configuration import duration
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.shapes.route import RetryFile
from lienthong.messages import message
from lienthong.retry import STANDARD_LIMIT, RetryPolicy

MAX_ATTEMPTS = 1000


def ladder_faults(rungs: Sequence[timedelta]) -> list[Fault]:
    """The faults of a list of waits; each fault's path is the place in the list."""
    if not rungs:
        return [Fault("LT505", message("there are no rungs"))]
    faults = [_no_wait(place) for place, rung in enumerate(rungs) if not rung]
    for place, (shorter, longer) in enumerate(pairwise(rungs), 1):
        if longer <= shorter:
            what = message("{wait} comes after {before}", wait=duration.show(longer), before=duration.show(shorter))
            faults.append(Fault("LT503", what, message("write the rungs in ascending order, each once"), (place,)))
    return faults


def _no_wait(place: int) -> Fault:
    what = message("without a wait a system that is down is asked all the time")
    return Fault("LT503", what, message("wait at least 1s"), (place,))


def retry_policy(file: RetryFile, ladder: Sequence[timedelta], document: Document) -> RetryPolicy:
    """The policy of a file; what it leaves out comes from the ladder. Faults are added to the document's findings."""
    rungs = tuple(ladder) if file.rungs is None else tuple(file.rungs)
    attempts = len(rungs) + 1 if file.attempts is None else file.attempts
    policy = RetryPolicy(rungs, attempts, STANDARD_LIMIT if file.limit is None else file.limit)
    faults = _faults(policy, ladder)
    for fault in faults:
        document.report(fault, ("retry",))
    return RetryPolicy(tuple(ladder)) if faults else policy


def _faults(policy: RetryPolicy, ladder: Sequence[timedelta]) -> list[Fault]:
    faults = [replace(fault, path=("rungs", *fault.path)) for fault in ladder_faults(policy.rungs)]
    for place, rung in enumerate(policy.rungs):
        if rung and rung not in ladder:
            what = message("{rung} is not on the ladder of config/bus.yaml", rung=duration.show(rung))
            known = ", ".join(map(duration.show, ladder))
            advice = message("write one of {rungs}, or add it to the ladder", rungs=known)
            faults.append(Fault("LT504", what, advice, ("rungs", place)))
    if policy.attempts < 1:
        what = message("{attempts} attempts are too few", attempts=policy.attempts)
        faults.append(Fault("LT502", what, path=("attempts",)))
    if policy.attempts > MAX_ATTEMPTS:
        what = message("{attempts} attempts are too many", attempts=policy.attempts)
        faults.append(Fault("LT205", what, message("write at most {limit}", limit=MAX_ATTEMPTS), ("attempts",)))
    return faults or _beyond_limit(policy)


def _beyond_limit(policy: RetryPolicy) -> list[Fault]:
    """The attempts that come after `limit`, when there are any."""
    waited = policy.total_wait(policy.attempts - 1)
    if waited <= policy.limit:
        return []
    possible = next(n for n in range(1, policy.attempts + 1) if policy.total_wait(n) > policy.limit)
    total = duration.show(waited)
    what = message(
        "{attempts} attempts wait {total} in all, beyond the limit of {limit}",
        attempts=policy.attempts,
        total=total,
        limit=duration.show(policy.limit),
    )
    advice = message("write attempts: {attempts}, or a limit of at least {total}", attempts=possible, total=total)
    return [Fault("LT501", what, advice)]
