"""Accounts of the provincial portal, as canonical events."""

from lienthong import Envelope, Rejected
from schemas.canonical.portal_account_v1 import TYPE, PortalAccount
from schemas.plain import plain
from schemas.wire.portal_accounts import PortalAccount as WireAccount
from transforms import wire
from transforms.moments import date_change, date_flags, parse_local_instant
from transforms.text import clean


def from_portal(envelope: Envelope) -> Envelope:
    """Turn an account into `portal_account.v1` (assumed contract: `schemas.wire.portal_accounts`).

    Raises `Rejected` when its number or the moment at which it was opened is missing or unreadable.
    """
    data = plain(WireAccount, envelope.data).data
    account = wire.code(data.get("taiKhoanId"))
    if not account:
        raise Rejected("thiếu mã tài khoản", field="taiKhoanId")
    opened_at = parse_local_instant(wire.code(data.get("ngayTao")) or None, "ngayTao")
    if opened_at is None:
        raise Rejected("thiếu thời điểm mở tài khoản", field="ngayTao")
    found = PortalAccount.model_validate(
        {
            "account": account,
            "opened_at": opened_at,
            "assisted_by": clean(data.get("huongDan")),
            "observed_at": envelope.received_at,
            "quality": date_flags(envelope, opened_at),
        }
    )
    return envelope.with_data(TYPE, found.to_data(), time=date_change(envelope, opened_at))
