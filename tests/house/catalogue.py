"""Updates the message catalogue from the code: `make messages`. test_messages.py uses the same functions."""

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
METHODS = [("**.py", "python"), ("console/templates/**.html", "jinja2")]
KEYWORDS = {"message": None, "message_n": (1, 2), "msgid": None}


def messages_of_the_code() -> Catalog:
    """Every message of the engine, in English: those of its code and those of its pages."""
    catalog = Catalog()
    for _, _, msgid, _, _ in extract_from_dir(ROOT / "lienthong", METHODS, keywords=KEYWORDS):
        catalog.add(msgid)
    return catalog


def load_catalogue() -> Catalog:
    """The catalogue in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="vi", domain="lienthong")


def as_po(catalog: Catalog) -> bytes:
    """The text file: sorted by message and without lines of code, so that two changes seldom conflict."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, sort_output=True, no_location=True, omit_header=False, ignore_obsolete=True)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """The compiled file."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def make_catalogue() -> Catalog:
    """The messages of the code with their translations in the repository; new messages have none yet."""
    old = load_catalogue()
    new = Catalog(
        locale="vi",
        domain="lienthong",
        header_comment="# Vietnamese messages of Lienthong.",
        project="lienthong",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        creation_date=FIXED,  # the current time would change the file each time
        revision_date=FIXED,
        fuzzy=False,
    )
    for entry in messages_of_the_code():
        if entry.id:
            known = old.get(entry.id)
            new.add(entry.id, known.string if known else None)
    return new


def untranslated(catalog: Catalog) -> list[str]:
    """The messages that have no Vietnamese."""
    return [
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for entry in catalog
        if entry.id and not (entry.string and all(entry.string))
    ]


if __name__ == "__main__":
    catalog = make_catalogue()
    PO.write_bytes(as_po(catalog))
    MO.write_bytes(as_mo(catalog))
    without = untranslated(catalog)
    for msgid in without:
        sys.stderr.write(f"no Vietnamese yet: {msgid}\n")
    sys.exit(1 if without else 0)
