"""Which dossiers of two systems are one: codes that collide are joined with nothing, in any order."""

import random
from itertools import permutations

import pytest

from transforms.joining import Coded, join


def one(code: str, other: str | None = None) -> Coded:
    return Coded(code, other)


@pytest.mark.parametrize(
    ("portal", "local", "partner", "claimants"),
    [
        ([one("P")], [one("P")], "P", ("P",)),
        ([one("P", "L")], [one("L")], "L", ("L",)),
        ([one("P")], [one("L", "P")], "L", ("L",)),
        ([one("P", "L")], [one("L", "P")], "L", ("L",)),
        ([one("P")], [one("L", "P"), one("M", "P")], None, ("L", "M")),
        ([one("P", "L")], [one("L", "P"), one("M", "P")], "L", ("L", "M")),
        ([one("P")], [one("P"), one("M", "P")], "P", ("M", "P")),
        ([one("P", "L"), one("Q", "L")], [one("L")], None, ("L",)),
        ([one("P", "L"), one("L")], [one("L")], None, ("L",)),
        ([one("P", "X")], [one("L", "P")], None, ("L",)),
        ([one("P", "L")], [one("L", "Q")], None, ("L",)),
        ([one("P", "L")], [one("L"), one("M", "P")], None, ("L", "M")),
        ([one("P", "X")], [one("L")], None, ()),
    ],
    ids=[
        "equal codes",
        "the portal states it",
        "the one-stop system states it",
        "both state it",
        "two state the same code",
        "both state it, and a third one",
        "equal codes, and another one",
        "two of the portal state the same code",
        "the code belongs to another one",
        "each states another code",
        "it is stated as another one's",
        "one is stated, another one states it",
        "what is stated is not there",
    ],
)
def test_what_is_joined_and_what_claims_it(
    portal: list[Coded], local: list[Coded], partner: str | None, claimants: tuple[str, ...]
) -> None:
    for here in permutations(portal):
        for there in permutations(local):
            found = join(here, there)["P"]
            assert (found.partner, found.claimants) == (partner, claimants)
            assert found.is_ambiguous == (partner is None and claimants != ())


def test_both_sides_find_the_same_pairs_and_no_dossier_is_in_two() -> None:
    numbers = random.Random(15)
    for _ in range(400):
        sides = []
        for names, named in (("ABCX", "KLMX"), ("KLMX", "ABCX")):
            sides.append([one(code, numbers.choice([None, *named])) for code in names if numbers.random() < 0.8])
        portal = {code: found.partner for code, found in join(*sides).items() if found.partner}
        local = {code: found.partner for code, found in join(*reversed(sides)).items() if found.partner}
        assert set(portal.items()) == {(other, code) for code, other in local.items()}
        assert len(set(portal.values())) == len(portal)
