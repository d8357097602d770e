"""Writing documents, versions and verdicts. Each function may be called again for one event: then it changes nothing.

An entry is a mapping of plain values, as `transforms.document_entries` makes it. A call is one transaction, which its
caller opens for writing.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, Table, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.documents.sealing import Entry, stamp, stamp_again
from store.documents.tables import certificates, documents, verdicts, versions
from store.instants import format_instant

_DOCUMENT = ("document_type", "result_code", "kind", "agency", "dossier", "origin")
_RESULT = ("dossier", "origin", "kind", "document_type", "result_code")
"""What a result of a dossier is known by, beside its owner and `paper`."""
DEMAND = ("document_type", "result_code", "kind")
"""What decides what a file must be."""
_VERSION = ("digest", "size", "media_type", "number", "issued_on", "valid_until", "reason", "client", "officer")


def add(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Add a document with its first version, or a version to the document `document_id`.

    Returns `document_id`, `version` and `added`. A body that the citizen has already is not added once more: the answer
    is the version that has it, with its newest `verdict`, and `added` is False unless this very event added it. It was
    judged again for this event: another verdict than before is added.
    """
    known = connection.execute(_of_digest(entry["citizen_id"], entry["digest"])).first()
    if known is not None and known.event_id != entry["event_id"]:
        _judge_again(connection, known, entry)
    if known is None:
        known = _add_version(connection, _placed(connection, entry))
    return {
        "document_id": known.document_id,
        "version": known.version,
        "added": known.event_id == entry["event_id"],
        **_newest_verdict(connection, known.document_id, known.version),
    }


def judge(connection: Connection, entry: Entry) -> dict[str, Any]:
    """Add a verdict to a version; returns the verdict before it (`before`), and whether it is new (`added`)."""
    identified = {"document_id": entry["document_id"], "version": entry["version"]}
    lock(connection, entry["document_id"])
    before = _newest_verdict(connection, **identified, apart_from=entry["event_id"])
    if entry.get("demand") not in (None, _demand_of(connection, entry["document_id"])):
        return {"before": before.get("verdict"), "added": False}  # judged as what the document was before
    added = add_verdict(connection, {**identified, "event_id": entry["event_id"]}, entry)
    newest = _newest_verdict(connection, **identified)
    of_version = (versions.c[name] == value for name, value in identified.items())
    current = columns_of_verdict(newest["verdict"], newest["accepted"])
    is_other = or_(*(versions.c[name].is_distinct_from(value) for name, value in current.items()))
    changed = update(versions).where(*of_version, is_other).values(**current, **stamp_again(versions, entry))
    connection.execute(changed)  # delivered once more, it must not count as another write
    return {"before": before.get("verdict"), "added": added}


def _judge_again(connection: Connection, version: Row[Any], entry: Entry) -> None:
    """Add the verdict of this event, if it was judged as the document that has the file is: another kind asks less."""
    if _demand_of(connection, version.document_id) != {name: entry[name] for name in DEMAND}:
        return
    before = _newest_verdict(connection, version.document_id, version.version)["verdict"]
    after = entry["verdict"]
    is_later = format_instant(after["checked_at"]) > version.judged_at
    if is_later and any(before.get(name) != after.get(name) for name in ("indication", "sub_indication")):
        judge(connection, {**entry, "document_id": version.document_id, "version": version.version})


def _demand_of(connection: Connection, document_id: str) -> dict[str, Any]:
    of_document = select(*(documents.c[name] for name in DEMAND)).where(documents.c.document_id == document_id)
    row = connection.execute(of_document).first()
    return {} if row is None else dict(row._mapping)


def deliver(connection: Connection, entry: Entry, document_id: str, version: int) -> None:
    """Note that the sink has the event of a version.

    Where another event wrote it and was not recorded, `entry` takes its place.
    """
    of_version = (versions.c.document_id == document_id, versions.c.version == version, versions.c.delivered == 0)
    noted = update(versions).where(*of_version).values(delivered=1, **stamp_again(versions, entry))
    writer = connection.scalar(noted.returning(versions.c.event_id))
    if writer is not None and writer != entry["event_id"]:
        for table in (documents, verdicts):
            of_writer = (table.c.document_id == document_id, table.c.event_id == writer)
            connection.execute(update(table).where(*of_writer).values(**stamp_again(table, entry)))


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key, or a unique value of it, is known. Whether it was inserted."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    (column, *_) = table.primary_key.columns
    return (
        connection.execute(insert(table).values(**values).on_conflict_do_nothing().returning(column)).first()
        is not None
    )


