"""How a process that works keeps its memory: a bundle is many small objects and a few large bodies, all gone soon.

What Python and the C library do by themselves suits programs that live otherwise, and costs every bundle time.
"""

import gc
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
_KEPT = 32 * 1024 * 1024  # the highest glibc accepts for the second on 64 bits


def tune_allocator() -> None:
    """For the whole process, for good."""
    _calm_collector()
    _keep_pages()


def _calm_collector() -> None:
    """Bundles are containers that live briefly and hold no cycles; looking for cycles costs a seventh."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _keep_pages() -> None:
    """What a bundle frees, the next one needs: glibc would give it back to the system, and ask for it page by page.

    Other C libraries do as they do: it is about speed alone.
    """
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        tune = ctypes.CDLL(None).mallopt
        tune(_TRIM_THRESHOLD, _KEPT)
        tune(_MMAP_THRESHOLD, _KEPT)
