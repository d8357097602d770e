"""`lienthong adopt`: the parts of a bus that an adoption needs, without its workers and pollers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lienthong.adapters.clock import SystemClock
from lienthong.maintenance.adoption import Adopter
from lienthong.operations.set_aside import open_set_aside
from lienthong.runtime.composition import build
from lienthong.runtime.endpoints import Endpoints
from lienthong.settings import Settings


@contextmanager
def open_adopter(settings: Settings, endpoints: Endpoints, *, accept: Sequence[str], who: str) -> Iterator[Adopter]:
    """The adopter of a project. Whether its database was restored is looked at first, as at every start."""
    bus = build(settings, endpoints, SystemClock(), acting=True)
    try:
        yield Adopter(
            bus.stages,
            broker=bus.broker,
            ledger=bus.storage.ledger,
            clock=bus.storage.clock,
            aside=open_set_aside(endpoints.broker, endpoints.data),
            accept=accept,
            who=who,
        )
    finally:
        bus.close()
