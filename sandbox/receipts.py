"""The receipts that the gateways push to the bus: whether a message arrived. In the wire shapes of each gateway.

    zalo   POST JSON {event_name "user_received_message", app_id, timestamp, message {msg_id, tracking_id,
           delivery_time}}, header X-ZEvent-Signature "mac=" + SHA-256 of app_id, body, timestamp and the OA's secret
    esms   GET with SMSID, RequestId, SendStatus, SendSuccess, SendFailed, TotalPrice … and the token of the CallbackUrl
    vnpt   POST JSON {"RQST": {name "delivery_report", REQID, MOBILE, STATUS, TOKEN}} (ASSUMED)

`POST /-/receipts {"url", "gateway"?, "again"?, "forged"?}` pushes what has none yet; Viettel has no receipts.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Literal

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, Field

from sandbox.gateways import Gateways, Sent
from sandbox.sessions import NAME, SECRET


class ReceiptOrder(BaseModel):
    """What to push. `url` is the inbox, e.g. `http://127.0.0.1:8700/in/notice-receipts`.

    `again`: what was pushed, too. `forged`: with a wrong secret. `unknown`: one of a message that no gateway took.
    """

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://")
    gateway: Literal["zalo", "esms", "vnpt"] | None = None
    again: bool = False
    forged: bool = False
    unknown: bool = False


class Receipts:
    """Pushes the receipts, and keeps nothing but how often."""

    def __init__(self, gateways: Gateways, client: httpx.Client | None = None) -> None:
        self._gateways = gateways
        self._client = client or httpx.Client(trust_env=False, timeout=30)

    def push(self, order: ReceiptOrder) -> list[dict[str, Any]]:
        """Each receipt with the status of its reply."""
        return [
            {"gateway": sent.gateway, "identifier": sent.identifier, "status": self._push(sent, order)}
            for sent in self._due(order)
        ]

    def _due(self, order: ReceiptOrder) -> Iterator[Sent]:
        if order.unknown:
            yield Sent(order.gateway or "zalo", "84912345678", "0" * 24, "unknown", None, "", status="delivered")
            return
        for sent in tuple(self._gateways.sent):
            if sent.gateway == "viettel" or order.gateway not in (None, sent.gateway):
                continue
            if sent.behaviour == "no_receipt" or (sent.receipts and not order.again):
                continue
            sent.status = "failed" if sent.behaviour == "fail" else "delivered"
            for _ in range(2 if sent.behaviour == "double" else 1):
                sent.receipts += 1
                yield sent

    def _push(self, sent: Sent, order: ReceiptOrder) -> int:
        secret = "forged" if order.forged else SECRET
        if sent.gateway == "esms":
            reply = self._client.get(order.url, params={**_esms(sent), "token": secret})
        elif sent.gateway == "vnpt":
            status = "0" if sent.status == "delivered" else "1"
            body = {"name": "delivery_report", "REQID": sent.request, "MOBILE": sent.phone, "STATUS": status}
            reply = self._client.post(order.url, json={"RQST": {**body, "TOKEN": secret}})
        else:
            content, timestamp = _zalo(sent)
            mac = hashlib.sha256(NAME.encode() + content + timestamp.encode() + secret.encode()).hexdigest()
            headers = {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={mac}"}
            reply = self._client.post(order.url, content=content, headers=headers)
        return reply.status_code


def _zalo(sent: Sent) -> tuple[bytes, str]:
    timestamp = "1700000000000"
    arrived = sent.status == "delivered"
    event = {
        "event_name": "user_received_message" if arrived else "user_failed_message",
        "app_id": NAME,
        "timestamp": timestamp,
        "recipient": {"id": sent.phone},
        "message": {"msg_id": sent.identifier, "tracking_id": sent.request, "delivery_time": timestamp},
    }
    return orjson.dumps(event), timestamp


def _esms(sent: Sent) -> dict[str, str]:
    arrived = sent.status == "delivered"
    return {
        "SMSID": sent.identifier,
        "SendFailed": str(int(not arrived)),
        "SendStatus": "5",
        "SendSuccess": str(int(arrived)),
        "TotalPrice": "850.0000" if arrived else "0.0000",
        "TotalReceiver": "1",
        "TotalSent": "1",
        "RequestId": sent.request,
        "TypeId": "2",
        "telcoid": "1",
        "phonenumber": sent.phone,
    }
