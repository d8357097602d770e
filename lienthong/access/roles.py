"""What persons may do: rights, the roles that give them, and a person as the pages know one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from lienthong.messages import Language

Right = Literal["see", "see-content", "act", "edit", "approve", "audit", "administer"]
"""What a page or a form needs.

- `see`: states, counts, causes, the trail; no content of an event. `see-content`: contents, with personal data masked.
- `act`: replay, discard, pause, resume, verify. `edit`: propose an edit of a dead letter,
  whose content is then seen, masked. `approve`: decide on what another person proposed.
- `audit`: who looked at what and did what. `administer`: clients, persons and their roles.
"""

RIGHTS: tuple[Right, ...] = get_args(Right)

Role = Literal["viewer", "operator", "approver", "engineer", "auditor", "administrator"]

ROLES: tuple[Role, ...] = get_args(Role)

DEFAULT_ROLES: Mapping[Role, tuple[Right, ...]] = {
    "viewer": ("see",),
    "operator": ("see", "see-content", "edit", "act"),
    "approver": ("see", "see-content", "approve"),
    "engineer": ("see", "see-content", "edit"),
    "auditor": ("see", "audit"),
    "administrator": ("see", "administer"),
}
"""The rights of each role where config/access.yaml states nothing else."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with a session. `login` is unique, `name` for people; `rights` are those of all `roles` together."""

    login: str
    name: str
    roles: Collection[str]
    rights: Collection[Right]
    language: Language = "vi"

    def may(self, right: Right) -> bool:
        return right in self.rights


def rights_of(roles: Collection[Role], table: Mapping[Role, tuple[Right, ...]]) -> tuple[Right, ...]:
    """The rights of several roles together, in the order of `RIGHTS`."""
    given = {right for role in roles for right in table.get(role, ())}
    return tuple(right for right in RIGHTS if right in given)
