"""The portal and the payment platform push over HTTP: every reply, a refusal too, has the form of their wire."""

from typing import Any

import orjson
import pytest

from lienthong.access.rate import Rate
from lienthong.http.service import Service
from tests.unit.connectors.inboxes.test_payments import SECRET, notice
from tests.unit.connectors.inboxes.test_portal import CODE, DOSSIER, call
from tests.unit.http.conftest import Caller, add, open_app
from tests.unit.http.test_inboxes import inbox, serve_inboxes


@pytest.fixture
def serving(service: Service) -> Service:
    portal = {"use": "connectors.inboxes.portal.Portal", "parameters": {"agencies": ["H08"]}, "max_bytes": 2000}
    payments = {"use": "connectors.inboxes.payments.Payments", "parameters": {"secret": SECRET}, "access": "wire"}
    return serve_inboxes(service, inbox("portal", "", **portal), inbox("payments", "", **payments, rate=Rate(6, 3600)))


@pytest.fixture
def push(serving: Service) -> Caller:
    return Caller(open_app(serving))


@pytest.fixture
def key(serving: Service) -> dict[str, str]:
    return {"Authorization": f"Bearer {add(serving, 'portal', 'inbox:portal')}"}


def answer(push: Caller, name: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    reply = push("POST", f"/in/{name}", content=content, headers=headers or {})
    found = reply.json()
    return reply.status_code, found["error_code"] if name == "portal" else (found["MaLoi"], found["TrangThaiGD"])


def test_a_dossier_is_recorded_once_however_often_it_is_pushed(push: Caller, key: dict[str, str]) -> None:
    replies = [answer(push, "portal", call(DOSSIER), key) for _ in range(3)]
    assert replies == [(200, 0), (200, 1), (200, 1)]
    assert answer(push, "portal", [DOSSIER], key) == (200, 1), "in whatever form it comes"
    assert answer(push, "portal", call(DOSSIER, isUpdating="True"), key) == (200, 1)
    supplement = {**DOSSIER, "TrangThaiHoSo": "1"}
    assert answer(push, "portal", call(DOSSIER, supplement, {"MaHoSo": f"{CODE}1"}), key) == (200, 0)


@pytest.mark.parametrize("body", [b"{", b"\x00", call(), b"[" * 1900])
def test_what_is_refused_is_refused_in_the_form_of_the_portal(push: Caller, key: dict[str, str], body: Any) -> None:
    assert answer(push, "portal", body, key) == (400, -1)
    assert answer(push, "portal", call(DOSSIER), key) == (200, 0), "a bad push costs itself alone"


def test_the_portal_needs_its_key(push: Caller) -> None:
    assert answer(push, "portal", call(DOSSIER)) == (401, -1)


def test_a_payment_is_recorded_without_a_key_by_its_checksum(push: Caller) -> None:
    assert [answer(push, "payments", notice()) for _ in range(2)] == [(200, ("00", "1"))] * 2
    assert answer(push, "payments", {**notice(), "SoTien": "1"}) == (401, ("97", "0"))
    assert answer(push, "payments", b"[]") == (400, ("99", "0"))


def test_who_tries_checksums_is_slowed_down(push: Caller) -> None:
    forged = {**notice(), "SoTien": "1"}
    statuses = [answer(push, "payments", forged)[0] for _ in range(9)]
    assert statuses[0] == 401 and statuses[-1] == 429
