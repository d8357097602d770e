"""Payments of fees (phí, lệ phí): the platform's notices → `payment.v1`, and the dossier that each is for.

A payment that cannot be matched, or comes twice, is kept and flagged: the money was paid, and the agency must know.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Envelope, Found, Rejected
from schemas.canonical.payment_v1 import TYPE, Payment
from schemas.plain import plain
from schemas.wire.payments import PaymentNotice
from transforms import wire
from transforms.dossier_codes import codes_in, codes_of_reference
from transforms.moments import CLOCK_SKEW, parse_local_instant
from transforms.portal_parts import parse_vnd

_PAID = "00"
DOSSIERS = "dossiers"
"""The key under which the codes that a payment may be for pass to the step that looks them up."""

UNMATCHED, DOUBLED, REPEATED, DIFFERS = "unmatched", "doubled", "repeated", "amount-differs"


def from_platform(envelope: Envelope) -> Envelope:
    """Turn a genuine notice into `payment.v1`, not yet matched to a dossier.

    A moment that cannot be read, or is later than now, counts as the moment of receipt. Raises `Rejected` without any
    number of the transaction.
    """
    data, unclear = plain(PaymentNotice, envelope.data)
    transaction = wire.code(data.get("MaGiaoDich")) or wire.code(data.get("MaThamChieu"))
    if not transaction:
        raise Rejected("thiếu cả mã giao dịch (MaGiaoDich) và MaThamChieu", field="MaGiaoDich")
    reference = wire.code(data.get("MaThamChieu")) or None
    error = wire.code(data.get("MaLoi"))
    flags = ["shape-unclear"] if unclear else []
    amount = parse_vnd(data.get("SoTien")) if data.get("SoTien") not in (None, "") else None
    flags += ["amount-unreadable"] if amount is None else []
    try:
        paid_at = parse_local_instant(data.get("ThoiGianGD"), "ThoiGianGD")
    except Rejected:
        paid_at = None
    if paid_at is None:
        flags.append("time-unreadable")
    elif paid_at > envelope.received_at + CLOCK_SKEW:
        flags.append("time-in-future")
    payment = Payment.model_validate(
        {
            "transaction": transaction,
            "reference": reference,
            "amount": amount,
            "currency": wire.code(data.get("MaTienTe")) or None,
            "paid": error == _PAID,
            "error": None if error == _PAID else error or None,
            "bank": wire.code(data.get("MaNganHang")) or None,
            "paid_at": min(paid_at or envelope.received_at, envelope.received_at),
            "received_at": envelope.received_at,
            "quality": flags,
        }
    )
    codes = list(dict.fromkeys([*codes_in(data.get("ThongTinGiaoDich")), *codes_of_reference(reference)]))
    return envelope.with_data(TYPE, {**payment.to_data(), DOSSIERS: codes}, time=payment.paid_at)


def dossier_keys(envelope: Envelope) -> Sequence[str]:
    """The codes of the dossiers that the payment may be for, the likeliest first."""
    codes: Sequence[str] = envelope.data[DOSSIERS]
    return codes


def match(envelope: Envelope, found: Found) -> Envelope:
    """The payment with its dossier. `found`: by code, what the data store has of the dossier and its payments.

    Of several codes the first that exists counts. Where none exists yet, the likeliest is kept all the same: the
    dossier may come after its payment, which is then found under its code.
    """
    data = dict(envelope.data)
    codes = data.pop(DOSSIERS)
    code = next((code for code in codes if code in found), None)
    known = found[code] if code is not None else {}
    flags = [*data["quality"], *_flags(data, known), *([UNMATCHED] if code is None else [])]
    dossier = code or next(iter(codes), None)
    payment = Payment.model_validate({**data, "dossier": dossier, "quality": sorted(set(flags))})
    return envelope.with_data(TYPE, payment.to_data(), time=envelope.time)


def of_dossier(payments: Sequence[Mapping[str, Any]], fee: int | None) -> list[dict[str, Any]]:
    """The payments of a dossier, oldest first, with flags as they are now, whatever came first.

    When each was received, its dossier may not have been known, nor another payment that came at the same moment.
    """
    judged: list[dict[str, Any]] = []
    for payment in payments:
        kept = [flag for flag in payment["quality"] if flag not in (UNMATCHED, DOUBLED, DIFFERS)]
        flags = _flags(payment, {"fee": fee, "payments": judged})
        judged.append({**payment, "quality": sorted({*kept, *flags})})
    return judged


def doubled_payment(payment: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> str | None:
    """The transaction that a doubled payment doubles: the last one of its amount, else the last one that was paid."""
    paid = [other for other in before if other["paid"] and other["transaction"] != payment["transaction"]]
    same = [other for other in paid if other["amount"] == payment["amount"]]
    return next((other["transaction"] for other in reversed(same or paid)), None)


def _flags(payment: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    flags: list[str] = []
    fee, amount, before, has_twin = known.get("fee"), payment["amount"], 0, False
    for other in known.get("payments", ()):
        if other["transaction"] == payment["transaction"]:
            flags += [REPEATED] if any(other[name] != payment[name] for name in ("amount", "paid")) else []
        elif other["paid"]:
            before += other["amount"] or 0
            has_twin = has_twin or other["amount"] == amount
    if not payment["paid"]:
        return flags
    if not fee or amount is None:
        return [*flags, DOUBLED] if has_twin else flags
    if before >= fee or (has_twin and before + amount > fee):  # two halves of a fee are no double
        flags.append(DOUBLED)
    if before < fee != before + amount:
        flags.append(DIFFERS)
    return flags
