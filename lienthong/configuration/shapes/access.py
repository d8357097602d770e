"""The shape of config/access.yaml."""

from pydantic import Field

from lienthong.access.roles import Right, Role
from lienthong.configuration.shapes.fields import Duration, FileShape
from lienthong.messages import msgid
from lienthong.settings.access import DEFAULT_ACCESS


class SessionsFile(FileShape):
    idle: Duration = Field(
        DEFAULT_ACCESS.idle,
        description=msgid("A session that was not used for so long ends."),
        examples=["30m"],
    )
    absolute: Duration = Field(
        DEFAULT_ACCESS.absolute,
        description=msgid("Every session ends after this time, however much it is used."),
        examples=["12h"],
    )


class AccessFile(FileShape):
    roles: dict[Role, list[Right]] = Field(
        default_factory=dict,
        description=msgid(
            "By role, what a person in it may do in the console; a role that is left out keeps its rights. "
            "`see`: states, counts and trails; `see-content`: contents of events, masked; "
            "`edit`: propose another content; `act`: replay, discard, pause, resume; "
            "`approve`: what another person proposed; `audit`: who looked and acted; `administer`: clients and persons."
        ),
        examples=[{"viewer": ["see"], "operator": ["see", "see-content", "act"]}],
    )
    sessions: SessionsFile = Field(
        SessionsFile(),
        description=msgid("How long a person stays logged in."),
        examples=[{"idle": "30m", "absolute": "12h"}],
    )
