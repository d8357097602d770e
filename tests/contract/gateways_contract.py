"""Gateways of notices over the stand-ins of the sandbox, ready for the suite."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine

from connectors.notices.esms import EsmsSms
from connectors.notices.gateway import Gateway, Message
from connectors.notices.prices import Prices
from connectors.notices.templates import Templates
from connectors.notices.viettel import ViettelSms
from connectors.notices.vnpt import VnptSms
from connectors.notices.zalo import ZaloGateway
from connectors.notices.zalo_tokens import TokenServer
from store.gateway_tokens import KeptTokens
from tests.fake_systems import FakeClock
from tests.gateway_sandbox import GatewaySandbox

ROOT = Path(__file__).parents[2]
PHONE = "84912345678"
SHORT = timedelta(seconds=0.5)

PARAMETERS = "parameters: {ma: {kind: code, field: dossier}}"
ZALO = f"template_id: '100'\ntitle: Hồ sơ đã được tiếp nhận\nparagraphs: [Hồ sơ <ma>]\nprice: 300\n{PARAMETERS}\n"
SMS = f"brandname: UBND-TEST\ntext: Ho so <ma> da duoc tiep nhan\nvnpt_template: '7'\n{PARAMETERS}\n"


def table(name: str) -> Mapping[str, str]:
    found: Mapping[str, str] = yaml.safe_load((ROOT / f"config/tables/{name}.yaml").read_text())
    return found


def write_templates(folder: Path) -> Templates:
    for channel, text in (("zalo", ZALO), ("sms", SMS)):
        (folder / channel / "vi").mkdir(parents=True, exist_ok=True)
        (folder / channel / "vi/accepted.yaml").write_text(text)
    return Templates(folder)


def message(notice_id: str, phone: str = PHONE, **more: Any) -> Message:
    given = {"parameters": {"ma": "H08-1"}, "text": "Ho so H08-1 da duoc tiep nhan", "template": "accepted"} | more
    return Message(notice_id, phone, **given)


@dataclass(frozen=True)
class GatewayBench:
    """A gateway under test. `refused`: by a code of its wire, the verdict; `url` can be replaced by a dead one."""

    name: str
    gateway: Gateway
    make: Callable[[str], Gateway]
    secrets: tuple[str, ...]


def make_benches(sandbox: GatewaySandbox, folder: Path, database: Engine) -> dict[str, GatewayBench]:
    clock, templates, prices = FakeClock(), write_templates(folder), Prices(table("sms-prices"))
    tokens = KeptTokens(
        database,
        clock,
        TokenServer(clock, url=f"{sandbox.url}/zalo/v4/oa/access_token", app_id="lienthong", secret_key="sandbox"),
        secret_key="sandbox",
        refresh_token="sandbox",
    )
    makers: dict[str, Callable[[str], Gateway]] = {
        "zalo": lambda url: ZaloGateway(
            clock, templates, tokens, url=f"{url}/zalo", errors=table("zalo-errors"), timeout=SHORT
        ),
        "esms": lambda url: EsmsSms(
            clock,
            templates,
            url=f"{url}/esms/MainService.svc/json",
            api_key="lienthong",
            secret_key="sandbox",
            errors=table("esms-errors"),
            prices=prices,
            timeout=SHORT,
        ),
        "vnpt": lambda url: VnptSms(
            clock,
            templates,
            url=f"{url}/vnpt/api",
            api_user="lienthong",
            api_password="sandbox",
            username="lienthong",
            label="1",
            contract="2",
            agent="3",
            errors=table("vnpt-errors"),
            prices=prices,
            timeout=SHORT,
        ),
        "viettel": lambda url: ViettelSms(
            clock,
            templates,
            url=f"{url}/viettel/ws",
            user="lienthong",
            password="sandbox",
            cp_code="CP",
            errors=table("viettel-errors"),
            prices=prices,
            timeout=SHORT,
        ),
    }
    return {name: GatewayBench(name, make(sandbox.url), make, ("sandbox",)) for name, make in makers.items()}
