"""What the file of a document must be (table `document-types`), and who signed it (table `signing-agencies`)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from lienthong import Table, fold

Role = Literal["person", "agency"]

_MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}
_ROLES: Mapping[str, Role] = {"person": "person", "agency": "agency"}
_DAYS = re.compile(r"(\d{1,5}) days", re.ASCII)
_ABBREVIATIONS = frozenset({"ubnd", "hdnd"})
_COMMON_NAME = re.compile(r"(?:^|[,;+/]\s*)(?:CN|Common Name)\s*[=:]\s*(?P<name>[^,;+/]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a file must be: judged by `profile`, signed by all `roles`, one of `media_types`.

    `valid_for`: how long it is valid from its date on, None without a rule.
    """

    profile: str
    roles: Sequence[Role]
    media_types: Sequence[str]
    valid_for: timedelta | None = None


def demand(types: Table, *keys: str | None) -> Demand:
    """What the row of the first of `keys` that has one demands. Raises ValueError for a row that is none."""
    row = next((types[fold(key)] for key in keys if key and fold(key) in types), None)
    if row is None:
        raise ValueError(f"document-types.yaml has no row for {keys}")
    parts = [part.strip() for part in row.split(";")]
    try:
        profile, roles, formats, valid_for = parts
        found = _DAYS.fullmatch(valid_for)
        if not profile or (valid_for and found is None):
            raise ValueError(valid_for)
        return Demand(
            profile=profile,
            roles=tuple(_ROLES[role] for role in _words(roles)),
            media_types=tuple(_MEDIA_TYPES[name] for name in _words(formats)),
            valid_for=timedelta(days=int(found[1])) if found else None,
        )
    except (ValueError, KeyError):
        example = "official; person, agency; pdf; 180 days"
        raise ValueError(f"document-types.yaml: write {row!r} such as {example!r}") from None


def valid_until(issued_on: date | None, stated: date | None, rule: Demand) -> date | None:
    """The last day: as stated, or by the rule; None without an end."""
    if stated is not None or issued_on is None or rule.valid_for is None:
        return stated
    return issued_on + rule.valid_for


def missing_roles(verdict: Mapping[str, Any], roles: Iterable[Role], agencies: Table) -> Sequence[Role]:
    """The roles without a signature. A signature that failed stands for no role."""
    signed = {
        role_of(each.get("signed_by") or "", agencies)
        for each in verdict["signatures"]
        if each.get("type", "signature") == "signature" and each["indication"] != "TOTAL-FAILED"
    }
    return [role for role in roles if role not in signed]


def role_of(name: str, agencies: Table) -> Role:
    """The role of a signer by the name in the certificate, also within a whole distinguished name.

    A name with marks must begin as one of `agencies` does, marks and all. One without marks is an agency's where it
    begins as one of several words.
    """
    found = _COMMON_NAME.search(name)
    folded = fold(found["name"] if found else name)
    words = folded.split()
    starts = {" ".join(words[:length]) for length in range(1, 5)}
    if not folded.isascii():
        return "agency" if starts & agencies.keys() else "person"
    # Without marks Vụ is written as the surname Vũ is, and Trường as Trương: one word does not tell them apart.
    known = {_without_marks(agency) for agency in agencies if " " in agency}
    return "agency" if starts & (known | _ABBREVIATIONS) else "person"


def _words(text: str) -> Sequence[str]:
    return [word for word in (each.strip() for each in text.split(",")) if word]


def _without_marks(text: str) -> str:
    """A folded name as certificates without Vietnamese letters have it."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
