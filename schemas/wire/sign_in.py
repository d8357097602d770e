"""Claims of a person who has signed in: those of the national portal, of VNeID through it, and of VNeID itself.

Names are read in any case, and a value also out of a list of one. Types and values of VNeID's claims are not published,
so a value may be text, a number or a flag. Other claims (parents, spouse, blood group, …) are left out: they are not
needed, and so they are not kept.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from lienthong import Personal
from lienthong.connectors.protocols.lists import object_of, value_of

Value = Annotated[str, StringConstraints(max_length=500)] | int | float | bool | None
"""A claim as some sender writes it."""


class Claims(BaseModel):
    """What is read of the claims.

    - `sub`, `TechID`: the account on the portal. `SoDinhDanh`, `citizenPid`: the personal identification number;
      `SoCMND`: the old one. `MaSoThue`, `MaSoDoanhNghiep`: of an enterprise.
    - `LoaiTaiKhoan`: 1 citizen, 2 enterprise, 3 organisation. `accountType`: the same in VNeID's words.
    - `loAs`: the level of assurance of the sign-in. `IAL`, `accountLevel`: the level of the VNeID account.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: Annotated[Value, Personal("other")] = None
    TechID: Annotated[Value, Personal("other")] = None
    SoDinhDanh: Annotated[Value, Personal("identity")] = None
    SoCMND: Annotated[Value, Personal("identity")] = None
    citizenPid: Annotated[Value, Personal("identity")] = None
    MaSoThue: Annotated[Value, Personal("identity")] = None
    MaSoDoanhNghiep: Annotated[Value, Personal("identity")] = None
    HoVaTen: Annotated[Value, Personal("name")] = None
    fullName: Annotated[Value, Personal("name")] = None
    TenDoanhNghiep: Annotated[Value, Personal("none")] = None
    LoaiTaiKhoan: Value = None
    accountType: Value = None
    loAs: Value = None
    IAL: Value = None
    accountLevel: Value = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, data: Any) -> Any:
        """The known claims under their own names. Where a name is written in two ways, its exact spelling counts."""
        claims = object_of(data)
        if claims is None:
            return data
        names = {name.casefold(): name for name in cls.model_fields}
        found: dict[str, Any] = {}
        for key, value in claims.items():
            name = names.get(str(key).casefold())
            if name is not None and (name == key or name not in claims):
                found[name] = value_of(value)
        return found


def read_claims(data: Mapping[str, Any]) -> Claims:
    """The claims of an object. Raises `pydantic.ValidationError` for a claim that is no single value."""
    return Claims.model_validate(data)
