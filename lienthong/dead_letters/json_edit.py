"""Changing JSON data by path, and showing a change without showing personal data."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from lienthong.dead_letters.model import NotAllowed
from lienthong.masking import PersonalKeys, mask_data

_MARK = "•"


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a file. Raises `NotAllowed`."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAllowed(f"không phải JSON: dòng {error.lineno}, cột {error.colno}") from None
    if not isinstance(data, dict):
        raise NotAllowed("dữ liệu của một sự kiện phải là một đối tượng JSON {…}")
    return data


def set_values(data: Mapping[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """`data` with each `path=value` set. A path is keys and list places joined by dots; a value that is JSON is read
    as JSON, any other as text. Raises `NotAllowed` for a path that leads nowhere."""
    changed: dict[str, Any] = orjson.loads(orjson.dumps(data))
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals or not path:
            raise NotAllowed(f"`{path}` không có dạng đường.dẫn=giá-trị")
        _set(changed, path.split("."), _value(text), path)
    return changed


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _set(data: dict[str, Any], keys: Sequence[str], value: Any, path: str) -> None:
    inner: Any = data
    for key in keys[:-1]:
        inner = _inside(inner, key, path)
    if isinstance(inner, dict):
        inner[keys[-1]] = value
    elif isinstance(inner, list):
        inner[_place(inner, keys[-1], path)] = value
    else:
        raise NotAllowed(f"`{path}` không dẫn đến đâu: phía trên `{keys[-1]}` không phải đối tượng hay danh sách")


def _inside(data: Any, key: str, path: str) -> Any:
    if isinstance(data, list):
        return data[_place(data, key, path)]
    if not isinstance(data, dict) or key not in data:
        raise NotAllowed(f"`{path}` không dẫn đến đâu: không có `{key}`")
    return data[key]


def _place(data: list[Any], key: str, path: str) -> int:
    if not key.isdecimal() or int(key) >= len(data):
        raise NotAllowed(f"`{path}` không dẫn đến đâu: danh sách có {len(data)} phần tử, đánh số từ 0")
    return int(key)


def restore_masked(edited: Any, original: Any, personal: PersonalKeys | None) -> Any:
    """`edited`, where whatever still reads as the masked `original` did is the original again.

    So a letter can be edited from what `show` prints. Raises `NotAllowed` when a masked value was moved or changed.
    """
    return _restored(edited, original, mask_data(original, personal), "")


def _restored(edited: Any, original: Any, masked: Any, path: str) -> Any:
    if edited == masked:
        return original
    if isinstance(edited, dict):
        same = isinstance(masked, dict)
        return {
            key: _restored(value, original[key], masked[key], f"{path}.{key}")
            if same and key in masked
            else _restored(value, None, None, f"{path}.{key}")
            for key, value in edited.items()
        }
    if isinstance(edited, list):
        places = len(masked) if isinstance(masked, list) else 0
        return [
            _restored(value, original[at], masked[at], f"{path}.{at}")
            if at < places
            else _restored(value, None, None, f"{path}.{at}")
            for at, value in enumerate(edited)
        ]
    if isinstance(edited, str) and _MARK in edited:
        raise NotAllowed(f"`{path[1:]}` chứa giá trị đã che ({_MARK}); hãy giữ nguyên nó, hoặc viết giá trị thật")
    return edited


def masked_diff(before: Mapping[str, Any], after: Mapping[str, Any], personal: PersonalKeys | None) -> Iterator[str]:
    """The lines of a unified diff. A hidden value that changed is marked as old and new, without being shown."""
    old, new = _told_apart(before, after, mask_data(before, personal), mask_data(after, personal))
    yield from difflib.unified_diff(_lines(old), _lines(new), "thư hiện có", "bản sửa", lineterm="")


def _told_apart(before: Any, after: Any, old: Any, new: Any) -> tuple[Any, Any]:
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = {key: _told_apart(before[key], after[key], old[key], new[key]) for key in old.keys() & new.keys()}
        return (
            old | {key: one for key, (one, _) in pairs.items()},
            new | {key: other for key, (_, other) in pairs.items()},
        )
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        both = [_told_apart(*four) for four in zip(before, after, old, new, strict=True)]
        return [one for one, _ in both], [other for _, other in both]
    return (f"{old} (cũ)", f"{new} (mới)") if old == new and before != after else (old, new)


def _lines(data: Any) -> list[str]:
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
    return text.splitlines()
