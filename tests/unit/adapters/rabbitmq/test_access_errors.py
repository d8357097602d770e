"""Which errors of a connection are refusals by the broker that only a changed configuration helps against."""

import pytest
from pika.exceptions import (
    AMQPConnectionError,
    ConnectionClosedByBroker,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    StreamLostError,
)

from lienthong.adapters.rabbitmq.access_errors import access_finding

BAD_LOGIN = repr(ConnectionClosedByBroker(403, "ACCESS_REFUSED - Login was refused using PLAIN"))
NO_VHOST = repr(ConnectionClosedByBroker(530, "NOT_ALLOWED - vhost x not found"))
NO_PERMISSION = repr(ConnectionClosedByBroker(530, "NOT_ALLOWED - access to vhost 'x' refused for user 'guest'"))
LIMIT_REACHED = f"{NO_PERMISSION[:-2]}: connection limit (5) is reached')"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProbableAuthenticationError(BAD_LOGIN), "LT803"),
        (AMQPConnectionError(ProbableAuthenticationError(BAD_LOGIN)), "LT803"),
        (ProbableAccessDeniedError(NO_VHOST), "LT804"),
        (ProbableAccessDeniedError(NO_PERMISSION), "LT804"),
    ],
)
def test_a_refusal_names_what_to_change(error: Exception, code: str) -> None:
    finding = access_finding(error, "broker:5672/x")
    assert finding is not None and (finding.code, finding.file) == (code, "amqp://broker:5672/x")
    assert "LIENTHONG_BROKER" in finding.advice


@pytest.mark.parametrize(("language", "what"), [("vi", "từ chối đăng nhập"), ("en", "refused the login")])
def test_a_refusal_is_in_the_readers_language(language: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    finding = access_finding(ProbableAuthenticationError(BAD_LOGIN), "broker:5672/x")
    assert finding is not None and what in finding.what


@pytest.mark.parametrize(
    "error",
    [
        ProbableAuthenticationError(repr(StreamLostError("reset by peer"))),
        ProbableAccessDeniedError(LIMIT_REACHED),
        ConnectionClosedByBroker(320, "CONNECTION_FORCED - broker forced connection closure"),
        ConnectionRefusedError(111, "refused"),
    ],
)
def test_an_error_that_may_pass_is_not_a_refusal(error: Exception) -> None:
    assert access_finding(error, "broker:5672/x") is None
