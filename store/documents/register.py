"""The register of documents: writes what a caller puts before it is answered.

A caller that has put a document finds it at once, and of two who resolve a dispute at the same moment one learns that
it is resolved. Neither can wait for the sink, which has the event a moment later and writes the same once more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lienthong import Site
from lienthong.adapters.sql import translate_errors
from store.documents.entries import write


class DocumentRegister:
    """Writes entries. A key is an entry as JSON (`transforms.document_entries.key_of`), found is what it became.

    It is asked as a lookup because what it finds is part of the answer. What was written for an event that was not
    recorded after all has no delivery: the caller has no answer, asks again, and gets the same.
    """

    def __init__(self, site: Site) -> None:
        self._database = site.database.execution_options(writing=True)

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Write each in a transaction of its own. Raises `Transient` when the database does not answer."""
        return {key: self._write(orjson.loads(key)) for key in keys}

    def _write(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        with translate_errors("kho giấy tờ không trả lời"), self._database.begin() as connection:
            return write(connection, entry)
