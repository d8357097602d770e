"""What a poll shows of one record, compared with what its source had shown before: which versions are new."""

from collections.abc import Sequence
from typing import NamedTuple


class Comparison(NamedTuple):
    """`new`: the indexes of the versions that are new. `is_open`: what follows may still decide otherwise."""

    new: Sequence[int]
    is_open: bool = False


def find_new(earlier: Sequence[str], shown: Sequence[str]) -> Comparison:
    """Which of the contents `shown` of a record, in their order, are new after the contents `earlier`.

    - The same content in a row is one version.
    - What is shown first may repeat the end of `earlier`: a source reads its last days, its file or its feed again.
      The longest beginning of `shown` with which `earlier` ends is that repetition, and everything after it is new. So
      a sequence that is shown twice is new once, and the last content that is shown is the newest version.
    - It is open as long as `shown` stands in `earlier` before its end: the repetition may be going on. `new` is then
      what is new if nothing more is shown.
    """
    indexes = [index for index, content in enumerate(shown) if index == 0 or content != shown[index - 1]]
    contents = [shown[index] for index in indexes]
    repeated = next(
        length
        for length in range(min(len(contents), len(earlier)), -1, -1)
        if contents[:length] == list(earlier[len(earlier) - length :])
    )
    further = range(len(earlier) - len(contents))
    is_open = any(contents == list(earlier[start : start + len(contents)]) for start in further)
    return Comparison(indexes[repeated:], is_open)


def find_changes(latest: str, shown: Sequence[str]) -> Comparison:
    """The same after a poll has already shown something new of the record: nothing that follows is a repetition."""
    return find_new([latest], shown)
