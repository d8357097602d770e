"""Marks: what is personal in the canonical shapes is known as such, so that it can be masked."""

import pytest
from pydantic import BaseModel, ValidationError

from schemas.canonical.civil_servant_v1 import CivilServant
from schemas.canonical.dossier_v1 import CivilServantTag, Dossier
from schemas.canonical.identity_account_v1 import IdentityAccount
from schemas.marks import pii_fields


@pytest.mark.parametrize(
    ("shape", "personal"),
    [
        (Dossier, {"identity": "identity", "officer": "name"}),
        (CivilServant, {"identity": "identity", "old_identity": "identity"}),
        (IdentityAccount, {"identity": "identity"}),
        (CivilServantTag, {}),
    ],
)
def test_personal_fields_carry_their_mark(shape: type[BaseModel], personal: dict[str, str]) -> None:
    assert pii_fields(shape) == personal


def test_a_canonical_shape_accepts_no_key_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="fullName"):
        CivilServantTag.model_validate({"staff_no": "1", "agency": "H08.07", "category": "CC", "fullName": "x"})
