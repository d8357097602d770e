"""The rules of access: `config/access.yaml` after it was read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lienthong.access.roles import DEFAULT_ROLES, Right, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """What roles may do, and how long a session lasts.

    - `idle`: after so long without a request a session ends. `longest`: after so long it ends in any case.
    - `reveal_ends`: how long a masked field stays visible for the person who asked for it.
    """

    roles: Mapping[Role, tuple[Right, ...]] = field(default_factory=lambda: DEFAULT_ROLES)
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    reveal_ends: timedelta = timedelta(minutes=5)


DEFAULT_ACCESS = AccessRules()
"""The rules of a project without config/access.yaml."""
