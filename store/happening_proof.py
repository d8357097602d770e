"""The proof of the happenings: each is what the versions of its dossier show, and none was removed.

The versions themselves are proved by their seals (`store.proof`).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import groupby

from sqlalchemy import select

from lienthong.adapters.sql import Database, translate_errors
from store import tables
from store.happening_rows import NONE_KNOWN, Found, find
from transforms.happening_changes import Known, is_same
from transforms.happenings import FactKey, Facts, derive

_BATCH = 500
_NEWS = timedelta(days=7)


def differences(database: Database, portal: str) -> Iterator[str]:
    """A sentence for every happening that no version shows so, and for every one that was removed."""
    rows = tables.happenings.c
    dossiers = select(rows.source, rows.code).distinct().order_by(rows.source, rows.code)
    with translate_errors("kho dữ liệu không trả lời khi kiểm chứng"), database.connect() as connection:
        result = connection.execute(dossiers, execution_options={"yield_per": _BATCH})
        for part in result.partitions(_BATCH):
            for source, keys in groupby(part, key=lambda row: row.source):
                with database.connect() as reader:
                    noted = dict.fromkeys((row.code for row in keys), NONE_KNOWN)
                    found = find(reader, source, noted, with_submissions=source == portal)
                for code, one in sorted(found.items()):
                    for what in _faults(one, is_dated=source != portal):
                        yield f"kho dữ liệu, diễn biến hồ sơ {code} ({source}): {what}"


def _faults(found: Found, *, is_dated: bool) -> Iterator[str]:
    facts = derive(found.versions(), dated=is_dated)
    for key, known in sorted(found.facts.items()):
        fact = facts.get(key)
        if fact is None and known.state == "announced":
            yield f"{_name(key)} không có trong phiên bản nào"
        elif fact is not None and known.state != "retracted" and not is_same(fact, known):
            yield f"{_name(key)} khác với các phiên bản"
    yield from (f"{_name(key)} đã mất" for key in _missing(facts, found.facts))


def _missing(facts: Facts, known: Mapping[FactKey, Known]) -> list[FactKey]:
    """The facts that are not noted although an earlier and a later one are, and that were no old news when they came.

    One that is later than all may have come while happenings were switched off.
    """
    moments = [was.at for was in known.values()]
    first, last = min(moments), max(moments)
    return sorted(
        key
        for key, fact in facts.items()
        if key not in known and first <= fact.at < last and fact.seen_at - fact.at < _NEWS
    )


def _name(key: FactKey) -> str:
    return f"{key[0]} lần {key[1]}"
