"""`POST /v1/sign-ins`: who has signed in, at which level, and whether that suffices for a procedure.

QĐ 27/2020/QĐ-UBND: a procedure may need a higher level of authentication than the sign-in has.
"""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from lienthong import LongText, Text
from schemas.shapes import Identity, Shape
from schemas.wire.sign_in import Claims

TYPE = "sign-in.v1"

Provider = Literal["dvcqg", "vneid"]
"""The national public service portal (Cổng Dịch vụ công quốc gia), or VNeID."""

AccountKind = Literal["citizen", "enterprise", "organisation", "unknown"]


_EXAMPLE: JsonDict = {
    "provider": "dvcqg",
    "claims": {"sub": "TK-1", "LoaiTaiKhoan": "1", "SoDinhDanh": "052085001234", "HoVaTen": "Bùi Minh Phúc", "IAL": 2},
    "procedure": "1.000656.000.00.00.H08",
}


class Question(Shape):
    """The claims as the provider gave them, or VNeID's encrypted reply as it came: `data` and `key`, both in base64.

    `procedure` is the code of the procedure that is to be filed, national or with the province's suffix.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    provider: Provider
    claims: Claims | None = None
    data: LongText | None = None
    key: LongText | None = None
    procedure: Text | None = None

    @model_validator(mode="after")
    def _has_one_of_both(self) -> Self:
        if (self.data is None) != (self.key is None):
            raise ValueError("`data` and `key` belong together")
        if (self.claims is None) == (self.data is None):
            raise ValueError("give either `claims`, or `data` and `key`")
        if self.data is not None and self.provider != "vneid":
            raise ValueError("only VNeID's reply is encrypted: with `dvcqg` give `claims`")
        return self


class Answer(Shape):
    """Who signed in.

    - `subject`: the account at the provider: `sub` or TechID on the portal, else the identity number.
    - `identity`: the person's identity number, or the number of the enterprise; null when there is no usable one.
    - `name`: as it is written on the account.
    - `level`: the level of authentication, 0 to 4; of several stated ones the lowest. null when none can be read.
    - `required_level`: what the procedure asks for; null when it is not known, or no procedure was named.
    - `sufficient`: whether `level` suffices; null when either is not known. Then `reason` states why.
    """

    subject: str
    identity: Identity = None
    name: str | None = None
    account_kind: AccountKind
    level: int | None = Field(None, ge=0, le=4)
    required_level: int | None = Field(None, ge=1, le=3)
    sufficient: bool | None = None
    reason: str | None = None
