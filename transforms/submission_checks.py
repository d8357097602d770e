"""What a submission lacks by the catalogue of procedures and by the accounts of the portal.

Quyết định 27/2020/QĐ-UBND: the components, and the level of authentication, are set for each procedure; what holds is
the version of the procedure in force on the day of filing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Envelope, Found
from transforms.submissions import lack, procedure_key, with_lacking


def with_procedure(envelope: Envelope, found: Found) -> Envelope:
    """Adds what the procedure asks for and the submission lacks. `found`: `store.procedures_in_force`.

    Without a version in force the components cannot be checked (`procedure-unknown`).
    """
    data = envelope.data
    version = next((found[key] for key in procedure_key(envelope) if key in found), None)
    if version is None:
        return with_lacking(envelope, [], ["procedure-unknown"])
    flags = ["procedure-not-online"] if version["online_level"] == "information" else []
    required = version.get("authentication_level")
    lacking = _level(data["level"], required)
    if "components-not-checked" not in data["quality"]:
        lacking = [*_missing_components(data["files"], version["components"]), *lacking]
    if required is not None and _is_level_unknown(data["level"], required):
        flags.append("level-unknown")
    known = envelope.with_data(envelope.type, {**data, "level_required": required}, time=envelope.time)
    return with_lacking(known, lacking, flags)


def account_key(envelope: Envelope) -> Sequence[str]:
    """The identity number of the owner (chủ hồ sơ), by which the portal tells an account; none of the filer comes."""
    identity = envelope.data["identity"]
    return [identity] if identity and envelope.data["account"] else []


def with_account(envelope: Envelope, found: Found) -> Envelope:
    """Adds whether the account is registered. `found`: by identity number, whether the portal has an account of it.

    The number is the owner's, who need not be the filer (người nộp): a child whose parent files has no account. That
    the number has none proves nothing, and no answer proves nothing either (`account-not-checked`).
    """
    data = envelope.data
    if data["account"] is None and "account-not-checked" not in data["quality"]:
        return with_lacking(envelope, [lack("account-missing", "Hồ sơ không mang tài khoản đã nộp (MaDoiTuong).")])
    is_registered = bool(data["identity"] and found.get(data["identity"]))
    return envelope if is_registered else with_lacking(envelope, [], ["account-not-checked"])


def _missing_components(files: Sequence[Mapping[str, Any]], components: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The components of the procedure for which there is no file, and no result that replaces them.

    A submission does not state its case (trường hợp): where the procedure has several, the one that lacks least counts.
    """
    cases = sorted({case for each in components for case in each.get("cases", ())}) or [None]
    of_cases = [[each for each in components if case is None or case in each["cases"]] for case in cases]
    return min((_missing(files, each) for each in of_cases), key=len)


def _missing(files: Sequence[Mapping[str, Any]], components: Sequence[Mapping[str, Any]]) -> list[Any]:
    handed_in = {file["component"] for file in files}
    results = {file["result"] for file in files} - {None}
    return [
        lack("component-missing", f"Thiếu thành phần hồ sơ: {each['name'] or each['code']}.", each["code"])
        for each in components
        # A component without a code is in no submission: it cannot be distinguished from others.
        if each["code"] and each["code"] not in handed_in and not results.intersection(each["replaced_by"])
    ]


def _level(level: int | None, required: int | None) -> list[Any]:
    if level is None or required is None or level >= required or _is_level_unknown(level, required):
        return []
    words = f"Mức độ xác thực của tài khoản (mức {level}) thấp hơn mức mà thủ tục yêu cầu (mức {required})."
    return [lack("level-insufficient", words)]


def _is_level_unknown(level: int | None, required: int) -> bool:
    """Whether the push does not state whether the level suffices: it states whether VNeID vouches, which is level 2."""
    return required > 1 and (level is None or level == _VNEID < required)


_VNEID = 2
