"""The shape of config/access.yaml: what roles may do, how long sessions last, who vouches for persons."""

from typing import Annotated

from pydantic import Field

from lienthong.access.roles import DEFAULT_ROLES, Right, Role
from lienthong.access.rules import DEFAULT_ACCESS, AccessRules, ProviderRules
from lienthong.configuration.shapes.fields import FileShape, Pause, Text
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


class ProviderFile(FileShape):
    issuer: Annotated[Text, Field(pattern=r"^https?://")] = Field(
        description=msgid(
            "The address of the OpenID Connect provider; `<issuer>/.well-known/openid-configuration` describes it."
        ),
        examples=["https://sso.gialai.example"],
    )
    client_id: Text = Field(description=msgid("As the provider knows the console."), examples=["lienthong"])
    client_secret: str = Field(
        "",
        description=msgid("The secret that the provider gave it, from a variable; none for a public client."),
        examples=["${OIDC_SECRET}"],
    )
    title: str = Field("", description=msgid("How the log-in page names it."), examples=["SSO tỉnh"])
    scopes: list[Text] = Field(
        ["openid", "profile"], description=msgid("What is asked for; `openid` is needed."), examples=[["openid"]]
    )
    login_claim: Text = Field(
        "preferred_username", description=msgid("The claim with the login."), examples=["preferred_username"]
    )
    name_claim: Text = Field("name", description=msgid("The claim with the name."), examples=["name"])
    roles_claim: Text = Field("groups", description=msgid("The claim with the groups."), examples=["groups"])
    roles: dict[str, Role] = Field(
        default_factory=dict,
        description=msgid("By group, the role that it gives. Without a role a person is not let in."),
        examples=[{"bus-operators": "operator"}],
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
    provider: ProviderFile | None = Field(
        None,
        description=msgid("An OpenID Connect provider that persons log in at, beside those with a password."),
        examples=[{"issuer": "https://sso.gialai.example", "client_id": "lienthong"}],
    )

    def rules(self) -> AccessRules:
        """The rules that the file states."""
        given = self.roles.model_dump()
        named = {} if self.provider is None else self.provider.model_dump()
        provider = ProviderRules(**named | {"scopes": tuple(named["scopes"])}) if named else None
        return AccessRules(
            roles={role: tuple(given[role]) for role in DEFAULT_ROLES},
            idle=self.sessions.idle,
            longest=self.sessions.longest,
            reveal_ends=self.reveal_ends,
            provider=provider,
        )
