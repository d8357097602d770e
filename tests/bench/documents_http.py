"""Search and match over HTTP, with 200,000 documents of 50,000 citizens on PostgreSQL. Prints JSON.

    python -m tests.bench.documents_http [DOCUMENTS [SECONDS [A_SECOND]]]

One process of `lienthong serve` with the shipped configuration, kept connections, questions that come steadily. Each
answer waits for the ledger's commit; PostgreSQL syncs to the disk.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from lienthong.adapters.clock import ReplayClock
from lienthong.ports import Site
from tests.bench.callers import ask_steadily
from tests.bench.documents import COMPONENTS, DOCUMENTS, GOAL_MILLISECONDS, PER_CITIZEN, PROCEDURE, citizen, fill
from tests.command_line import lienthong
from tests.contract.test_store_counter import deliver
from tests.services import postgres
from tests.serving import Serving
from tests.unit.store.events import NOON, procedure

CALLERS, WARM_SECONDS = 8, 5


def measure(address: str, key: str, *, documents: int, seconds: int, rate: float) -> dict[str, Any]:
    """Milliseconds for a question, by percent of them."""
    found: dict[str, Any] = {}
    for name, more in (
        ("search", {"purpose": "Kiểm tra", "officer": "cb"}),
        ("match", {"procedure": "1.000656", "components": [{"code": f"GT{number}"} for number in range(COMPONENTS)]}),
    ):
        random = Random(5)
        numbers = [citizen(random.randrange(documents // PER_CITIZEN)) for _ in range(5_000)]

        def prepare(number: int, more: Mapping[str, Any] = more, numbers: list[str] = numbers) -> bytes:
            return json.dumps({"citizen_id": numbers[number % len(numbers)], **more}).encode()

        steady = partial(ask_steadily, address, f"/v1/documents/{name}", key=key, callers=CALLERS, rate=rate)
        steady(seconds=WARM_SECONDS, prepare=prepare)  # what is read and opened at first does not count
        took = sorted(steady(seconds=seconds, prepare=prepare))
        parts = {"median": 0.5, "p95": 0.95, "p99": 0.99}
        found[name] = {part: round(1000 * took[int(of * len(took))], 1) for part, of in parts.items()}
    return found


def main(documents: str = str(DOCUMENTS), seconds: str = "20", rate: str = "25") -> None:
    cluster = postgres.Cluster()
    with tempfile.TemporaryDirectory() as folder, postgres.fresh_database(cluster.url) as engine:
        data = Path(folder)
        site = Site(ReplayClock(NOON), engine)
        deliver(site, procedure("1.000656", components=PROCEDURE["components"]))
        fill(engine, int(documents))
        url = engine.url.render_as_string(hide_password=False)
        words = ("access", "client", "add", "bench", "--scope", "documents", "--rate", "10000/s", "--json")
        added = lienthong(*words, "--data", data, LIENTHONG_DATABASE=url)
        if added.returncode:
            raise RuntimeError(added.stderr)
        serving = Serving(data, LIENTHONG_DATABASE=url)
        try:
            key = json.loads(added.stdout)["key"]
            figures = measure(serving.address, key, documents=int(documents), seconds=int(seconds), rate=float(rate))
        finally:
            serving.end()
    print(json.dumps({"documents": int(documents), "a_second": rate, "goal_p95_ms": GOAL_MILLISECONDS, **figures}))


if __name__ == "__main__":
    main(*sys.argv[1:])
