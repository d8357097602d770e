"""VNeID accounts (tài khoản định danh điện tử)."""

import re
from typing import Any

from lienthong import Envelope, Rejected
from schemas.canonical.identity_account_v1 import TYPE, IdentityAccount
from transforms import wire
from transforms.identity import clean_identity
from transforms.moments import instant
from transforms.text import clean, fold

_LEVEL = re.compile(r"(?:mức(?: độ)? ?)?([12])")


def from_vneid(envelope: Envelope) -> Envelope:
    """One state of an account (assumed contract: citizenPid, accountLevel, activatedAt) as `identity_account.v1`.

    Raises `Rejected` for an unusable number (which is never shown), an unknown level or no moment of activation.
    """
    data = envelope.data
    identity = clean_identity(data.get("citizenPid"))
    if identity is None:
        raise Rejected("số định danh không dùng được: phải có 12 chữ số, hoặc 9 chữ số của CMND cũ", field="citizenPid")
    activated_at = instant(data.get("activatedAt"), "activatedAt")
    if activated_at is None:
        raise Rejected("thiếu thời điểm kích hoạt tài khoản", field="activatedAt")
    account = IdentityAccount.model_validate(
        {
            "identity": identity,
            "level": _level(data.get("accountLevel")),
            "account_type": clean(data.get("accountType")),
            "activated_at": activated_at,
            "observed_at": envelope.received_at,
        }
    )
    return envelope.with_data(TYPE, account.to_data(), time=activated_at)


def _level(value: Any) -> int:
    """1 or 2, written as a number, as text, or as `Mức 2` / `Mức độ 2`."""
    match = _LEVEL.fullmatch(fold(wire.code(value)))
    if match is None:
        raise Rejected("mức độ tài khoản phải là 1 hoặc 2", field="accountLevel")
    return int(match[1])
