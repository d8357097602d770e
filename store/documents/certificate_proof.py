"""The proof of the certificates of documents: they are those that the sealed verdicts stand on."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import orjson
from sqlalchemy import select, tuple_

from lienthong.adapters.sql import Database, translate_errors
from store.documents.additions import serials_of
from store.documents.tables import certificates, verdicts

_BATCH = 500
_VERSION = itemgetter(0, 1)


def differences(database: Database) -> Iterator[str]:
    """A sentence for every version whose certificates are other ones than its verdicts name."""
    judged = select(verdicts.c.document_id, verdicts.c.version, verdicts.c.verdict)
    judged = judged.order_by(verdicts.c.document_id, verdicts.c.version)
    with translate_errors("kho giấy tờ không trả lời khi kiểm chứng"), database.connect() as connection:
        rows = connection.execute(judged, execution_options={"yield_per": _BATCH})
        expected: dict[tuple[str, int], set[str]] = {}
        for version, of_version in groupby(rows, key=_VERSION):
            expected[version] = {serial for row in of_version for serial in _serials(row.verdict)}
            if len(expected) == _BATCH:
                yield from _compare(database, expected)
                expected = {}
        yield from _compare(database, expected)
        same = (certificates.c.document_id == verdicts.c.document_id, certificates.c.version == verdicts.c.version)
        alone = select(certificates.c.document_id, certificates.c.version).outerjoin(verdicts, same[0] & same[1])
        for row in connection.execute(alone.where(verdicts.c.event_id.is_(None)).distinct()):
            yield f"{_name((row.document_id, row.version))} không có kết quả kiểm tra nào"


def _serials(verdict: str) -> set[str]:
    """None of a verdict that is none any more: it is named by its own seal."""
    try:
        return serials_of(orjson.loads(verdict))
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()


def _compare(database: Database, expected: dict[tuple[str, int], set[str]]) -> Iterator[str]:
    found: dict[tuple[str, int], set[str]] = {version: set() for version in expected}
    of_versions = tuple_(certificates.c.document_id, certificates.c.version).in_(list(expected))
    with database.connect() as connection:
        for row in connection.execute(select(certificates).where(of_versions)):
            found[row.document_id, row.version].add(row.serial)
    for version, serials in expected.items():
        if found[version] != serials:
            yield f"{_name(version)} khác với các chứng thư mà kết quả kiểm tra đã dùng"


def _name(version: tuple[str, int]) -> str:
    return f"kho giấy tờ, bảng {certificates.name}, document_id {version[0]}, version {version[1]}:"
