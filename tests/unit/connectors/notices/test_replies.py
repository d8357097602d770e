"""Replies of gateways that are odd, broken or hostile, and what HTTP itself may do: no traceback, and no guess."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import yaml

from connectors.notices.errors import ErrorTable, after_the_night, next_day
from connectors.notices.esms import EsmsSms
from connectors.notices.gateway import Gateway, Message, Verdict
from connectors.notices.prices import Prices
from connectors.notices.templates import Templates
from connectors.notices.viettel import ViettelSms
from connectors.notices.vnpt import VnptSms
from connectors.notices.zalo import ZaloGateway
from connectors.notices.zalo_tokens import RefreshRefused, TokenServer
from lienthong import Transient
from lienthong.connectors.protocols.http_once import HttpOnce, Unsure
from tests.fake_systems import FakeClock

ROOT = Path(__file__).parents[4]
TEMPLATES = Templates(ROOT / "config/templates")
URL = "http://gateway/s3cret"
PARAMETERS = {"ma_ho_so": "H08-1", "ngay_hen": "17:00 15/11/2023"}
NOTICE = Message("n-1", "84912345678", "dossier-accepted", PARAMETERS, text="Ho so H08-1 da duoc tiep nhan")

Reply = Callable[[httpx.Request], httpx.Response]


class FixedTokens:
    def current(self) -> str:
        return "t1"

    def renew(self, refused: str) -> str:
        return f"{refused}+"


def once(reply: Reply) -> HttpOnce:
    return HttpOnce("cổng", transport=httpx.MockTransport(reply))


def make(name: str, reply: Reply) -> Gateway:
    clock, http, errors = FakeClock(), once(reply), {"9": "dead: x"}
    account = {"url": URL, "errors": errors, "http": http}
    match name:
        case "zalo":
            return ZaloGateway(clock, TEMPLATES, FixedTokens(), **account)  # type: ignore[arg-type] - named above
        case "esms":
            return EsmsSms(clock, TEMPLATES, api_key="k", secret_key="s3cret", **account)  # type: ignore[arg-type] - as above
        case "vnpt":
            who = {"api_user": "u", "api_password": "s3cret", "username": "u"}
            return VnptSms(clock, TEMPLATES, label="1", contract="1", agent="1", **who, **account)  # type: ignore[arg-type] - as above
        case _:
            return ViettelSms(clock, TEMPLATES, user="u", password="s3cret", cp_code="c", **account)  # type: ignore[arg-type] - as above


GATEWAYS = ("zalo", "esms", "vnpt", "viettel")
DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><result>1</result>&x;</a>'
ODD = [
    *(b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b"<html>login</html>", b"{}", DTD, b"<a>" * 9999),
    *(
        orjson.dumps({name: value})
        for name in ("error", "CodeResult", "RPLY", "result")
        for value in (None, [], {}, True, 1.5, "abc", "0x1", "", "9" * 40, {"ERROR": None}, {"ERROR": {}})
    ),
    *(f"<a><result>{text}</result></a>".encode() for text in ("",)),
]


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("body", ODD)
def test_a_reply_that_cannot_be_read_is_a_doubt(name: str, body: bytes) -> None:
    if name == "viettel" and b"result" in body and not body.startswith((b"{", b"<?xml")):
        return  # an empty result is a code of its own
    answer = make(name, lambda _: httpx.Response(200, content=body)).send(NOTICE)
    assert answer.verdict is Verdict.IN_DOUBT
    assert "s3cret" not in repr(answer)


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (301, Verdict.CONFIGURATION),
        (400, Verdict.RETRY),
        (401, Verdict.CONFIGURATION),
        (403, Verdict.CONFIGURATION),
        (404, Verdict.CONFIGURATION),
        (500, Verdict.IN_DOUBT),
        (502, Verdict.IN_DOUBT),
        (504, Verdict.IN_DOUBT),
    ],
)
def test_a_status_means_the_same_with_every_gateway(name: str, status: int, verdict: Verdict) -> None:
    assert make(name, lambda _: httpx.Response(status, content=b"<html>")).send(NOTICE).verdict is verdict


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_gateway_sent_nothing_and_is_waited_for(name: str, status: int) -> None:
    reply = httpx.Response(status, headers={"Retry-After": "120"}, content=b'{"error": 0, "CodeResult": "100"}')
    with pytest.raises(Transient) as busy:
        make(name, lambda _: reply).send(NOTICE)
    assert busy.value.after == timedelta(seconds=120)


def raising(error: type[httpx.HTTPError]) -> Reply:
    def reply(request: httpx.Request) -> httpx.Response:
        raise error("http://user:s3cret@gateway")  # type: ignore[call-arg] - all of them take a text

    return reply


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError])
def test_without_a_connection_nothing_was_sent(name: str, error: type[httpx.HTTPError]) -> None:
    with pytest.raises(Transient) as failed:
        make(name, raising(error)).send(NOTICE)
    assert not isinstance(failed.value, Unsure)
    assert "s3cret" not in f"{failed.value!r}{failed.value.__cause__!r}"


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError],
)
def test_what_breaks_after_the_connection_is_a_doubt(name: str, error: type[httpx.HTTPError]) -> None:
    assert make(name, raising(error)).send(NOTICE).verdict is Verdict.IN_DOUBT


def test_zalo_renews_a_refused_token_once_and_no_more() -> None:
    tokens: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        tokens.append(request.headers["access_token"])
        return httpx.Response(200, json={"error": -124})

    zalo = ZaloGateway(FakeClock(), TEMPLATES, FixedTokens(), url=URL, errors={"-124": "refresh: x"}, http=once(refuse))
    assert zalo.send(NOTICE).verdict is Verdict.CONFIGURATION
    assert tokens == ["t1", "t1+"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (httpx.Response(200, json={"error": -14014}), RefreshRefused),
        (httpx.Response(401), RefreshRefused),
        (httpx.Response(200, content=b"{"), Unsure),
        (httpx.Response(200, json={"access_token": "a", "refresh_token": ""}), Unsure),
        (httpx.Response(200, json={"access_token": "a\r\nb", "refresh_token": "r"}), Unsure),
        (httpx.Response(502), Unsure),
    ],
)
def test_a_refresh_without_new_tokens_is_refused_or_unsure(reply: httpx.Response, error: type[Exception]) -> None:
    server = TokenServer(FakeClock(), url=URL, app_id="a", secret_key="s3cret", http=once(lambda _: reply))
    with pytest.raises(error) as failed:
        server.exchange("r0")
    assert "s3cret" not in repr(failed.value)


@pytest.mark.parametrize("seconds", ["90000", 90000, None, "x", -1, 10**12])
def test_a_life_of_any_form_is_understood(seconds: Any) -> None:
    reply = {"access_token": "a", "refresh_token": "r", "expires_in": seconds}
    server = TokenServer(
        FakeClock(), url=URL, app_id="a", secret_key="s", http=once(lambda _: httpx.Response(200, json=reply))
    )
    life = server.exchange("r0").expires_at - FakeClock().now()
    assert life == timedelta(seconds=90000 if str(seconds) == "90000" else 3600)


@pytest.mark.parametrize("name", ["zalo", "esms", "vnpt", "viettel"])
def test_the_shipped_error_tables_have_known_words_and_a_text_for_each_code(name: str) -> None:
    table = yaml.safe_load((ROOT / f"config/tables/{name}-errors.yaml").read_text())
    errors = ErrorTable(name, table)
    assert all(errors.rule(code).why for code in table)  # type: ignore[union-attr] - each is in the table


def test_a_word_that_is_none_is_refused_with_its_code() -> None:
    with pytest.raises(ValueError, match="-5"):
        ErrorTable("Zalo", {"-5": "later: x"})


def test_a_table_of_prices_has_whole_dong_and_a_default() -> None:
    prices = Prices({"default": "850", "viettel": "900"})
    assert prices.cost("x" * 161, "84961234567") == 1800
    assert prices.cost("x", "84912345678") == 850
    for table in ({"viettel": "900"}, {"default": "850.5"}, {"default": "²"}, {"default": "-1"}):
        with pytest.raises(ValueError, match="bảng giá"):
            Prices(table)


@pytest.mark.parametrize(
    ("now", "night", "tomorrow"),
    [
        ("2026-12-01T22:30", "2026-12-02T06:00:00+07:00", "2026-12-02T06:00:00+07:00"),
        ("2026-12-01T05:59", "2026-12-01T06:00:00+07:00", "2026-12-02T06:00:00+07:00"),
        ("2026-12-01T06:00", "2026-12-02T06:00:00+07:00", "2026-12-02T06:00:00+07:00"),
        ("2026-12-31T23:59", "2027-01-01T06:00:00+07:00", "2027-01-01T06:00:00+07:00"),
    ],
)
def test_the_night_and_the_day_are_those_of_vietnam(now: str, night: str, tomorrow: str) -> None:
    moment = datetime.fromisoformat(f"{now}:00+07:00").astimezone(UTC)
    assert (after_the_night(moment).isoformat(), next_day(moment).isoformat()) == (night, tomorrow)
