"""One request of a page, with everything that its function needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lienthong.access.roles import Right, Viewer
from lienthong.console.context import ConsoleContext
from lienthong.console.preferences import Preferences
from lienthong.dead_letters.actor import MAX_NAME_LENGTH, Actor
from lienthong.runtime.composition import Storage
from lienthong.settings import Settings


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu. `is_here`: whether the page belongs to it; `key`: `g` and this leads there."""

    title: str
    href: str
    key: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """See above. `form` is empty for a GET; `token` is what forms send back, `menu` what the viewer may open."""

    request: Request
    context: ConsoleContext
    viewer: Viewer
    preferences: Preferences
    now: datetime
    token: str
    form: Mapping[str, str]
    menu: Sequence[MenuItem] = ()

    @property
    def storage(self) -> Storage:
        return self.context.storage

    @property
    def settings(self) -> Settings:
        return self.context.storage.settings

    @property
    def actor(self) -> Actor:
        """The viewer, as the ledger names who acts."""
        viewer = self.viewer
        return Actor(viewer.name[:MAX_NAME_LENGTH], viewer.login[:MAX_NAME_LENGTH], viewer.accounts)

    def may(self, right: Right) -> bool:
        return self.viewer.may(right)

    def query(self, name: str) -> str:
        """What the address states after the `?`; "" without it."""
        return self.request.query_params.get(name, "")

    def part(self, name: str) -> str:
        """What stands in the address in place of `{name}`."""
        return str(self.request.path_params[name])

    def next_query(self, after: str) -> str:
        """The query of the next page of a list: this one's, after another key."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name != "after"]
        return urlencode([*kept, ("after", after)])


Handler = Callable[[Visit], Response]
