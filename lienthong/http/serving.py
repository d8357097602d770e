"""Opens what is served and serves it, until a signal."""

from collections.abc import Callable
from contextlib import nullcontext

import structlog

from lienthong import __version__
from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.migrations.package import LEDGER
from lienthong.adapters.sql.migrations.runner import prepare
from lienthong.http.app import make_app
from lienthong.http.console import open_console
from lienthong.http.server import Server, open_socket
from lienthong.http.service import Service
from lienthong.operations.health_items import Installation
from lienthong.operations.readiness import checks
from lienthong.runtime.allocator import tune_for_answers
from lienthong.runtime.composition import open_storage
from lienthong.runtime.existing_storage import endpoints_to_serve
from lienthong.runtime.files import collecting
from lienthong.runtime.project import Project
from lienthong.runtime.tracing import tracing
from lienthong.runtime.world import World, settle_world

log = structlog.get_logger(__name__)


def serve(project: Project, *, host: str, port: int, drain: float, listening: Callable[[str, Service], None]) -> None:
    """Serve the project's ledger. `listening` is called with the address once it takes connections.

    The configuration is checked as `lienthong run` does, but where the ledger is that of a recording: there it is only
    looked at. Raises `Misconfigured`, `NoLedger`, `SchemaMismatch`, and OSError for an address that cannot be used.
    """
    endpoints = endpoints_to_serve(project)
    with open_socket(host, port) as listener:
        world = _world(endpoints.database_url())
        settings = project.readable_settings() if world == "recording" else project.settings()
        storage = open_storage(settings, endpoints, SystemClock(), world=world)
        try:
            service = Service(storage, endpoints)
            installation = Installation(
                project.folder, project.variables, endpoints.data, broker=endpoints.broker, database=endpoints.database
            )
            listener.listen(1024)
            bound_host, bound_port = listener.getsockname()[:2]
            address = f"[{bound_host}]" if ":" in bound_host else bound_host
            listening(f"http://{address}:{bound_port}", service)
            log.info("serving", address=f"{address}:{bound_port}", version=__version__, world=world)
            tune_for_answers()
            collection = nullcontext() if world == "recording" else collecting(storage, service.draining)
            with tracing(endpoints.broker), collection, open_console(service, project) as console:
                app = make_app(service, checks(installation, storage.database), console=console)
                Server(app, service, drain=drain).run(sockets=[listener])
            log.info("stopped serving")
        finally:
            storage.close()


def _world(url: str) -> World:
    """The mark of the ledger at a URL. The embedded database is made or upgraded first."""
    database = open_database(url)
    try:
        prepare(database, [LEDGER])
        return settle_world(database, SystemClock().now())
    finally:
        database.dispose()
