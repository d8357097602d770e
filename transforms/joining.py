"""Which dossier of the one-stop system and which of the national portal are one, by the codes that both state. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Coded(NamedTuple):
    """A dossier by its code, and the code that it states for the same dossier in the other system."""

    code: str
    other_code: str | None


class Joined(NamedTuple):
    """What a dossier is joined with in the other system, and everything there that claims to be it, by code.

    `partner` is None when there is none, or more than one and nothing to choose by: then `claimants` has them all. A
    claimant beside the partner names a code that belongs to another dossier.
    """

    partner: str | None
    claimants: tuple[str, ...]

    @property
    def is_ambiguous(self) -> bool:
        """Whether there are dossiers that claim to be it, and none that surely is."""
        return self.partner is None and bool(self.claimants)


def join(here: Iterable[Coded], there: Iterable[Coded]) -> Mapping[str, Joined]:
    """For each dossier of `here`, the one of `there`, whatever the order of both.

    1. Equal codes are one dossier.
    2. Of the rest, two that state each other's code are one.
    3. Of the rest, one that states the other's code is it, if that one states none, and nothing else of the rest
       claims either of the two.

    No dossier is joined twice, what two dossiers claim alike is joined with neither, and so is what contradicts itself.
    """
    known, partners = dict(here), dict(there)
    pairs = {code: code for code in known if code in partners}
    joined = set(pairs.values())
    for code, other in known.items():
        if code not in pairs and other in partners and other not in joined and partners[other] == code:
            pairs[code] = other
    joined = set(pairs.values())
    claims = set(_claims(known, partners))
    left = [(code, other) for code, other in claims if code not in pairs and other not in joined]
    of_known, of_partners = Counter(code for code, _ in left), Counter(other for _, other in left)
    pairs |= {
        code: other
        for code, other in left
        if of_known[code] == of_partners[other] == 1
        if known[code] in (None, other) and partners[other] in (None, code)
    }
    claimants: dict[str, list[str]] = {}
    for code, other in sorted(claims):
        claimants.setdefault(code, []).append(other)
    return {code: Joined(pairs.get(code), tuple(claimants.get(code, ()))) for code in known}


def _claims(known: Mapping[str, str | None], partners: Mapping[str, str | None]) -> Iterable[tuple[str, str]]:
    """Every pair that is stated by either side, equal codes included."""
    for code, other in known.items():
        if code in partners:
            yield code, code
        if other is not None and other in partners:
            yield code, other
    for code, other in partners.items():
        if other is not None and other in known:
            yield other, code
