"""What changed between the figures of two documents, figure by figure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

KEYS = (
    "unit",
    "code",
    "agency",
    "indicator",
    "procedure",
    "officer",
    "month",
    "period",
    "key",
    "dossier",
    "name",
    "place",
)
"""What names an entry of a list, the first of these that all entries have and that tells them apart."""


class Change(NamedTuple):
    """A figure by its path, such as `by_unit.H08.31.online.numerator`; None where it is not there."""

    path: str
    before: Any
    after: Any


def changes(before: Any, after: Any) -> Sequence[Change]:
    """Every figure that differs, in the order of the paths.

    Lists of texts or numbers without repetition are compared as sets: `cases.+` has what came, `cases.-` what went.
    """
    return sorted(_changes("", before, after), key=lambda one: one.path)


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in (*before, *(key for key in after if key not in before)):
            yield from _changes(_below(path, key), before.get(key), after.get(key))
    elif _is_list(before) and _is_list(after):
        yield from _of_lists(path, before, after)
    elif isinstance(before, Mapping) and after is None:
        yield from _changes(path, before, {})
    elif before is None and isinstance(after, Mapping) and after:
        yield from _changes(path, {}, after)
    else:
        yield Change(path, before, after)


def _of_lists(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    if _are_plain(before) and _are_plain(after):
        came = [one for one in after if one not in set(before)]
        went = [one for one in before if one not in set(after)]
        if went:
            yield Change(f"{path}.-", went, None)
        if came:
            yield Change(f"{path}.+", None, came)
        if not came and not went:
            yield Change(path, before, after)  # their order alone
        return
    key = next((key for key in KEYS if _names(key, before) and _names(key, after)), None)
    if key is not None:
        named = ({str(one[key]): one for one in entries} for entries in (before, after))
        yield from _changes(path, *named)
        return
    positions = range(max(len(before), len(after)))
    yield from _changes(
        path, *({str(at): entries[at] for at in positions[: len(entries)]} for entries in (before, after))
    )


def _below(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _are_plain(entries: Sequence[Any]) -> bool:
    return all(isinstance(one, str | int) for one in entries) and len(set(entries)) == len(entries)


def _names(key: str, entries: Sequence[Any]) -> bool:
    if not all(isinstance(one, Mapping) and isinstance(one.get(key), str | int) for one in entries):
        return False
    return len({str(one[key]) for one in entries}) == len(entries)
