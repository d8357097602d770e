"""Every inbox keeps the contract of inboxes."""

from collections.abc import Callable, Mapping

import orjson
import pytest

from connectors.inboxes.portal import Portal
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


class PortalDossiers:
    """The national portal."""

    def inbox(self) -> Inbox:
        return Portal(make_site(), agencies=["H08"])

    def push(self, *names: str) -> Push:
        data = [{"MaHoSo": f"000.00.01.H08-231115-{name}", "MaTTHC": "1.000", "mark": name} for name in names]
        call = {"session": "s", "madonvi": "H08", "service": "DongBoHoSoMC", "isUpdating": "false", "data": data}
        return orjson.dumps(call), {"content-type": "application/json"}


STANDS: Mapping[str, Callable[[], Stand]] = {"cloudevents": CloudEventBatches, "portal": PortalDossiers}


@pytest.mark.parametrize("stand", STANDS)
@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_every_inbox_keeps_its_promises(stand: str, promise: Callable[[Stand], None]) -> None:
    promise(STANDS[stand]())
