"""The pool: verdicts as without it, and limits that cost one file its verdict and nothing else."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import MIB, Limits
from lienthong.signatures.pool import Pool, PoolClosed, PoolInterrupted
from lienthong.signatures.trust import Trust, UnknownProfile
from tests.signatures import pdf_changed, pdf_good, pdf_hostile, pdf_unclear, xml_hostile, xml_samples
from tests.signatures.pki import NOW
from tests.signatures.samples import Sample
from tests.signatures.signing import signed

ALIKE = (*pdf_good.SAMPLES[::5], *pdf_unclear.SAMPLES[::6], *pdf_changed.SAMPLES[::5], *xml_samples.SAMPLES[::9])
SECONDS = 10.0
PATIENT = Limits(max_signatures=1_000, max_revisions=1_000)
"""Limits that do not refuse `slow_file` at once."""


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2) as pool:
        yield pool


def slow_file() -> bytes:
    """A file that is judged for longer than any limit of these tests."""
    return next(each.make() for each in pdf_hostile.SAMPLES if each.name == "three-hundred-signatures")


@pytest.mark.parametrize("sample", ALIKE, ids=str)
def test_a_verdict_is_the_one_of_the_judge(sample: Sample, pool: Pool, trust: Trust) -> None:
    content = sample.make()
    alone = judge(content, trust=trust, profile=sample.profile, at=sample.at, limits=pool.limits)
    assert pool.judge(content, trust=trust, profile=sample.profile, at=sample.at) == alone


@pytest.mark.slow
@pytest.mark.parametrize("sample", (*pdf_hostile.SAMPLES, *xml_hostile.SAMPLES), ids=str)
def test_a_hostile_file_costs_its_own_verdict(sample: Sample, pool: Pool, trust: Trust) -> None:
    content, good = sample.make(), signed().content
    begin = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        verdicts = threads.map(lambda each: pool.judge(each, trust=trust, profile=None, at=NOW), (content, good))
        hostile, beside = list(verdicts)
    assert time.monotonic() - begin < SECONDS
    assert sample.permits(hostile.indication, hostile.sub_indication), hostile.reasons
    assert beside.indication == "TOTAL-PASSED"


def test_a_file_beyond_the_wall_time_is_given_up_and_the_process_replaced(
    trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lienthong.signatures.pool._STARVED_SECONDS", 0.0)  # this machine may be busy
    with Pool(1, replace(PATIENT, wall_seconds=1.5)) as pool:
        first = pool.judge(signed().content, trust=trust, profile=None, at=NOW)
        before = pool.process_ids
        verdict = pool.judge(slow_file(), trust=trust, profile=None, at=NOW)
        assert (verdict.indication, verdict.sub_indication) == ("TOTAL-FAILED", "FORMAT_FAILURE")
        assert [(each.code, each.details["name"]) for each in verdict.reasons] == [("beyond-limit", "wall_seconds")]
        assert pool.judge(signed().content, trust=trust, profile=None, at=NOW).indication == first.indication
        assert pool.process_ids != before


def test_a_file_beyond_the_processor_time_is_given_up(trust: Trust) -> None:
    with Pool(1, replace(PATIENT, cpu_seconds=0)) as pool:
        verdict = pool.judge(slow_file(), trust=trust, profile=None, at=NOW)
        assert [(each.code, each.details["name"]) for each in verdict.reasons] == [("beyond-limit", "cpu_seconds")]


def test_a_file_beyond_the_memory_is_given_up(trust: Trust) -> None:
    with Pool(1, Limits(memory_bytes=320 * MIB)) as pool:
        large = b"%PDF-1.7\n" + bytes(90 * MIB)
        verdict = pool.judge(large, trust=trust, profile=None, at=NOW)
        assert verdict.indication == "TOTAL-FAILED"
        assert pool.judge(signed().content, trust=trust, profile=None, at=NOW).indication == "TOTAL-PASSED"


def test_a_file_that_is_too_large_reaches_no_process(trust: Trust) -> None:
    with Pool(1, Limits(max_bytes=1000)) as pool:
        verdict = pool.judge(bytes(1001), trust=trust, profile=None, at=NOW)
        assert [each.details["name"] for each in verdict.reasons] == ["max_bytes"]
        assert pool.process_ids == []


def test_a_process_that_was_killed_is_replaced(trust: Trust) -> None:
    with Pool(1) as pool:
        pool.judge(b"x", trust=trust, profile=None, at=NOW)
        (killed,) = pool.process_ids
        process = psutil.Process(killed)
        process.kill()
        psutil.wait_procs([process], timeout=SECONDS)
        assert pool.judge(signed().content, trust=trust, profile=None, at=NOW).indication == "TOTAL-PASSED"
        assert killed not in pool.process_ids


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_process_that_others_end_or_stop_gives_no_verdict(number: signal.Signals, trust: Trust) -> None:
    with Pool(1, replace(PATIENT, wall_seconds=2.0)) as pool, ThreadPoolExecutor(1) as threads:
        pool.judge(b"x", trust=trust, profile=None, at=NOW)
        (process,) = map(psutil.Process, pool.process_ids)
        if number is signal.SIGSTOP:
            process.send_signal(number)
        waiting = threads.submit(pool.judge, slow_file(), trust=trust, profile=None, at=NOW)
        before = process.cpu_times().user
        while number is not signal.SIGSTOP and process.cpu_times().user == before:
            os.sched_yield()
        process.send_signal(number)
        with pytest.raises(PoolInterrupted):
            waiting.result(SECONDS)
        assert pool.judge(signed().content, trust=trust, profile=None, at=NOW).indication == "TOTAL-PASSED"


def test_a_process_that_does_not_start_gives_no_verdict(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    with Pool(1) as pool:
        for executable in ("/bin/false", "/no/such/file"):
            monkeypatch.setattr(sys, "executable", executable)
            with pytest.raises(PoolInterrupted):
                pool.judge(signed().content, trust=trust, profile=None, at=NOW)
        monkeypatch.undo()
        assert pool.judge(signed().content, trust=trust, profile=None, at=NOW).indication == "TOTAL-PASSED"


def test_many_threads_get_their_verdicts(pool: Pool, trust: Trust) -> None:
    files = {name: signed(name).content for name in ("agency", "person", "revoked", "police")}
    expected = {name: judge(files[name], trust=trust, profile=None, at=NOW, limits=pool.limits) for name in files}
    names = list(files) * 10
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda name: pool.judge(files[name], trust=trust, profile=None, at=NOW), names)
        assert list(found) == [expected[name] for name in names]


def test_closing_ends_what_is_being_judged_at_once_and_leaves_no_process(trust: Trust) -> None:
    pool = Pool(1, PATIENT)
    pool.judge(b"x", trust=trust, profile=None, at=NOW)
    children = [psutil.Process(number) for number in pool.process_ids]
    outcomes: list[BaseException | object] = []

    def ask() -> None:
        try:
            outcomes.append(pool.judge(content, trust=trust, profile=None, at=NOW))
        except PoolClosed as closed:
            outcomes.append(closed)

    content = slow_file()
    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    pool.close()
    for thread in threads:
        thread.join(SECONDS)
    assert time.monotonic() - begin < 2
    assert [type(each) for each in outcomes] == [PoolClosed] * 3
    assert not any(child.is_running() for child in children)


PARENT = """
import sys
from lienthong.signatures.pool import Pool
pool = Pool(2)
pool.start()
print(*pool.process_ids, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("killed", [True, False])
def test_no_process_outlives_the_one_that_started_it(killed: bool) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdin
    assert parent.stdout
    children = [psutil.Process(int(number)) for number in parent.stdout.readline().split()]
    if killed:
        parent.kill()
    parent.stdin.close()
    parent.wait(SECONDS)
    parent.stdout.close()
    assert len(children) == 2
    assert psutil.wait_procs(children, timeout=60)[1] == []


def test_a_closed_pool_judges_nothing(trust: Trust) -> None:
    pool = Pool(1)
    pool.close()
    with pytest.raises(PoolClosed):
        pool.judge(b"x", trust=trust, profile=None, at=NOW)


def test_an_unknown_profile_is_refused_by_the_pool_itself(pool: Pool, trust: Trust) -> None:
    with pytest.raises(UnknownProfile):
        pool.judge(b"x", trust=trust, profile="no-such", at=NOW)


def test_an_interrupt_at_the_terminal_does_not_reach_the_processes(pool: Pool, trust: Trust) -> None:
    pool.judge(b"x", trust=trust, profile=None, at=NOW)
    assert all(os.getpgid(number) != os.getpgid(0) for number in pool.process_ids)
