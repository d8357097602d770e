"""The settings of persons: what each role may do, and how long a session lives."""

from dataclasses import dataclass
from datetime import timedelta

from lienthong.access.roles import DEFAULT_ROLES, Right, Role


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """See config/access.yaml. `idle`: a session ends that was not used for so long; `absolute`: and any after this."""

    roles: dict[Role, tuple[Right, ...]]
    idle: timedelta
    absolute: timedelta


DEFAULT_ACCESS = AccessSettings(dict(DEFAULT_ROLES), timedelta(minutes=30), timedelta(hours=12))