def _placed(connection: Connection, entry: Entry) -> Entry:
    """The entry with the document that it is a version of: a result that was issued anew is no document of its own.

    `paper` tells results of one code apart (`transforms.dossier_results`); None for what no dossier lists.
    """
    if entry["document_id"] is None and entry.get("paper") is not None:
        result = [documents.c[name] == entry[name] for name in _RESULT if entry[name] is not None]
        result += [documents.c[name].is_(None) for name in _RESULT if entry[name] is None]
        of_owner = (documents.c.identity == entry["citizen_id"], documents.c.paper == entry["paper"])
        query = select(documents.c.document_id).where(*of_owner, *result).order_by(documents.c.added_at).limit(1)
        earlier = connection.scalar(query)
        entry = entry if earlier is None else {**entry, "document_id": earlier, "reason": "replaced"}
    if entry["document_id"] is not None:
        lock(connection, entry["document_id"])
    return entry


def _add_version(connection: Connection, entry: Entry) -> Row[Any]:
    document_id = entry["document_id"] or entry["event_id"]
    added_at = format_instant(entry["at"])
    last = select(func.coalesce(func.max(versions.c.version), 0)).where(versions.c.document_id == document_id)
    row = {
        "document_id": document_id,
        "version": (connection.scalar(last) or 0) + 1,
        "identity": entry["citizen_id"],
        **{name: entry[name] for name in _VERSION},
        **columns_of_verdict(entry["verdict"], entry["accepted"]),
        "added_at": added_at,
        "event_id": entry["event_id"],
        "delivered": 0,
        **stamp(entry),
    }
    if insert_new(connection, versions, row):
        if entry["document_id"] is None:
            owner = {"document_id": document_id, "identity": entry["citizen_id"], "added_at": added_at}
            of_document = {**{name: entry[name] for name in _DOCUMENT}, "paper": entry.get("paper")}
            insert_new(connection, documents, {**owner, **of_document, "event_id": entry["event_id"], **stamp(entry)})
        add_verdict(connection, row, entry)
    query = _of_digest(entry["citizen_id"], entry["digest"])
    return connection.execute(query).one()


def add_verdict(connection: Connection, version: Mapping[str, Any], entry: Entry) -> bool:
    """Keep the verdict of an entry on a version; whether it is new. `version`: its key and the event."""
    verdict = entry["verdict"]
    row = {
        **{name: version[name] for name in ("document_id", "version", "event_id")},
        "judged_at": format_instant(verdict["checked_at"]),
        "indication": verdict["indication"],
        "accepted": int(entry["accepted"]),
        "verdict": orjson.dumps(verdict, option=orjson.OPT_SORT_KEYS).decode(),
        **stamp(entry),
    }
    _note_certificates(connection, row, verdict)
    return insert_new(connection, verdicts, row)


def serials_of(verdict: Mapping[str, Any]) -> set[str]:
    """The serial numbers of the certificates that a verdict stands on, without the roots'."""
    return {each["serial"] for signed in verdict.get("signatures", ()) for each in signed.get("chain", ())[:-1]}


def _note_certificates(connection: Connection, row: Mapping[str, Any], verdict: Mapping[str, Any]) -> None:
    """Keep what the verdict stands on. A root's own certificate is on no list."""
    of_version = {name: row[name] for name in ("document_id", "version")}
    serials = serials_of(verdict)
    if serials:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        rows = [{"serial": serial, **of_version} for serial in sorted(serials)]
        connection.execute(insert(certificates).values(rows).on_conflict_do_nothing())


def columns_of_verdict(verdict: Mapping[str, Any], accepted: bool) -> dict[str, Any]:
    """The columns of a version that its newest verdict states."""
    recheck = verdict.get("recheck_after")
    return {
        "indication": verdict["indication"],
        "accepted": int(accepted),
        "judged_at": format_instant(verdict["checked_at"]),
        "recheck_after": None if recheck is None else format_instant(recheck),
    }


def _newest_verdict(connection: Connection, document_id: str, version: int, *, apart_from: str = "") -> dict[str, Any]:
    of_version = (verdicts.c.document_id == document_id, verdicts.c.version == version)
    query = select(verdicts).where(*of_version, verdicts.c.event_id != apart_from)
    row = connection.execute(query.order_by(verdicts.c.judged_at.desc(), verdicts.c.event_id.desc()).limit(1)).first()
    return {} if row is None else {"verdict": orjson.loads(row.verdict), "accepted": bool(row.accepted)}


def _of_digest(identity: str, digest: str) -> Select[Any]:
    return select(versions).where(versions.c.identity == identity, versions.c.digest == digest)


def lock(connection: Connection, document_id: str) -> None:
    """Keep others from changing this document or numbering its versions. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(documents.c.event_id).where(documents.c.document_id == document_id).with_for_update())
