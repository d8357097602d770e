"""Which memory the process keeps between two bundles."""

import ctypes
import subprocess
import sys

import pytest

ROUNDS = """
import resource, sys, threading
from lienthong.runtime import allocator

if sys.argv[1] == "kept":
    allocator.tune_allocator()

def bundle():
    bodies = [bytes(100_000) for _ in range(100)]
    lists = [[n] * 1000 for n in range(1000)]

def worker():
    bundle()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        bundle()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

thread = threading.Thread(target=worker)
thread.start()
thread.join()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="this C library has no mallopt")
def test_memory_that_a_bundle_frees_is_used_again_without_the_system() -> None:
    assert _faults("kept") < _faults("default") / 4


def _faults(mode: str) -> int:
    """Pages that ten bundles of 18 MB in a thread request from the system."""
    done = subprocess.run([sys.executable, "-c", ROUNDS, mode], capture_output=True, text=True, check=True)
    return int(done.stdout)
