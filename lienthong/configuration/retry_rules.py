"""What a `retry` may say, and the policy it makes."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from lienthong.configuration import duration
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.shapes import RetryFile
from lienthong.retry import RetryPolicy

DEFAULT_LIMIT = timedelta(hours=24)
MAX_ATTEMPTS = 1000


def ladder_faults(rungs: Sequence[timedelta]) -> list[Fault]:
    """The faults of a list of waits; each fault's path is the place in the list."""
    if not rungs:
        return [Fault("LT505", "there are no rungs", "write at least one wait, such as [5s, 30s]")]
    faults = [
        Fault("LT503", "a wait of nothing hammers what is down", "wait at least 1s", (place,))
        for place, rung in enumerate(rungs)
        if not rung
    ]
    for place, (shorter, longer) in enumerate(pairwise(rungs), 1):
        if longer <= shorter:
            what = f"{duration.show(longer)} comes after {duration.show(shorter)}"
            faults.append(Fault("LT503", what, "write the rungs in ascending order, each once", (place,)))
    return faults


def retry_policy(said: RetryFile, ladder: Sequence[timedelta], document: Document) -> RetryPolicy:
    """The policy of a file; what it leaves out comes from the ladder. Faults are added to the document's findings."""
    rungs = tuple(ladder) if said.rungs is None else tuple(said.rungs)
    attempts = len(rungs) + 1 if said.attempts is None else said.attempts
    policy = RetryPolicy(rungs, attempts, DEFAULT_LIMIT if said.limit is None else said.limit)
    faults = _faults(policy, ladder)
    document.findings.extend(document.locate(fault, ("retry",)) for fault in faults)
    return RetryPolicy(tuple(ladder)) if faults else policy


def _faults(policy: RetryPolicy, ladder: Sequence[timedelta]) -> list[Fault]:
    faults = [Fault(f.code, f.what, f.advice, ("rungs", *f.path)) for f in ladder_faults(policy.rungs)]
    known = ", ".join(map(duration.show, ladder))
    for place, rung in enumerate(policy.rungs):
        if rung and rung not in ladder:
            what = f"{duration.show(rung)} is not on the ladder of config/bus.yaml"
            faults.append(Fault("LT504", what, f"take one of {known}, or add it to the ladder", ("rungs", place)))
    if policy.attempts < 1:
        faults.append(Fault("LT502", f"{policy.attempts} attempts are none", "write at least 1", ("attempts",)))
    if policy.attempts > MAX_ATTEMPTS:
        advice = f"write at most {MAX_ATTEMPTS}"
        faults.append(Fault("LT205", f"{policy.attempts} attempts never end", advice, ("attempts",)))
    return faults or _outlived(policy)


def _outlived(policy: RetryPolicy) -> list[Fault]:
    """The tries that come after `limit`, when there are any."""
    waited = policy.total_wait(policy.attempts - 1)
    if waited <= policy.limit:
        return []
    tries = next(n for n in range(1, policy.attempts + 1) if policy.total_wait(n) > policy.limit)
    total, limit = duration.show(waited), duration.show(policy.limit)
    what = f"{policy.attempts} attempts wait {total} in all, beyond the limit of {limit}"
    return [Fault("LT501", what, f"write attempts: {tries}, or a limit of at least {total}")]
