"""VNeID accounts (tài khoản định danh điện tử)."""

import re
from typing import Any

from lienthong import Envelope, Rejected
from schemas.canonical.identity_account_v1 import TYPE, IdentityAccount
from schemas.plain import plain
from schemas.wire.vneid import VneidAccount
from transforms import wire
from transforms.identity import clean_identity
from transforms.moments import date_change, date_flags, parse_instant
from transforms.text import clean, table_key

_LEVEL = re.compile(r"(?:mức(?: độ)? ?)?([12])")


def from_vneid(envelope: Envelope) -> Envelope:
    """Turn one state of a VNeID account into `identity_account.v1` (assumed contract: `schemas.wire.vneid`).

    An activation after the moment at which it was seen is flagged, and the event's time is that moment.
    Raises `Rejected` for an unusable number (the reason never shows it), an unknown level or a missing activation time.
    """
    data = plain(VneidAccount, envelope.data).data
    identity = clean_identity(data.get("citizenPid"))
    if identity is None:
        raise Rejected("số định danh không dùng được: phải có 12 chữ số, hoặc 9 chữ số của CMND cũ", field="citizenPid")
    activated_at = parse_instant(data.get("activatedAt"), "activatedAt")
    if activated_at is None:
        raise Rejected("thiếu thời điểm kích hoạt tài khoản", field="activatedAt")
    account = IdentityAccount.model_validate(
        {
            "identity": identity,
            "level": _parse_level(data.get("accountLevel")),
            "account_type": clean(data.get("accountType")),
            "activated_at": activated_at,
            "observed_at": envelope.received_at,
            "quality": date_flags(envelope, activated_at),
        }
    )
    return envelope.with_data(TYPE, account.to_data(), time=date_change(envelope, activated_at))


def _parse_level(value: Any) -> int:
    """The level 1 or 2, given as a number, as text, or as `Mức 2` / `Mức độ 2`. Raises `Rejected`."""
    match = _LEVEL.fullmatch(table_key(wire.code(value)))
    if match is None:
        raise Rejected("mức độ tài khoản phải là 1 hoặc 2", field="accountLevel")
    return int(match[1])
