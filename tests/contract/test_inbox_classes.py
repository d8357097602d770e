"""Every inbox keeps the contract of inboxes."""

from collections.abc import Callable, Mapping

import orjson
import pytest

from lienthong.connectors.inboxes.cloudevents import CloudEvents
from lienthong.connectors.protocols.cloud_event_modes import BATCH
from lienthong.ports import Inbox
from tests.contract.inboxes_contract import CONTRACT, Push, Stand
from tests.fake_systems import make_site


class CloudEventBatches:
    """A sender of batches."""

    def inbox(self) -> Inbox:
        return CloudEvents(make_site())

    def push(self, *names: str) -> Push:
        events = [
            {"specversion": "1.0", "id": name, "source": "/office", "type": "letter", "data": {"mark": name}}
            for name in names
        ]
        return orjson.dumps(events), {"content-type": BATCH}


STANDS: Mapping[str, Callable[[], Stand]] = {"cloudevents": CloudEventBatches}


@pytest.mark.parametrize("stand", STANDS)
@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_every_inbox_keeps_its_promises(stand: str, promise: Callable[[Stand], None]) -> None:
    promise(STANDS[stand]())
