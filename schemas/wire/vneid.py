"""VNeID: one state of an account. An assumed contract, modelled on the claims of a VNeID login."""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import Identity, PersonName, WireShape


class VneidAccount(WireShape):
    """`accountLevel` is 1 or 2, as a number or as text; `activatedAt` is ISO 8601 with an offset."""

    citizenPid: Identity = None
    fullName: PersonName = None
    birthDate: Annotated[str | None, Personal("birth-date")] = None
    accountType: str | None = None
    accountLevel: int | str | None = None
    activatedAt: str | None = None
