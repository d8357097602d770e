"""Sign-ins through the national portal and VNeID: who it is, and whether the level suffices for a procedure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from lienthong import Envelope, Found, Rejected, Table
from schemas.requests.sign_ins import Answer
from schemas.wire.sign_in import Claims, read_claims
from transforms import wire
from transforms.identity import clean_identity
from transforms.moments import local_date
from transforms.procedures import national_code
from transforms.text import clean, table_key

_LEVEL = re.compile(r"(?:(?:mức(?: độ)?|level|loa|ial|al)[ :_-]?)?([0-4])(?:\.0+)?")
_TAX_CODE = re.compile(r"\d{10}(?:-?\d{3})?", re.ASCII)
_PROVED = 2
"""The level at which the person was compared with the population database (VNeID, mức độ 2)."""
_NO_ACCOUNT = "không biết ai đăng nhập: cần sub, TechID, hoặc số định danh đọc được (SoDinhDanh, citizenPid, SoCMND)"
_CANNOT_OPEN = "không giải mã được gói của VNeID: gửi nguyên data và key như VNeID trả lời cho hệ thống này"


def sealed_keys(envelope: Envelope) -> Sequence[str]:
    """What the lookup that opens VNeID's replies is asked for: `key.data`; nothing when the claims are plain."""
    data, key = envelope.data.get("data"), envelope.data.get("key")
    return (f"{key}.{data}",) if data and key else ()


def open_sealed(envelope: Envelope, found: Found) -> Envelope:
    """Put the claims of an encrypted reply in its place. A plain question stays as it is.

    Raises `Rejected` when it cannot be opened, always in the same words: they must not tell what was wrong with it.
    """
    keys = sealed_keys(envelope)
    if not keys:
        return envelope
    opened = found.get(keys[0])
    if opened is None:
        raise Rejected(_CANNOT_OPEN, field="data")
    try:
        claims = read_claims(opened)
    except ValidationError:
        raise Rejected(_CANNOT_OPEN, field="data") from None
    rest = {name: value for name, value in envelope.data.items() if name not in ("data", "key")}
    return envelope.with_data(envelope.type, {**rest, "claims": claims.model_dump(mode="json")})


def procedure_keys(envelope: Envelope) -> Sequence[str]:
    """What the catalogue is asked for: the procedure on the local day of the sign-in, as `1.000656@2024-01-14`."""
    procedure = clean(envelope.data.get("procedure"))
    return (f"{national_code(procedure)}@{local_date(envelope.time)}",) if procedure else ()


def answer(envelope: Envelope, found: Found, *, kinds: Table) -> Envelope:
    """Answer who signed in, and whether the level suffices. `kinds` maps the providers' words to an account's kind.

    `found` has the procedure in force, with its `authentication_level`.
    Raises `Rejected` when the claims name no account.
    """
    claims = read_claims(envelope.data.get("claims") or {})
    kind = _kind(claims, kinds)
    identity = _identity(claims, kind)
    subject = _text(claims.sub) or _text(claims.TechID) or identity
    if not subject:
        raise Rejected(
            "không biết ai đăng nhập: cần sub, TechID, hoặc một số định danh đọc được (SoDinhDanh, citizenPid, SoCMND)",
            field="claims",
        )
    level = _level(claims)
    required, why = _required(procedure_keys(envelope), found)
    sufficient = None if level is None or required is None else level >= required
    answered = Answer(
        subject=subject,
        identity=identity,
        name=_name(claims, kind),
        account_kind=kind,
        level=level,
        required_level=required,
        sufficient=sufficient,
        reason=None if sufficient else why or _why(level, required),
    )
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answered.to_data()})


def numbers_of(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The new number (12 digits) and the old one of the citizen whose sign-in was answered; None without both.

    Nor is it known of an account of a low level, whose holder has typed the numbers in.
    """
    claims = read_claims(data.get("claims") or {})
    answered: Mapping[str, Any] = data.get("answer") or {}
    old = clean_identity(claims.SoCMND)
    new = next((one for value in (claims.SoDinhDanh, claims.citizenPid) if (one := clean_identity(value))), None)
    if old is None or new is None or (len(new), len(old)) != (12, 9) or answered.get("account_kind") != "citizen":
        return None
    return (new, old) if (answered.get("level") or 0) >= _PROVED else None


def _required(keys: Sequence[str], found: Found) -> tuple[int | None, str | None]:
    """The level that the procedure asks for, or why it is not known."""
    if not keys:
        return None, "Không hỏi cho thủ tục nào."
    version = found.get(keys[0])
    if version is None:
        return None, "Thủ tục không có trong danh mục vào ngày đăng nhập, nên chưa biết mức độ xác thực phải có."
    required = version.get("authentication_level")
    return required, None if required else "Danh mục không ghi mức độ xác thực của thủ tục này."


def _why(level: int | None, required: int | None) -> str:
    if level is None:
        return f"Thủ tục yêu cầu mức độ xác thực {required}; không đọc được mức độ của tài khoản đăng nhập."
    return f"Thủ tục yêu cầu mức độ xác thực {required}; tài khoản đăng nhập ở mức {level}."


def _kind(claims: Claims, kinds: Mapping[str, str]) -> str:
    for value in (claims.LoaiTaiKhoan, claims.accountType):
        if found := kinds.get(table_key(wire.code(value))):
            return found
    return "unknown"


def _identity(claims: Claims, kind: str) -> str | None:
    """The number of the person; of an enterprise or organisation its own, before that of who signs in for it."""
    tax_code = next((code for value in (claims.MaSoThue, claims.MaSoDoanhNghiep) if (code := _tax_code(value))), None)
    if tax_code and kind in ("enterprise", "organisation"):
        return tax_code
    numbers = (clean_identity(value) for value in (claims.SoDinhDanh, claims.citizenPid, claims.SoCMND))
    return next((number for number in numbers if number), None) or tax_code


def _tax_code(value: Any) -> str | None:
    code = wire.code(value).replace(" ", "")
    return code if _TAX_CODE.fullmatch(code) else None


def _name(claims: Claims, kind: str) -> str | None:
    person = clean(claims.HoVaTen) or clean(claims.fullName)
    enterprise = clean(claims.TenDoanhNghiep)
    return enterprise or person if kind in ("enterprise", "organisation") else person or enterprise


def _level(claims: Claims) -> int | None:
    """The lowest of the stated levels: neither a strong account nor a strong sign-in makes up for the other."""
    account = _first_level(claims.IAL, claims.accountLevel)
    levels = [level for level in (account, _first_level(claims.loAs)) if level is not None]
    return min(levels, default=None)


def _first_level(*values: Any) -> int | None:
    """The first level that can be read: `2`, `"2"`, `2.0`, `Mức 2`, `LOA2`."""
    matches = (_LEVEL.fullmatch(table_key(wire.code(value))) for value in values if not isinstance(value, bool))
    return next((int(match[1]) for match in matches if match), None)


def _text(value: Any) -> str | None:
    return wire.code(value) or None
