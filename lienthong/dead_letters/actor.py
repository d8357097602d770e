"""The actor: the operator who acts, and the account of the machine the act was done from."""

from collections.abc import Mapping
from dataclasses import dataclass

from lienthong.data.text import fold

VARIABLE = "LIENTHONG_USER"
"""The environment variable that names the operator."""

MAX_NAME_LENGTH = 40
"""Characters of a name or an account that are written to the ledger."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An operator. As text: the name, followed by the account in brackets where the two differ.

    An operator chooses the name, but not the account; so the ledger has both. At the console the account is the login.
    `also`: further names and accounts of the same person; they are compared, and not written.
    """

    name: str
    login: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name if self.has_name(self.login) else f"{self.name} ({self.login})"

    def may_be(self, recorded: str) -> bool:
        """Whether the recorded text of an `Actor` may stand for this person: a name or an account is common to both.

        - One account counts as one person, however it names itself.
        - A name at the command line may be the login of the console, and the other way round: each is compared to both.
        """
        name, login = _parts(recorded)
        ours = {fold(each) for each in (self.name, self.login, *self.also)}
        return not ours.isdisjoint({fold(name), fold(login)})

    def has_name(self, name: str) -> bool:
        """Whether `name` is the name of this operator, whatever its case and spaces."""
        return fold(self.name) == fold(name)


def account_of(recorded: str) -> str:
    """The login or the account in the recorded text of an `Actor`; the name where it is the same."""
    return _parts(recorded)[1]


def _parts(recorded: str) -> tuple[str, str]:
    """Name and account."""
    if recorded.endswith(")"):
        name, _, login = recorded.removesuffix(")").rpartition(" (")
        if name:
            return name, login
    return recorded, recorded


def make_actor(given: str, environment: Mapping[str, str], login: str) -> Actor:
    """The operator: the given name, else the one of the environment variable, else the account."""
    name = " ".join((given or environment.get(VARIABLE, "") or login).split())
    return Actor(name[:MAX_NAME_LENGTH], login[:MAX_NAME_LENGTH])
