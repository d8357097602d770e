"""What a replay of history would change: in the store by table and field, and in each closed report by figure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from lienthong.adapters.sql.store_copy import RowChange
from lienthong.masking import PersonalKeys, mask_data

SHOWN_EXAMPLES = 3
"""Rows of each kind that are shown of a table."""


@dataclass(slots=True)
class TableChange:
    """What would change in one table: rows by kind, changed rows by field, and the first examples, masked.

    A column that holds a JSON object counts by the fields of the object: `data.status`.
    """

    table: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of a closed report that would differ; `path` names it, and within letters their unit."""

    report: str
    period: str
    path: str
    before: Any
    after: Any


def summarise(changes: Iterable[RowChange], personal: PersonalKeys) -> list[TableChange]:
    """The changes by table. Memory grows with the fields, not with the rows."""
    found: dict[str, TableChange] = {}
    shown: Counter[tuple[str, str]] = Counter()
    for one in changes:
        of = found.setdefault(one.table, TableChange(one.table))
        kind = "removed" if one.after is None else "added" if one.before is None else "changed"
        setattr(of, kind, getattr(of, kind) + 1)
        differing = _differing(one.before, one.after) if one.before and one.after else {}
        of.fields.update(differing.keys())
        shown[one.table, kind] += 1
        if shown[one.table, kind] <= SHOWN_EXAMPLES:
            of.examples.append(
                {"kind": kind, "key": mask_data(dict(one.key), personal), **_values(differing, personal)}
            )
    return list(found.values())


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By field, the two values that differ."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in after.items():
        was = before[name]
        if value == was:
            continue
        objects = _object(was), _object(value)
        if objects[0] is not None and objects[1] is not None:
            inner = {**objects[0], **objects[1]}
            found |= {
                f"{name}.{key}": (objects[0].get(key), objects[1].get(key))
                for key in inner
                if objects[0].get(key) != objects[1].get(key)
            }
        else:
            found[name] = (was, value)
    return found


def _object(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, str) or not value.startswith("{"):
        return None
    try:
        found = orjson.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _values(differing: Mapping[str, tuple[Any, Any]], personal: PersonalKeys) -> dict[str, Any]:
    if not differing:
        return {}
    plain = {name: name.rpartition(".")[2] for name in differing}
    return {
        "before": {name: mask_data({plain[name]: was}, personal)[plain[name]] for name, (was, _) in differing.items()},
        "after": {name: mask_data({plain[name]: now}, personal)[plain[name]] for name, (_, now) in differing.items()},
    }
