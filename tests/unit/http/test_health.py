"""Health: alive without any dependency, ready only when every check is well and the process is not about to stop."""

import pytest

from lienthong.http.app import make_app
from lienthong.http.service import Service
from tests.unit.http.conftest import Caller, open_app


def test_a_process_that_answers_is_alive_whatever_is_down(service: Service) -> None:
    call = Caller(make_app(service, {"broker": lambda: "down", "database": lambda: "down"}))
    assert (call("GET", "/livez").status_code, call("GET", "/livez").text) == (200, "ok\n")


def test_verbose_shows_a_line_for_each_check(call: Caller) -> None:
    assert call("GET", "/readyz").text == "ok\n"
    lines = call("GET", "/readyz?verbose").text.splitlines()
    assert lines == [
        "[+]broker ok",
        "[+]database ok",
        "[+]configuration ok",
        "[+]disk ok",
        "[+]shutdown ok",
        "readyz check passed",
    ]


def test_a_check_that_fails_makes_it_503_and_can_be_left_out(service: Service) -> None:
    call = Caller(make_app(service, {"broker": lambda: "it does not answer", "disk": lambda: ""}))
    refused = call("GET", "/readyz")
    assert refused.status_code == 503
    assert "[-]broker failed: it does not answer" in refused.text
    assert call("GET", "/readyz?exclude=broker").status_code == 200
    assert call("GET", "/readyz?exclude=broker&exclude=disk").status_code == 200
    assert call("GET", "/readyz/broker").status_code == 503
    assert call("GET", "/readyz/disk").status_code == 200


def test_a_check_that_does_not_exist_is_named(call: Caller) -> None:
    refused = call("GET", "/readyz?exclude=brokr")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "query/exclude")
    assert call("GET", "/readyz/brokr").status_code == 404


def test_a_process_that_drains_lives_and_answers_but_is_not_ready(service: Service, call: Caller) -> None:
    service.draining.set()
    assert call("GET", "/readyz").status_code == 503
    assert call("GET", "/readyz/shutdown").status_code == 503
    assert call("GET", "/livez").status_code == 200
    assert call("GET", "/v1/openapi.json").status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/readyz?verbose", "/metrics"])
def test_probes_need_no_key_and_show_no_secret(service: Service, path: str) -> None:
    object.__setattr__(service.endpoints, "broker", "memory://user:secret@x")

    reply = Caller(open_app(service))("GET", path)
    assert reply.status_code == 200
    assert "secret" not in reply.text
    assert str(service.endpoints.data) not in reply.text
