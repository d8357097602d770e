"""VNeID: one state of an account. An assumed contract after the claims of a VNeID login."""

from typing import TypedDict


class VneidAccount(TypedDict, total=False):
    """`accountLevel` is 1 or 2, as a number or as text; `activatedAt` is ISO 8601 with an offset."""

    citizenPid: str
    accountType: str
    accountLevel: int | str
    activatedAt: str
