"""Edits of JSON data by path, and their display without personal data."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from lienthong.dead_letters.model import NotAllowed
from lienthong.masking import PersonalKeys, mask_data
from lienthong.messages import message

_MASK_CHARACTER = "•"


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in the body of a file. Raises `NotAllowed` for anything else."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAllowed(
            message("this is not JSON: line {line}, column {column}", line=error.lineno, column=error.colno)
        ) from None
    if not isinstance(data, dict):
        raise NotAllowed(message("the data of an event must be a JSON object"))
    return data


def set_values(data: Mapping[str, Any], assignments: Sequence[str]) -> dict[str, Any]:
    """A copy of `data` with each `path=value` set.

    A path is keys and list indexes, joined by dots. A value that is JSON is read as JSON, any other as text.
    Raises `NotAllowed` for a path that does not exist.
    """
    changed: dict[str, Any] = orjson.loads(orjson.dumps(data))
    for assignment in assignments:
        path, equals, text = assignment.partition("=")
        if not equals or not path:
            raise NotAllowed(message("`{path}` is not of the form path.to.key=value", path=path))
        _set(changed, path.split("."), _parse_value(text), path)
    return changed


def _parse_value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _set(data: dict[str, Any], keys: Sequence[str], value: Any, path: str) -> None:
    parent: Any = data
    for key in keys[:-1]:
        parent = _child(parent, key, path)
    key = keys[-1]
    if isinstance(parent, dict):
        parent[key] = value
    elif isinstance(parent, list):
        parent[_index(parent, key, path)] = value
    else:
        raise NotAllowed(
            message("`{path}` does not exist: what is above `{key}` is neither object nor list", path=path, key=key)
        )


def _child(data: Any, key: str, path: str) -> Any:
    if isinstance(data, list):
        return data[_index(data, key, path)]
    if not isinstance(data, dict) or key not in data:
        raise NotAllowed(message("`{path}` does not exist: there is no `{key}`", path=path, key=key))
    return data[key]


def _index(data: list[Any], key: str, path: str) -> int:
    if not key.isdecimal() or int(key) >= len(data):
        raise NotAllowed(
            message("`{path}` does not exist: the list has {size} items, numbered from 0", path=path, size=len(data))
        )
    return int(key)


def restore_masked(edited: Any, original: Any, personal: PersonalKeys | None) -> Any:
    """`edited`, with every value that is still masked replaced by the one of `original`.

    So an operator can edit a letter as `show` prints it. Raises `NotAllowed` when a masked value was moved or changed.
    """
    return _restore(edited, original, mask_data(original, personal), "")


def _restore(edited: Any, original: Any, masked: Any, path: str) -> Any:
    if edited == masked:
        return original
    if isinstance(edited, dict):
        known = masked if isinstance(masked, dict) else {}
        return {
            key: _restore(value, original[key], known[key], f"{path}.{key}")
            if key in known
            else _restore(value, None, None, f"{path}.{key}")
            for key, value in edited.items()
        }
    if isinstance(edited, list):
        size = len(masked) if isinstance(masked, list) else 0
        return [
            _restore(value, original[index], masked[index], f"{path}.{index}")
            if index < size
            else _restore(value, None, None, f"{path}.{index}")
            for index, value in enumerate(edited)
        ]
    if isinstance(edited, str) and _MASK_CHARACTER in edited:
        raise NotAllowed(
            message(
                "`{path}` contains a masked value ({mask}); leave it as it was, or write the real value",
                path=path[1:],
                mask=_MASK_CHARACTER,
            )
        )
    return edited


def masked_diff(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    personal: PersonalKeys | None,
    titles: tuple[str, str] | None = None,
) -> Iterator[str]:
    """The lines of a unified diff of masked data. Where a masked value changed, the lines state which is old or new.

    `titles` are those of both sides; without them, the letter and the edit.
    """
    old, new = _mark_changes(before, after, mask_data(before, personal), mask_data(after, personal))
    old_title, new_title = titles or (message("the letter"), message("the edit"))
    yield from difflib.unified_diff(_lines(old), _lines(new), old_title, new_title, lineterm="")


def _mark_changes(before: Any, after: Any, old: Any, new: Any) -> tuple[Any, Any]:
    """The masked `old` and `new`, marked wherever they are equal although `before` and `after` differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        marked = {key: _mark_changes(before[key], after[key], old[key], new[key]) for key in old.keys() & new.keys()}
        return (
            old | {key: one for key, (one, _) in marked.items()},
            new | {key: other for key, (_, other) in marked.items()},
        )
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = [_mark_changes(*values) for values in zip(before, after, old, new, strict=True)]
        return [one for one, _ in pairs], [other for _, other in pairs]
    if old == new and before != after:
        return message("{value} (old)", value=old), message("{value} (new)", value=new)
    return old, new


def _lines(data: Any) -> list[str]:
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
    return text.splitlines()
