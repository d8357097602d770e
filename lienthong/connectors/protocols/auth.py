"""How a connector shows who it is, as configuration: a token, a name and password, a key, or OAuth 2."""

import base64
from collections.abc import Mapping
from typing import Annotated, Literal, Protocol

from pydantic import Field

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.oauth import Token
from lienthong.connectors.protocols.shapes import HeaderName, HeaderValue, Shape, Url
from lienthong.ports import Clock


class Bearer(Shape):
    """`Authorization: Bearer <token>`."""

    kind: Literal["bearer"]
    token: HeaderValue


class Basic(Shape):
    """`Authorization: Basic …` (RFC 7617), in UTF-8."""

    kind: Literal["basic"]
    username: str
    password: str


class ApiKey(Shape):
    """A header of any name."""

    kind: Literal["api_key"]
    header: HeaderName = "X-Api-Key"
    key: HeaderValue


class ClientCredentials(Shape):
    """OAuth 2 client credentials (RFC 6749, 4.4). The token is fetched, kept and renewed."""

    kind: Literal["oauth2"]
    token_url: Url
    client_id: str
    client_secret: str
    scope: str | None = None
    audience: str | None = None


Auth = Annotated[Bearer | Basic | ApiKey | ClientCredentials, Field(discriminator="kind")]


class Credentials(Protocol):
    """What a request carries to show who sends it."""

    def headers(self) -> Mapping[str, str]: ...

    def renew(self) -> bool:
        """The system refused them. True when new ones will be fetched, False when they stay the same."""


class _Fixed:
    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self) -> bool:
        return False


def make_credentials(auth: Auth | None, http: Http, clock: Clock) -> Credentials:
    """The credentials that `auth` describes; none without it."""
    match auth:
        case None:
            return _Fixed({})
        case Bearer(token=token):
            return _Fixed({"Authorization": f"Bearer {token}"})
        case Basic(username=username, password=password):
            pair = base64.b64encode(f"{username}:{password}".encode()).decode()
            return _Fixed({"Authorization": f"Basic {pair}"})
        case ApiKey(header=header, key=key):
            return _Fixed({header: key})
        case ClientCredentials():
            grant = {
                "grant_type": "client_credentials",
                "client_id": auth.client_id,
                "client_secret": auth.client_secret,
                "scope": auth.scope,
                "audience": auth.audience,
            }
            given = {name: value for name, value in grant.items() if value is not None}
            return Token(http, clock, token_url=auth.token_url, grant=given)
