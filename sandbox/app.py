"""The sandbox as one ASGI application: the outside systems, control endpoints, and faults on demand."""

import time
from threading import Thread

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from sandbox.agencies import Agencies
from sandbox.clock import Clock
from sandbox.control import Control, System
from sandbox.faults import FaultMiddleware, Faults
from sandbox.gateway_control import GatewayControl
from sandbox.gateway_orders import Orders
from sandbox.gateways import Gateways
from sandbox.igate import Igate
from sandbox.keyed_feed import PATHS, KeyedFeed
from sandbox.mail import Mail
from sandbox.national_store import NationalStore
from sandbox.portal import Portal
from sandbox.procedures import Procedures
from sandbox.pushes import Order, Pushes
from sandbox.questions import Petitions, Questions
from sandbox.receipts import Receipts
from sandbox.recording import Recording
from sandbox.results import Results
from sandbox.sessions import Monotonic
from sandbox.vneid import Vneid


def create_app(
    recording: Recording,
    *,
    monotonic: Monotonic = time.monotonic,
    client: httpx.Client | None = None,
    push_to: Order | None = None,
    mail: Mail | None = None,
) -> Starlette:
    """Make the application that serves `recording`; its clock starts before the first line.

    `monotonic` (seconds) measures the age of tokens. `push_to`: where what the recording has to push is sent when it is
    due by the clock; `client` sends it. `mail`: the mail server that
    the caller started. A system without a file in the recording is served empty.
    """
    clock = Clock(recording.before_first)
    faults = Faults()
    igate = Igate(recording, clock, monotonic)
    portal = Portal(recording, clock, monotonic)
    vneid = Vneid(recording, clock, monotonic)
    procedures = Procedures(recording, clock, monotonic)
    questions = Questions(recording, clock, monotonic)
    petitions = Petitions(recording, clock, monotonic)
    national_store = NationalStore(recording, clock)
    keyed = {system: KeyedFeed(system, recording, clock) for system in PATHS}
    agencies = Agencies(client)
    orders = Orders(clock)
    gateways = Gateways(clock, orders)
    gateway_control = GatewayControl(gateways, Receipts(gateways, client), orders)
    results = Results(recording.results)
    systems: dict[str, System] = {
        "igate": igate,
        "dvcqg": portal,
        "vneid": vneid,
        "procedures": procedures,
        "questions": questions,
        "petitions": petitions,
        "national_store": national_store,
        **keyed,
        "agencies": agencies,
        "results": results,
    }
    pushes = Pushes(recording, clock, client=client)
    if push_to is not None:
        Thread(target=pushes.push_for_ever, args=(push_to,), daemon=True).start()
    control = Control(recording, clock, faults, systems, pushes, agencies=agencies)
    expire = {
        "igate": igate.sessions.expire,
        "dvcqg": portal.sessions.expire,
        "vneid": vneid.sessions.expire,
        "procedures": procedures.sessions.expire,
        "questions": questions.sessions.expire,
        "petitions": petitions.sessions.expire,
    }
    return Starlette(
        routes=[
            Mount("/-", routes=[*control.routes(), *gateway_control.routes()]),
            Mount("/igate", routes=igate.routes()),
            Mount("/dvcqg", routes=portal.routes()),
            Mount("/vneid", routes=vneid.routes()),
            Mount("/procedures", routes=procedures.routes()),
            Mount("/questions", routes=questions.routes()),
            Mount("/petitions", routes=petitions.routes()),
            Mount("/national_store", routes=national_store.routes()),
            *(Mount(f"/{system}", routes=server.routes()) for system, server in keyed.items()),
            Mount("/agencies", routes=agencies.routes()),
            *gateways.routes(),
            *(mail or Mail()).routes(),
            Mount("/results", routes=results.routes()),
        ],
        middleware=[Middleware(FaultMiddleware, faults=faults, expire=expire)],
    )
