"""The gates before forwarding and before closing a dossier, as rules with dates of effect.

Công văn 393/UBND-KSTT (22/3/2024): a dossier is not forwarded while a component is not digitised, and not closed while
its result was not returned electronically. The one-stop system asks and acts; nothing here blocks anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from transforms.moments import local_date

Gate = Literal["forward", "close"]
Channel = Literal["in_person", "online", "post"]

NOT_DIGITISED = "component-not-digitised"
NO_RESULT = "no-electronic-result"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of one gate: in force on the local days `[in_force_since, ends_on)`, in `agency` and below it.

    `name` is the document that sets it. `ends_on` None: it has no end yet. `agency` None: the whole province.
    """

    name: str
    in_force_since: date
    ends_on: date | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a dossier. One that is only shown to the officer (`shown_only`) is not handed in."""

    code: str
    name: str
    digitised: bool
    shown_only: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is asked about. `digests` are those of the electronic results; a result without a digest has none here."""

    channel: Channel
    components: Sequence[Component] = ()
    digests: Sequence[str | None] = ()
    classified: bool = False
    internal_verification: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate is closed. `component` is the code of the component that is meant."""

    code: str
    component: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`rule` and `in_force_since` are of the rule that was asked, also before it is in force; then `note` states it."""

    allowed: bool
    reasons: tuple[Reason, ...]
    rule: str | None
    in_force_since: date | None
    note: str | None = None


def decide(
    gate: Gate, dossier: Dossier, at: datetime, *, rules: Iterable[Rule], agencies: Sequence[str] = ()
) -> Answer:
    """The answer for a dossier at a moment. `agencies` are the agency that asks and those above it, itself first.

    `rules` are those of this gate. Of those in force the rule of the nearest agency counts, and of several the newest:
    one that will be in force replaces none before its day. Before any is in force the answer is `allowed`, with a note.
    A rule that has ended counts no more.
    """
    rule = _rule(local_date(at), rules, agencies)
    if rule is None:
        return Answer(allowed=True, reasons=(), rule=None, in_force_since=None, note="Chưa có quy định về bước này.")
    if local_date(at) < rule.in_force_since:
        note = f"Quy định áp dụng từ ngày {rule.in_force_since:%d/%m/%Y}."
        return Answer(allowed=True, reasons=(), rule=rule.name, in_force_since=rule.in_force_since, note=note)
    reasons = _not_digitised(dossier) if gate == "forward" else _without_result(dossier)
    return Answer(allowed=not reasons, reasons=reasons, rule=rule.name, in_force_since=rule.in_force_since)


def _rule(day: date, rules: Iterable[Rule], agencies: Sequence[str]) -> Rule | None:
    """The rule that counts; before any is in force, the one that will be first."""
    lasting = sorted((rule for rule in rules if rule.ends_on is None or day < rule.ends_on), key=_since)
    nearest = [[rule for rule in lasting if rule.agency == agency] for agency in (*agencies, None)]
    for of_agency in nearest:
        in_force = [rule for rule in of_agency if rule.in_force_since <= day]
        if in_force:
            return in_force[-1]
    return min((rule for of_agency in nearest for rule in of_agency), key=_since, default=None)


def _since(rule: Rule) -> date:
    return rule.in_force_since


def _not_digitised(dossier: Dossier) -> tuple[Reason, ...]:
    """Every component that is to be digitised and is not.

    Thông tư 03/2025/TT-VPCP, Điều 5 khoản 2, and before it Nghị định 61/2018/NĐ-CP, Điều 17 khoản 1: nothing is scanned
    of online dossiers, papers that are only shown, results of internal verification and classified papers.
    """
    if dossier.channel == "online" or dossier.classified or dossier.internal_verification:
        return ()
    return tuple(
        Reason(NOT_DIGITISED, each.code, f"Thành phần hồ sơ “{each.name}” ({each.code}) chưa được số hóa.")
        for each in dossier.components
        if not each.digitised and not each.shown_only
    )


def _without_result(dossier: Dossier) -> tuple[Reason, ...]:
    """A dossier has an electronic result when one of its results has a digest. No dossier is exempt."""
    if any(dossier.digests):
        return ()
    return (Reason(NO_RESULT, None, "Hồ sơ chưa trả kết quả bản điện tử."),)
