"""The gateways of notices: Zalo, VNPT, eSMS and Viettel, as far as the bus calls them. They send nothing.

    POST /zalo/v4/oa/access_token        header secret_key; form refresh_token …   → a new pair; the old one is used up
    POST /zalo/message/template          header access_token                       → {error, data {msg_id}}
    GET  /zalo/message/status            message_id                                → {error, data {status}}
    POST /esms/MainService.svc/json/SendMultipleMessage_V4_post_json/              → {CodeResult, SMSID}
    GET  /esms/MainService.svc/json/GetSendStatus                                  → {CodeResponse, SendStatus …}
    POST /vnpt/api                       {"RQST": …}                               → {"RPLY": {ERROR}}
    POST /viettel/ws                     SOAP wsCpMt                               → <result>

`GET /_sent` shows what each of them took, oldest first: once what it recognises as sent before.

What happens to a message depends on its number, or on an order (`sandbox/gateway_orders.py`).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.clock import Clock
from sandbox.gateway_orders import Orders
from sandbox.sessions import NAME, SECRET, form_fields

FIRST_REFRESH = "sandbox"
"""The refresh token that the sandbox takes first; each use replaces it."""

_ACCESS_SECONDS = 3600


@dataclass(slots=True)
class Sent:
    """A message that a gateway took. `status`: accepted, delivered or failed; `receipts`: how often that was pushed."""

    gateway: str
    phone: str
    identifier: str
    request: str
    content: Any
    at: str
    status: str = "accepted"
    receipts: int = 0
    behaviour: str = "send"

    def row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass
class Gateways:
    """The stand-in servers. `sent` is what they took."""

    clock: Clock
    orders: Orders
    sent: list[Sent] = field(default_factory=list)
    access: set[str] = field(default_factory=set)
    refresh: str = FIRST_REFRESH
    refreshes: int = 0

    def routes(self) -> Sequence[Route | Mount]:
        esms = "/esms/MainService.svc/json"
        return [
            Route("/_sent", self.show_sent, methods=["GET"]),
            Route("/zalo/v4/oa/access_token", self.exchange, methods=["POST"]),
            Route("/zalo/message/template", self.zalo, methods=["POST"]),
            Route("/zalo/message/status", self.zalo_status, methods=["GET"]),
            Route(f"{esms}/SendMultipleMessage_V4_post_json/", self.esms, methods=["POST"]),
            Route(f"{esms}/GetSendStatus", self.esms_status, methods=["GET"]),
            Route("/vnpt/api", self.vnpt, methods=["POST"]),
            Route("/viettel/ws", self.viettel, methods=["POST"]),
        ]

    async def show_sent(self, _: Request) -> Response:
        return Response(orjson.dumps({"sent": [each.row() for each in self.sent]}), media_type="application/json")

    def expire(self) -> None:
        """Every access token of Zalo expires."""
        self.access.clear()

    async def exchange(self, request: Request) -> Response:
        """The refresh token is used up by its use, whether the caller gets the answer or not."""
        form = await form_fields(request)
        if request.headers.get("secret_key") != SECRET or form.get("app_id") != NAME:
            return JSONResponse({"error": -14002, "error_name": "invalid secret_key"})
        if form.get("refresh_token") != self.refresh:
            return JSONResponse({"error": -14014, "error_name": "invalid refresh token"})
        self.refresh, token = secrets.token_hex(16), secrets.token_hex(16)
        self.refreshes += 1
        self.access = {token}
        reply = JSONResponse({"access_token": token, "refresh_token": self.refresh, "expires_in": str(_ACCESS_SECONDS)})
        return await self.orders.deliver("zalo-token", "", reply)

    async def zalo(self, request: Request) -> Response:
        body = await _json(request)
        if request.headers.get("access_token") not in self.access:
            return JSONResponse({"error": -124, "message": "Access token is invalid"})
        return await self._take(
            "zalo",
            str(body.get("phone")),
            str(body.get("tracking_id")),
            body.get("template_data"),
            ok=lambda sent: JSONResponse({"error": 0, "message": "Success", "data": {"msg_id": sent.identifier}}),
            refuse=lambda code: JSONResponse({"error": -abs(int(code)), "message": "refused"}),
        )

    async def zalo_status(self, request: Request) -> Response:
        if request.headers.get("access_token") not in self.access:
            return JSONResponse({"error": -124, "message": "Access token is invalid"})
        found = self.find("zalo", request.query_params.get("message_id", ""))
        if found is None:
            return JSONResponse({"error": -137, "message": "not found"})
        return JSONResponse({"error": 0, "data": {"status": 1 if found.status == "delivered" else 0}})

    async def esms(self, request: Request) -> Response:
        body = await _json(request)
        if (body.get("ApiKey"), body.get("SecretKey")) != (NAME, SECRET):
            return JSONResponse({"CodeResult": "101", "ErrorMessage": "Authorize Failed"})
        identifier = str(body.get("RequestId") or "")
        if any(each.gateway == "esms" and each.request == identifier for each in self.sent):
            return JSONResponse({"CodeResult": "124", "ErrorMessage": "RequestId exists"})
        return await self._take(
            "esms",
            str(body.get("Phone")),
            identifier,
            body.get("Content"),
            ok=lambda sent: JSONResponse({"CodeResult": "100", "CountRegenerate": 0, "SMSID": sent.identifier}),
            refuse=lambda code: JSONResponse({"CodeResult": code, "CountRegenerate": 0, "ErrorMessage": "refused"}),
        )

    async def esms_status(self, request: Request) -> Response:
        query = request.query_params
        if (query.get("ApiKey"), query.get("SecretKey")) != (NAME, SECRET):
            return JSONResponse({"CodeResponse": "101"})
        found = self.find("esms", query.get("RefId", ""))
        if found is None:
            return JSONResponse({"CodeResponse": "105"})
        done = found.status != "accepted"
        return JSONResponse(
            {
                "CodeResponse": "100",
                "SMSID": found.identifier,
                "SendStatus": 5 if done else 2,
                "SendSuccess": int(found.status == "delivered"),
                "SendFailed": int(found.status == "failed"),
                "TotalPrice": 850.0 if found.status == "delivered" else 0.0,
                "TotalReceiver": 1,
                "TotalSent": int(done),
            }
        )

    async def vnpt(self, request: Request) -> Response:
        asked = (await _json(request)).get("RQST")
        body: Mapping[str, Any] = asked if isinstance(asked, dict) else {}
        if (body.get("APIUSER"), body.get("APIPASS")) != (NAME, SECRET):
            return _vnpt("1", "wrong account")
        return await self._take(
            "vnpt",
            str(body.get("MOBILELIST")),
            str(body.get("REQID")),
            body.get("PARAMS"),
            ok=lambda _: _vnpt("0", "success"),
            refuse=lambda code: _vnpt(code, "refused"),
        )

    async def viettel(self, request: Request) -> Response:
        try:
            root = ElementTree.fromstring(await request.body())  # noqa: S314 - written by the bus
        except ElementTree.ParseError:
            return _soap("<S:Fault><faultcode>S:Client</faultcode></S:Fault>", 500)
        body = {each.tag.rpartition("}")[2]: each.text or "" for each in root.iter()}
        if (body.get("User"), body.get("Password")) != (NAME, SECRET):
            return _viettel("0")
        return await self._take(
            "viettel",
            body.get("ReceiverID", ""),
            "",
            body.get("Content"),
            ok=lambda _: _viettel("1"),
            refuse=_viettel,
        )

    def find(self, gateway: str, identifier: str) -> Sent | None:
        """The message that a gateway knows by its own name for it."""
        return next((each for each in self.sent if (each.gateway, each.identifier) == (gateway, identifier)), None)

    async def _take(
        self,
        gateway: str,
        phone: str,
        identifier: str,
        content: Any,
        *,
        ok: Callable[[Sent], Response],
        refuse: Callable[[str], Response],
    ) -> Response:
        """Take a message, or not, as its number or an order wants it, and answer or not."""
        behaviour = self.orders.behaviour(gateway, phone)
        if behaviour.is_down:
            return await self.orders.be_down(behaviour)
        if behaviour.code is not None:
            return refuse(behaviour.code)
        sent = Sent(gateway, phone, secrets.token_hex(12), identifier, content, self.clock.now.isoformat())
        sent.behaviour = behaviour.name
        self.sent.append(sent)
        return await self.orders.answer(behaviour, ok(sent))


async def _json(request: Request) -> dict[str, Any]:
    try:
        found = orjson.loads(await request.body())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _vnpt(code: str, words: str) -> Response:
    return JSONResponse({"RPLY": {"name": "send_sms_list", "ERROR": code, "ERROR_DESC": words}})


def _viettel(result: str) -> Response:
    inner = f"<return><message>sandbox</message><result>{result}</result></return>"
    return _soap(f'<ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/">{inner}</ns2:wsCpMtResponse>')


def _soap(inner: str, status: int = 200) -> Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<S:Body>{inner}</S:Body></S:Envelope>"
    )
    return Response(text, status, media_type="text/xml")
