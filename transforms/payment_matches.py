"""Payments and the dossiers that they are for, as both are known now, whichever of them came first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.canonical.payment_v1 import Payment
from transforms.dossier_codes import codes_of_reference
from transforms.payments import DOUBLED, UNMATCHED, doubled_payment, of_dossier


def compact_code(code: str) -> str:
    """The code without its dots and hyphens: a payment's reference has no others (`codes_of_reference`)."""
    return code.replace(".", "").replace("-", "").upper()


def candidates(payment: Mapping[str, Any]) -> Iterable[str]:
    """The codes that the payment may be for, the one that it names first; none where it names none."""
    named = payment["dossier"]
    if named is None:
        return
    yield named
    yield from (code for code in codes_of_reference(payment["reference"]) if compact_code(code) == compact_code(named))


def judge(payments: Sequence[Mapping[str, Any]], dossiers: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The data of `payment.v1` of each of the payments, as it is now.

    - `payments`: all payments that may be for the same dossier, as they were notified last.
    - `dossiers`: by code, `procedure, agency, agency_name, fee` of those that exist.

    A payment belongs to the first of its candidates that exists, else to the only dossier. The
    payments of a code that does not exist double each other as well. One that names no dossier stands alone.
    """
    by_code: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for payment in sorted(payments, key=lambda one: (one["paid_at"], one["transaction"])):
        by_code[_code_of(payment, dossiers)].append(payment)
    return [data for code, of in by_code.items() for data in _judge(code, of, dossiers.get(code) if code else None)]


def is_news(data: Mapping[str, Any], announced: Mapping[str, Any] | None) -> bool:
    """Whether subscribers do not know this of a payment yet. `announced`: the data that they had last, or None.

    So each payment is announced as soon as it is stored, as `unmatched` where nothing is known of its dossier.
    The agency, the procedure and the fee may change with the versions of the dossier; that alone is no news.
    """
    return announced is None or _what_counts(data) != _what_counts(announced)


def _what_counts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "matched": data.get("matched") is not None}


def _code_of(payment: Mapping[str, Any], dossiers: Mapping[str, Any]) -> str | None:
    if payment["dossier"] is None:
        return None
    existing = [code for code in candidates(payment) if code in dossiers]
    if existing or len(dossiers) != 1:
        return existing[0] if existing else str(payment["dossier"])
    return next(iter(dossiers))


def _judge(
    code: str | None, payments: Sequence[Mapping[str, Any]], dossier: Mapping[str, Any] | None
) -> Iterable[dict[str, Any]]:
    judged = of_dossier(payments, dossier["fee"] if dossier else None)
    for number, payment in enumerate(judged):
        flags = payment["quality"]
        more = {
            "dossier": code,
            "matched": dossier,
            "doubles": doubled_payment(payment, judged[:number]) if DOUBLED in flags else None,
            "quality": flags if dossier else sorted({*flags, UNMATCHED}),
        }
        yield Payment.model_validate({**payment, **more}).to_data()
