"""Verdicts on signatures (chữ ký số): of the versions that were judged in a month, by issuer and by reason."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lienthong import Figure
from reports.month import Month
from reports.units import Units
from store.documents.figures import Judged

INDICATIONS: Mapping[str, str] = {
    "TOTAL-PASSED": "Hợp lệ",
    "INDETERMINATE": "Chưa kết luận được",
    "TOTAL-FAILED": "Không hợp lệ",
}
"""The statuses of ETSI EN 319 102-1, in the order of the tables."""

NO_ISSUER = ""
"""Stands for signatures without a certificate, and for files without a signature."""


@dataclass(slots=True)
class Verdicts:
    """What was found. Event ids by what they show; a reason is counted once for each version."""

    versions: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in INDICATIONS})
    accepted: list[str] = field(default_factory=list)
    issuers: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    reasons: dict[str, list[str]] = field(default_factory=dict)
    agencies: dict[str, Counter[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[Judged, str]] = field(default_factory=list)

    def all_versions(self) -> list[str]:
        """The events of all versions that were judged."""
        return [event for of in self.versions.values() for event in of]


def read_verdicts(judged: Iterable[Judged], units: Units, *, listed: int) -> Verdicts:
    """Take in verdicts; of one unit alone, those on documents that it or a unit below it issued.

    The first `listed` versions that did not pass are kept as they are.
    """
    found = Verdicts()
    for one in judged:
        if units.scope.unit is None or units.holds_place(one.agency):
            _take_in(found, one, listed)
    return found


def _take_in(found: Verdicts, one: Judged, listed: int) -> None:
    found.versions.setdefault(one.indication, []).append(one.event_id)
    agency = found.agencies.setdefault(one.agency or "", Counter())
    agency["versions"] += 1
    if one.accepted:
        found.accepted.append(one.event_id)
        agency["accepted"] += 1
    reasons = dict(_reasons(one.verdict))
    for code, words in reasons.items():
        found.words.setdefault(code, words)
        found.reasons.setdefault(code, []).append(one.event_id)
    signatures = [each for each in one.verdict.get("signatures") or () if each.get("type", "signature") == "signature"]
    for each in signatures or [{"issuer": None, "indication": one.indication}]:
        of_issuer = found.issuers.setdefault(each.get("issuer") or NO_ISSUER, {})
        of_issuer.setdefault(each["indication"], []).append(one.event_id)
    if not one.accepted and len(found.refused) < listed:
        found.refused.append((one._replace(verdict={}), "; ".join(reasons.values())))


def _reasons(verdict: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Code and words of the reasons of a file and of its signatures."""
    for one in (verdict, *(verdict.get("signatures") or ())):
        for reason in one.get("reasons") or ():
            yield reason["code"], reason.get("message") or reason["code"]


def payload(month: Month, found: Verdicts) -> dict[str, object]:
    """For programs."""
    return {
        "period": month.period,
        "versions": {name: len(ids) for name, ids in found.versions.items()},
        "accepted": {"numerator": len(found.accepted), "denominator": len(found.all_versions())},
        "by_issuer": [
            {"issuer": issuer, "signatures": {name: len(ids) for name, ids in sorted(of.items())}}
            for issuer, of in sorted(found.issuers.items())
        ],
        "by_reason": {code: len(ids) for code, ids in sorted(found.reasons.items())},
        "by_agency": {
            agency: {"numerator": of["accepted"], "denominator": of["versions"]}
            for agency, of in sorted(found.agencies.items())
        },
    }


def proof(found: Verdicts) -> dict[str, Figure]:
    """By the path of each figure, the events whose verdicts it counts."""
    every = found.all_versions()
    figures = {"accepted": Figure("Tệp được chấp nhận trên số tệp được kiểm tra trong kỳ", found.accepted, every)}
    figures |= {f"versions.{name}": Figure("Tệp theo kết luận", ids, every) for name, ids in found.versions.items()}
    figures |= {f"by_reason.{code}": Figure("Tệp có lý do này", ids, every) for code, ids in found.reasons.items()}
    for issuer, of in found.issuers.items():
        signatures = [event for ids in of.values() for event in ids]
        what = "Chữ ký hợp lệ trên số chữ ký của đơn vị cấp chứng thư"
        figures[f"by_issuer.{issuer or 'none'}"] = Figure(what, of.get("TOTAL-PASSED", []), signatures)
    return figures
