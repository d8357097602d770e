"""The store of documents with 200,000 documents of 50,000 citizens: how long search and match take. Prints JSON.

    python -m tests.bench.documents [DOCUMENTS]

The steps of the routes are run as the bus runs them, one question at a time: the lookups, then the transforms. It runs
on an embedded database, and on PostgreSQL where its programs are installed.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from sqlalchemy import Engine, insert

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.ports import Site
from store.documents import tables
from store.documents.reading import CitizenDocuments
from tests.databases import open_embedded
from tests.services import postgres
from tests.unit.store.documents import digest
from tests.unit.store.events import NOON
from transforms import document_match_answers, document_searches

DOCUMENTS, PER_CITIZEN, ASKED, COMPONENTS = 200_000, 4, 1_500, 8
GOAL_MILLISECONDS = 30.0
MOMENT = "2023-11-01T00:00:00.000000Z"
PROCEDURE = {
    "components": [
        {"code": f"GT{number}", "name": "Giấy tờ", "replaced_by": [f"KQ.G15.{number:06}"]}
        for number in range(COMPONENTS)
    ]
}


def citizen(number: int) -> str:
    return f"052{number:09}"


def fill(engine: Engine, documents: int) -> None:
    """The documents, every tenth with a second version, every fiftieth under dispute."""
    step = 10_000
    for start in range(0, documents, step):
        numbers = range(start, min(start + step, documents))
        with engine.begin() as connection:
            connection.execute(insert(tables.documents), [_document(number) for number in numbers])
            rows = [_version(number, 1) for number in numbers] + [_version(number, 2) for number in numbers[::10]]
            connection.execute(insert(tables.versions), rows)
            connection.execute(insert(tables.disputes), [_dispute(number) for number in numbers[::50]])


def measure(engine: Engine, documents: int) -> dict[str, Any]:
    """Milliseconds for a question: the median, and what 95 of 100 stay below."""
    lookup = CitizenDocuments(Site(ReplayClock(NOON), engine))
    random = Random(5)
    asked = [citizen(random.randrange(documents // PER_CITIZEN)) for _ in range(ASKED)]
    return {"search": _percentile(lookup, asked, _search), "match": _percentile(lookup, asked, _match)}


def _percentile(
    lookup: CitizenDocuments, asked: list[str], answer: Callable[[str, Mapping[str, Any]], Any]
) -> dict[str, float]:
    times = []
    for number in asked:
        began = time.perf_counter()
        answer(number, lookup.find_many([number]))
        times.append(1000 * (time.perf_counter() - began))
    percentiles = quantiles(times, n=100)
    return {"median": round(percentiles[49], 2), "p95": round(percentiles[94], 2)}


def _search(number: str, found: Mapping[str, Any]) -> None:
    event = _event({"citizen_id": number, "purpose": "Kiểm tra", "page_size": 20})
    assert document_searches.search(event, found).data["answer"]["total"] == PER_CITIZEN


def _match(number: str, found: Mapping[str, Any]) -> None:
    components = [{"code": f"GT{place}"} for place in range(COMPONENTS)]
    asked = {"citizen_id": number, "procedure": "1.000656", "components": components}
    event = _event({**asked, document_match_answers.PROCEDURE: PROCEDURE})
    answer = document_match_answers.answer(event, found).data["answer"]
    assert any(each["outcome"] == "attach" for each in answer["components"])


def _event(data: dict[str, Any]) -> Envelope:
    return Envelope("E", "document.v1", "request.documents", "E", NOON, NOON, {**data, "client": "bench"})


def _document(number: int) -> dict[str, Any]:
    return {
        "document_id": f"D{number}",
        "identity": citizen(number // PER_CITIZEN),
        "document_type": "ket-qua",
        "result_code": f"KQ.G15.{number % COMPONENTS:06}",
        "kind": "result",
        "agency": "H08.17",
        "dossier": f"000.00.31.H08-231101-{number}",
        "origin": "uploaded",
        "added_at": MOMENT,
        "event_id": f"E{number}",
    }


def _version(number: int, version: int) -> dict[str, Any]:
    moments = {"judged_at": MOMENT, "added_at": MOMENT, "recheck_after": None}
    judged = {"indication": "TOTAL-PASSED", "accepted": 1, "delivered": 1}
    file = {"digest": digest(f"{number}/{version}"), "size": 20_480, "media_type": "application/pdf"}
    return {
        "document_id": f"D{number}",
        "version": version,
        "identity": citizen(number // PER_CITIZEN),
        "number": f"{number}/TLKS-BS",
        "issued_on": "2023-11-01",
        "valid_until": None,
        "reason": "replaced" if version > 1 else "first",
        "client": "bench",
        "officer": None,
        "event_id": f"E{number}/{version}",
        **file,
        **judged,
        **moments,
    }


def _dispute(number: int) -> dict[str, Any]:
    return {
        "dispute_id": f"P{number}",
        "document_id": f"D{number}",
        "version": 1,
        "state": "open",
        "agency": "H08.17",
        "identity": citizen(number // PER_CITIZEN),
        "statement": "Sai ngày cấp.",
        "raised_in": "store",
        "opened_at": MOMENT,
        "due_on": "2023-11-08",
        "event_id": f"P{number}",
        "client": "bench",
        "dossier": None,
        "delivered": 1,
        "resolution_delivered": 0,
    }


@contextmanager
def _embedded() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_embedded(Path(folder))
        yield engine
        engine.dispose()


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    figures: dict[str, Any] = {"documents": documents, "goal_p95_ms": GOAL_MILLISECONDS}
    for name, database in (("sqlite", _embedded), ("postgresql", postgres.fresh_database)):
        with database() as engine:
            fill(engine, documents)
            figures[name] = measure(engine, documents)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
