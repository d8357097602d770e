"""Brings the message catalogue up to date with the code: `make messages`. The house test uses the same functions."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "lienthong" / "messages" / "locales" / "vi" / "LC_MESSAGES"
PO, MO = FOLDER / "lienthong.po", FOLDER / "lienthong.mo"
FIXED = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {"message": None, "message_n": (1, 2), "msgid": None}


def said_by_the_code() -> Catalog:
    """Every message of the engine, in English."""
    catalog = Catalog()
    for _, _, msgid, _, _ in extract_from_dir(ROOT / "lienthong", [("**.py", "python")], keywords=KEYWORDS):
        catalog.add(msgid)
    return catalog


def kept() -> Catalog:
    """The catalogue as it stands in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="vi", domain="lienthong")


def as_po(catalog: Catalog) -> bytes:
    """Sorted by message and without places in the code, so that two changes seldom meet in one line."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, sort_output=True, no_location=True, omit_header=False, ignore_obsolete=True)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def updated() -> Catalog:
    """The kept translations of what the code says now; what is new has none yet."""
    old = kept()
    new = Catalog(
        locale="vi",
        domain="lienthong",
        header_comment="# Vietnamese messages of Lienthong.",
        project="lienthong",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        creation_date=FIXED,  # a moment of making would be a change of its own
        revision_date=FIXED,
        fuzzy=False,
    )
    for said in said_by_the_code():
        if said.id:
            known = old.get(said.id)
            new.add(said.id, known.string if known else None)
    return new


def untranslated(catalog: Catalog) -> list[str]:
    """The messages that have no Vietnamese."""
    return [
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for entry in catalog
        if entry.id and not (entry.string and all(entry.string))
    ]


if __name__ == "__main__":
    catalog = updated()
    PO.write_bytes(as_po(catalog))
    MO.write_bytes(as_mo(catalog))
    without = untranslated(catalog)
    for msgid in without:
        sys.stderr.write(f"no Vietnamese yet: {msgid}\n")
    sys.exit(1 if without else 0)
