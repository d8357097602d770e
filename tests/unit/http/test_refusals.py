"""Every refusal is a problem (RFC 9457), in the caller's language, with the headers that each reply has."""

import json

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.types import ASGIApp

from lienthong.errors import Transient
from lienthong.http.boundary import Boundary, caller_trace, our_trace
from lienthong.http.limits import BodyLimits
from lienthong.http.problems import caller_language
from lienthong.http.refusals import install
from tests.unit.http.conftest import Caller


class Inner(BaseModel):
    number: int


class Body(BaseModel):
    name: str
    inner: Inner
    items: list[Inner] = []


def make_example(*, limit: int = 1000, seconds: float = 5.0) -> ASGIApp:
    """An application with a path of each kind, inside the layers that ours has."""
    app, api = FastAPI(redirect_slashes=False), APIRouter()

    @api.post("/echo")
    async def echo(body: Body) -> Body:
        return body

    @api.get("/number")
    async def number(of: int) -> int:
        return of

    @api.get("/down")
    async def down() -> None:
        raise Transient("máy chủ x:5432 không trả lời")

    @api.get("/broken")
    async def broken() -> None:
        raise ValueError("012345678901")

    @api.get("/trace")
    async def trace(request: Request) -> str:
        return str(request.state.trace.parent)

    install(app)
    app.include_router(api)
    return Boundary(BodyLimits(app, limit=limit, seconds=seconds), recording=False, timed=lambda *_: None)


@pytest.fixture
def example() -> Caller:
    return Caller(make_example())


def code(reply: httpx.Response) -> str:
    assert reply.headers["content-type"] == "application/problem+json"
    body = reply.json()
    assert body["status"] == reply.status_code
    assert body["type"] == f"urn:lienthong:problem:{body['code']}"
    assert body["title"]
    return str(body["code"])


def test_all_faults_of_the_input_are_listed_at_once_with_400(example: Caller) -> None:
    reply = example("POST", "/echo", json={"inner": {"number": "x"}, "items": [{"number": 1}, {}]})
    assert (reply.status_code, code(reply)) == (400, "input-invalid")
    assert {error["pointer"] for error in reply.json()["errors"]} == {"/name", "/inner/number", "/items/1/number"}
    assert all(error["detail"] for error in reply.json()["errors"])


def test_the_value_at_fault_is_not_repeated(example: Caller) -> None:
    reply = example("POST", "/echo", json={"name": 1, "inner": {"number": "012345678901"}})
    assert "012345678901" not in reply.text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 500, b'{"a":1}x', b"\0"])
def test_what_is_no_json_is_400(example: Caller, body: bytes) -> None:
    reply = example("POST", "/echo", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert code(reply) in ("input-invalid", "request-unreadable")


def test_a_wrong_parameter_is_400(example: Caller) -> None:
    reply = example("GET", "/number?of=x")
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (400, "query/of")


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [("GET", "/no", 404, "not-found"), ("DELETE", "/number", 405, "method-not-allowed")],
)
def test_a_wrong_path_or_method_is_a_problem(example: Caller, method: str, path: str, status: int, word: str) -> None:
    reply = example(method, path)
    assert (reply.status_code, code(reply)) == (status, word)


def test_what_does_not_answer_is_503_without_its_address(example: Caller) -> None:
    reply = example("GET", "/down")
    assert (reply.status_code, code(reply)) == (503, "unavailable")
    assert int(reply.headers["retry-after"]) >= 1
    assert "5432" not in reply.text


def test_an_unexpected_error_is_500_without_a_traceback(example: Caller) -> None:
    reply = example("GET", "/broken")
    assert (reply.status_code, code(reply)) == (500, "unexpected")
    assert "ValueError" not in reply.text
    assert "012345678901" not in reply.text


def test_a_body_that_is_too_large_is_refused_by_its_length_and_by_its_bytes(example: Caller) -> None:
    declared = example("POST", "/echo", content=b"x" * 1001)
    assert (declared.status_code, code(declared)) == (413, "body-too-large")

    async def endless() -> object:
        while True:
            yield b"x" * 100

    async def post(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/echo", content=endless())  # type: ignore[arg-type]  # an endless stream of bytes

    streamed = example.all(post)
    assert (streamed.status_code, code(streamed)) == (413, "body-too-large")


def test_a_body_that_does_not_come_is_refused(example: Caller) -> None:
    import asyncio

    async def silent() -> object:
        yield b"{"
        await asyncio.Event().wait()

    async def post(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/echo", content=silent())  # type: ignore[arg-type]  # a stream that never ends

    reply = Caller(make_example(seconds=0.01)).all(post)
    assert (reply.status_code, code(reply)) == (408, "body-too-slow")


@pytest.mark.parametrize("path", ["/number?of=1", "/no", "/broken"])
def test_every_reply_has_its_headers(example: Caller, path: str) -> None:
    headers = example("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["traceparent"].startswith("00-")
    assert "lienthong-recording" not in headers


def test_a_trace_is_taken_on(example: Caller) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    reply = example("GET", "/trace", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    version, of_trace, span, flags = reply.headers["traceparent"].split("-")
    assert (version, of_trace, flags) == ("00", trace, "01")
    assert span != "00f067aa0ba902b7"
    assert reply.json() == reply.headers["traceparent"]


@pytest.mark.parametrize("given", ["", "x", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"ff-{'1' * 32}-{'1' * 16}-01"])
def test_a_trace_that_is_none_is_replaced(given: str) -> None:
    parts = our_trace(caller_trace(Headers({"traceparent": given, "tracestate": "v=1"}))).parent.split("-")
    assert [len(part) for part in parts] == [2, 32, 16, 2]
    assert set(parts[1]) != {"0"}


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("en", "en"), ("vi", "vi"), ("en;q=0.1, vi;q=0.9", "vi"), ("fr, en-GB;q=0.5", "en"), ("en;q=x, vi;q=0.2", "vi")],
)
def test_sentences_are_in_the_language_of_the_caller(accepts: str, language: str, example: Caller) -> None:
    assert caller_language({"type": "http", "headers": [(b"accept-language", accepts.encode())]}) == language
    reply = example("GET", "/no", headers={"Accept-Language": accepts})
    assert (
        reply.json()["title"]
        == {
            "en": "There is nothing under this path",
            "vi": "Không có gì ở đường dẫn này",
        }[language]
    )


def test_a_problem_lists_no_more_than_a_hundred_faults() -> None:
    reply = Caller(make_example(limit=100_000))(
        "POST", "/echo", content=json.dumps({"items": [{}] * 5000}), headers={"Content-Type": "application/json"}
    )
    assert len(reply.json()["errors"]) == 100
