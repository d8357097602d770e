"""Delivery by webhook: from an embedded ledger to a receiver on this machine, in batches. Prints one JSON line.

    python -m tests.bench.webhooks EVENTS [BATCH]

The receiver runs in this process and checks nothing, so it takes a part of the processor time that is measured.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import orjson

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.announcements import SqlAnnouncements
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.connectors.webhooks.channel import WebhookChannel
from lienthong.subscriptions.delivery import Delivery
from lienthong.subscriptions.model import Subscription
from lienthong.subscriptions.selection import Selection
from tests.announcing import announce, subscribe
from tests.bench.watching import Figures
from tests.databases import open_embedded
from tests.unit.lienthong_connectors.loopback import Arrived, Response, serving
from tests.webhooks import GRANTED, ORIGIN, SECRET

BUNDLE = 200


def measure(total: int, batch: int, folder: Path) -> Figures:
    """Announce, then deliver everything to one subscription."""
    database, clock = open_embedded(folder), SystemClock()
    ledger, subscriptions = SqlLedger(database, clock), SqlSubscriptions(database)
    for first in range(0, total, BUNDLE):
        names = [f"A-{number}" for number in range(first, min(first + BUNDLE, total))]
        announce(ledger, *names, note="x" * 1000)
    received: list[int] = []

    def receive(request: Arrived) -> Response:
        received.append(len(orjson.loads(request.body)))
        return Response()

    with serving(receive) as url:
        settings = {"allow_private": True, **GRANTED}
        subscribe(ledger, subscriptions, url=url, batch=batch, secret=SECRET, settings=settings)

        def channel(one: Subscription) -> WebhookChannel:
            return WebhookChannel(one, clock, origin=ORIGIN)

        delivery = Delivery(
            "clinic",
            announcements=SqlAnnouncements(database),
            subscriptions=subscriptions,
            ledger=ledger,
            clock=clock,
            make_selection=lambda _: Selection(in_clear=True),
            make_channel=channel,
            note_look=lambda *_: None,
        )
        began, cpu = time.perf_counter(), time.process_time()
        while delivery.turn() == "delivered":
            continue
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
        delivery.close()
    assert sum(received) == total, sum(received)
    return {
        "side": f"webhook in batches of {batch}",
        "events": total,
        "requests": len(received),
        "seconds": round(seconds, 2),
        "per_second": round(total / seconds),
        "cpu_us": round(1e6 * used / total),
    }


def main() -> None:
    total, batch = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(measure(total, batch, Path(name))))


if __name__ == "__main__":
    main()
