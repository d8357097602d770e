"""The bench of the sink that pushes answers to the national portal; see `Bench` in sinks_contract.py."""

from sqlalchemy import Engine

from connectors.sinks.portal_answers import PortalAnswers
from tests.contract.sinks_contract import Bench
from tests.fake_systems import FakeQuestions, FakeServer, make_site
from tests.unit.store.events import dossier, question_answer

LOGIN = {"username": "lienthong", "password": "sandbox", "dstcode": "VPCP", "agency": "H08"}


def answers_bench(engine: Engine) -> Bench:
    portal = FakeQuestions()
    server = FakeServer(portal)

    def make_sink() -> PortalAnswers:
        return PortalAnswers(make_site(), server.http(), url="http://portal/", **LOGIN)

    return Bench(
        make_sink(),
        engine,
        lambda: dict(portal.answers),
        [question_answer(str(code)) for code in range(5)],
        poison=(dossier(), "dossier.v1"),
        set_down=lambda down: server.fail_after(0 if down else None),
        restart=make_sink,
        transactional=False,
    )
