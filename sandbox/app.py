"""The sandbox as one ASGI application: five outside systems, control endpoints, and faults on demand."""

import time

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from sandbox.ccvc import Ccvc
from sandbox.clock import Clock
from sandbox.control import Control, System
from sandbox.faults import FaultMiddleware, Faults
from sandbox.igate import Igate
from sandbox.portal import Portal
from sandbox.procedures import Procedures
from sandbox.recording import Recording
from sandbox.sessions import Monotonic
from sandbox.vneid import Vneid


def create_app(recording: Recording, *, monotonic: Monotonic = time.monotonic) -> Starlette:
    """Make the application that serves `recording`; its clock starts before the first line.

    `monotonic` (seconds) measures the age of tokens. A system without a file in the recording is served empty.
    """
    clock = Clock(recording.before_first)
    faults = Faults()
    igate = Igate(recording, clock, monotonic)
    portal = Portal(recording, clock, monotonic)
    vneid = Vneid(recording, clock, monotonic)
    ccvc = Ccvc(recording, clock)
    procedures = Procedures(recording, clock, monotonic)
    systems: dict[str, System] = {
        "igate": igate,
        "dvcqg": portal,
        "vneid": vneid,
        "ccvc": ccvc,
        "procedures": procedures,
    }
    control = Control(recording, clock, faults, systems)
    expire = {
        "igate": igate.sessions.expire,
        "dvcqg": portal.sessions.expire,
        "vneid": vneid.sessions.expire,
        "procedures": procedures.sessions.expire,
    }
    return Starlette(
        routes=[
            Mount("/-", routes=control.routes()),
            Mount("/igate", routes=igate.routes()),
            Mount("/dvcqg", routes=portal.routes()),
            Mount("/vneid", routes=vneid.routes()),
            Mount("/ccvc", routes=ccvc.routes()),
            Mount("/procedures", routes=procedures.routes()),
        ],
        middleware=[Middleware(FaultMiddleware, faults=faults, expire=expire)],
    )
