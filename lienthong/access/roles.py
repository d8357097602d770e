"""What persons may do: rights, the roles that have them, and a person as the pages know one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from lienthong.messages import Language

Right = Literal["see", "see-content", "reveal", "act", "edit", "approve", "configure", "audit", "administer"]
"""What a page or a form needs.

- `see`: states, counts, causes, the trail; no content of an event. `see-content`: contents, with personal data masked.
- `reveal`: one masked field at a time, for a purpose that is recorded.
- `act`: replay, discard, pause, resume, verify. `edit`: propose an edit of a dead letter. `approve`: decide on what
  another person proposed.
- `configure`: the configuration, what `check` finds in it, and trying events.
- `audit`: who looked at what and did what. `administer`: clients, persons and their roles.
"""

Role = Literal["viewer", "operator", "approver", "engineer", "auditor", "administrator"]
"""What a person is. One may have several roles, and has the rights of all of them together."""

DEFAULT_ROLES: Mapping[Role, tuple[Right, ...]] = {
    "viewer": ("see",),
    "operator": ("see", "see-content", "reveal", "act", "edit"),
    "approver": ("see", "see-content", "reveal", "approve"),
    "engineer": ("see", "act", "configure"),
    "auditor": ("see", "audit"),
    "administrator": ("see", "administer"),
}
"""The rights of the roles where `config/access.yaml` gives no others."""


OF_CONTENT: tuple[Right, ...] = ("reveal", "edit")
"""Rights that count only beside `see-content`: without that one no byte of an event is shown."""


def rights_of(roles: Collection[Role], table: Mapping[Role, Collection[Right]] = DEFAULT_ROLES) -> frozenset[Right]:
    """The rights of all the roles together. A role that the table does not have gives none."""
    found = frozenset(right for role in roles for right in table.get(role, ()))
    return found if "see-content" in found else found - frozenset(OF_CONTENT)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with a session. `login` is unique, `name` for people; `rights` are those of all `roles` together.

    `accounts`: of machines, at the command line. `language`: None where the browser's counts.
    """

    login: str
    name: str
    roles: Collection[str]
    rights: Collection[Right]
    language: Language | None = None
    accounts: tuple[str, ...] = ()

    def may(self, right: Right) -> bool:
        return right in self.rights
