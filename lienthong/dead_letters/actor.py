"""Who acts: the name a person goes by, and the account of the machine it was done from."""

from collections.abc import Mapping
from dataclasses import dataclass

from lienthong.settings import fold

VARIABLE = "LIENTHONG_USER"
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Actor:
    """`login` stands in the ledger beside a name that differs from it: a name can be chosen, an account less so."""

    name: str
    login: str

    def __str__(self) -> str:
        return self.name if self.has_name(self.login) else f"{self.name} ({self.login})"

    def has_name(self, name: str) -> bool:
        """Whether `name` is this person's, however it is written."""
        return fold(self.name) == fold(name)


def make_actor(named: str, environment: Mapping[str, str], login: str) -> Actor:
    """Who acts: who was named, else who the environment names, else the account."""
    name = " ".join((named or environment.get(VARIABLE, "") or login).split())
    return Actor(name[:LONGEST], login[:LONGEST])
