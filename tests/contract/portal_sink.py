"""The bench of the sink that tells the national portal how far dossiers are."""

from sqlalchemy import Engine

from connectors.sinks.portal import Portal
from tests.contract.sinks_contract import Bench
from tests.fake_systems import FakeProgress, FakeServer, make_site
from tests.unit.store.events import dossier, submission

EVENTS = [submission(f"000.00.31.H08-231107-{number:06d}") for number in range(12)]


def portal_bench(engine: Engine) -> Bench:
    portal = FakeProgress()
    server = FakeServer(portal)
    login = {"username": "lienthong", "password": "sandbox", "dstcode": "VPCP", "agency": "H08"}

    def make_sink() -> Portal:
        return Portal(make_site(), server.http(), url="http://portal", **login)

    return Bench(
        make_sink(),
        engine,
        lambda: sorted(step["MaHoSo"] for step in portal.kept),
        EVENTS,
        poison=(dossier(), "không phải hồ sơ nộp trực tuyến"),
        set_down=lambda down: server.fail_after(0 if down else None),
        restart=make_sink,
        transactional=False,
    )
