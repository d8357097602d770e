"""A recording's gateways answer as it plans, and a real gateway gets nothing with an invented account."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.notices.gateway import Message, Verdict
from connectors.notices.played import FILE, PlayedGateway
from lienthong.adapters.clock import ReplayClock
from lienthong.ports import Site
from store.notices.channels import EsmsChannel
from tests.events import DAY

ERRORS = {"-118": "other_channel: không có tài khoản"}
PLAN = {"zalo": {"default": 0, "by_phone": {"1": -118, "2": "timeout", "3": "timeout_but_sent", "4": 500, "5": -999}}}


def message(recipient: str) -> Message:
    return Message("N1", recipient, "dossier-completed", {"ma_ho_so": "H1"}, text="Ho so H1")


@pytest.mark.parametrize(
    ("phone", "verdict", "is_sent"),
    [
        ("1", Verdict.OTHER_CHANNEL, False),
        ("2", Verdict.IN_DOUBT, False),
        ("3", Verdict.IN_DOUBT, True),
        ("4", Verdict.IN_DOUBT, False),
        ("5", Verdict.RETRY, False),
        ("6", Verdict.ACCEPTED, True),
    ],
)
def test_each_number_is_answered_as_planned(tmp_path: Path, phone: str, verdict: Verdict, is_sent: bool) -> None:
    (tmp_path / FILE).write_text(json.dumps(PLAN), encoding="utf-8")
    sent: list[Any] = []
    gateway = PlayedGateway(ReplayClock(DAY), "zalo", tmp_path, errors=ERRORS, sent=sent)
    assert gateway.send(message(phone)).verdict == verdict
    assert [one["phone"] for one in sent] == ([phone] if is_sent else [])
    assert not sent or (sent[0]["request_id"], sent[0]["at"][-6:]) == ("N1", "+07:00")


def test_a_recording_without_a_plan_accepts_everything(tmp_path: Path) -> None:
    sent: list[Any] = []
    assert PlayedGateway(ReplayClock(DAY), "sms", tmp_path, errors={}, sent=sent).send(message("1")).parts == 1
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("url", "key", "may_send"),
    [
        ("https://rest.esms.vn/x", "sandbox", False),
        ("https://rest.esms.vn/x", "", False),
        ("https://rest.esms.vn/x", "real", True),
        ("http://127.0.0.1:8600/esms", "sandbox", True),
    ],
)
def test_a_gateway_elsewhere_gets_nothing_with_an_invented_account(url: str, key: str, may_send: bool) -> None:
    database: Any = None
    site = Site(ReplayClock(DAY), database)
    prices = {"default": "850"}
    channel = EsmsChannel(site, url=url, api_key=key, secret_key=key, errors={}, prices=prices)
    assert (type(channel._gateway).__name__ == "EsmsSms") is may_send
    if not may_send:
        assert channel._gateway.send(message("1")).verdict == Verdict.CONFIGURATION
