"""What persons may do: rights, and a person as the pages know one."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from lienthong.messages import Language

Right = Literal["see", "see-content", "act", "edit", "approve", "audit", "administer"]
"""What a page or a form needs.

- `see`: states, counts, causes, the trail; no content of an event. `see-content`: contents, with personal data masked.
- `act`: replay, discard, pause, resume, verify. `edit`: propose an edit of a dead letter,
  whose content is then seen, masked. `approve`: decide on what another person proposed.
- `audit`: who looked at what and did what. `administer`: clients, persons and their roles.
"""


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
