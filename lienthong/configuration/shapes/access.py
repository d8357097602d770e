"""The shape of config/access.yaml: what roles may do, and how long sessions last."""

from pydantic import Field

from lienthong.access.roles import DEFAULT_ROLES, Right
from lienthong.access.rules import DEFAULT_ACCESS, AccessRules
from lienthong.configuration.shapes.fields import FileShape, Pause
from lienthong.messages import msgid


class RolesFile(FileShape):
    viewer: list[Right] = Field(
        list(DEFAULT_ROLES["viewer"]), description=msgid("Sees states and counts, no content."), examples=[["see"]]
    )
    operator: list[Right] = Field(
        list(DEFAULT_ROLES["operator"]),
        description=msgid("Finds out what is wrong, replays and discards."),
        examples=[["see", "see-content", "act"]],
    )
    approver: list[Right] = Field(
        list(DEFAULT_ROLES["approver"]),
        description=msgid("Decides on what another person proposed."),
        examples=[["see", "see-content", "approve"]],
    )
    engineer: list[Right] = Field(
        list(DEFAULT_ROLES["engineer"]),
        description=msgid("Looks at the configuration and tries events."),
        examples=[["see", "configure"]],
    )
    auditor: list[Right] = Field(
        list(DEFAULT_ROLES["auditor"]),
        description=msgid("Sees who looked at what and who did what."),
        examples=[["see", "audit"]],
    )
    administrator: list[Right] = Field(
        list(DEFAULT_ROLES["administrator"]),
        description=msgid("Adds clients and persons."),
        examples=[["see", "administer"]],
    )


class SessionsFile(FileShape):
    idle: Pause = Field(
        DEFAULT_ACCESS.idle,
        description=msgid("After so long without a request a session ends."),
        examples=["30m"],
    )
    longest: Pause = Field(
        DEFAULT_ACCESS.longest, description=msgid("After so long a session ends in any case."), examples=["12h"]
    )


class AccessFile(FileShape):
    roles: RolesFile = Field(
        RolesFile(),
        description=msgid("By role, its rights. A role that is not named keeps those it has without this file."),
        examples=[{"viewer": ["see"]}],
    )
    sessions: SessionsFile = Field(
        SessionsFile(), description=msgid("How long a session lasts."), examples=[{"idle": "15m"}]
    )
    reveal_ends: Pause = Field(
        DEFAULT_ACCESS.reveal_ends,
        description=msgid("How long a masked field stays visible for the person who asked for it."),
        examples=["5m"],
    )

    def rules(self) -> AccessRules:
        """The rules that the file states."""
        given = self.roles.model_dump()
        return AccessRules(
            roles={role: tuple(given[role]) for role in DEFAULT_ROLES},
            idle=self.sessions.idle,
            longest=self.sessions.longest,
            reveal_ends=self.reveal_ends,
        )
