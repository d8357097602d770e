"""`submission.v1`: one version of a dossier filed online, as the national portal pushed it, and whether it is in order.

The automatic technical check is that of Quyết định 27/2020/QĐ-UBND: what is in order is acknowledged with the moment of
receipt, else what is lacking is stated. An officer then checks the content; that is no part of this event.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from lienthong import Personal
from schemas.shapes import Identity, PersonName, Shape

TYPE = "submission.v1"

Outcome = Literal["acknowledged", "lacking"]

LackCode = Literal[
    "field-missing",
    "field-unreadable",
    "component-missing",
    "file-missing",
    "file-unreadable",
    "account-missing",
    "account-unregistered",
    "level-insufficient",
]


class Lack(Shape):
    """One thing that is lacking. `component` is the code of the component or the name of the field that is meant."""

    code: LackCode
    component: str | None = None
    message: str


class File(Shape):
    """A file handed in for the component `component`.

    - `name`: the file's name. `bytes` and `digest` (SHA-256, hex) are those of its content, None when it was not sent.
    - `address`: whether there is an address from which it can be fetched.
    - `result`: the code of the result that replaces the component; then no file is needed.
    """

    component: str | None = None
    name: Annotated[str | None, Personal("none")] = None
    bytes: int | None = None
    digest: str | None = None
    address: bool = False
    from_store: bool = False
    result: str | None = None


class Supplement(Shape):
    """A request to supplement the dossier, and when the supplement came. `number` counts from 1."""

    number: int
    request: str | None = None
    requested_at: datetime | None = None
    received_at: datetime | None = None


class Submission(Shape):
    """One version of a dossier. Instants are UTC; `code` never changes, not even when the dossier is supplemented.

    - `procedure` is the national code. `agency` is the first part of `code`.
    - `received_at` is the official moment of receipt: when the bus recorded the push.
    - `account` is the TechID of the account that filed it, `level` the level at which the account is authenticated,
      `level_required` that of the procedure on the day of filing.
    - `quality` flags what could not be checked: `procedure-unknown`, `components-not-checked`, `account-not-checked`,
      `level-unknown`; and what is unusual: `code-unusual`, `shape-unclear`, `channel-unusual`, `procedure-not-online`,
      `identity-unknown`.
    """

    code: str
    procedure: str | None = None
    procedure_name: str | None = None
    agency: str | None = None
    agency_name: str | None = None
    applicant: PersonName = None
    identity: Identity = None
    phone: Annotated[str | None, Personal("phone")] = None
    email: Annotated[str | None, Personal("email")] = None
    account: Annotated[str | None, Personal("other")] = None
    level: int | None = None
    level_required: int | None = None
    submitted_at: datetime | None = None
    received_at: datetime
    outcome: Outcome
    lacking: tuple[Lack, ...] = ()
    files: tuple[File, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    quality: tuple[str, ...] = Field(())
