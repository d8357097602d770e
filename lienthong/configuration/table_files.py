"""The table that a file of config/tables/ describes: text to text, by folded key."""

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.shapes.kinds import kind_of, wrong_kind
from lienthong.data.text import fold
from lienthong.messages import message
from lienthong.ports import Table


def make_table(document: Document) -> Table | None:
    """The table, or None. Faults are added to the document's findings."""
    if document.value is None:
        return None
    if not isinstance(document.value, dict):
        what = message("a table is a mapping of text to text, not {kind}", kind=kind_of(document.value))
        document.report(Fault("LT105", what, message('write `"text": "text"` lines')))
        return None
    table: dict[str, str] = {}
    for key, value in document.value.items():
        if not isinstance(value, str):
            document.report(wrong_kind(message("`{key}`", key=key), (key,), "text", value))
        elif table.setdefault(fold(key), value) != value:
            what = message("`{key}` is the same key as one above: case and spaces do not count", key=key)
            document.report(Fault("LT103", what, path=(key,), of_key=True))
    return table
