"""Shapes: personal fields carry a mark, and the marks hide at least what a list by hand once hid."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from lienthong.configuration.load import load
from lienthong.configuration.personal import marked_keys, personal_keys
from lienthong.masking import HIDDEN, mask_data
from schemas.canonical.civil_servant_v1 import CivilServant
from schemas.canonical.dossier_happened_v1 import DossierHappened
from schemas.canonical.dossier_v1 import CivilServantTag, Dossier
from schemas.canonical.identity_account_v1 import IdentityAccount

PROJECT = Path(__file__).parents[3]
LISTED_BY_HAND_BEFORE = (
    *("fullname", "fullName", "ownerFullname", "hoVaTen", "HoTen", "ChuHoSo", "officer", "birthday", "ngaySinh"),
    *("address", "email", "Email"),
)


@pytest.mark.parametrize(
    ("shape", "personal"),
    [
        (
            Dossier,
            {
                "identity": "identity",
                "other_identity": "identity",
                "officer": "name",
                "applicant": "name",
                "phone": "phone",
                "email": "email",
            },
        ),
        (DossierHappened, {"identity": "identity", "applicant": "name", "phone": "phone", "email": "email"}),
        (CivilServant, {"identity": "identity", "old_identity": "identity"}),
        (IdentityAccount, {"identity": "identity"}),
        (CivilServantTag, {}),
    ],
)
def test_personal_fields_carry_their_mark(shape: type[BaseModel], personal: dict[str, str]) -> None:
    assert marked_keys(shape) == personal


def test_the_projects_marks_hide_every_key_that_was_once_listed_by_hand() -> None:
    settings = load(PROJECT, {})[0]
    for event_type in (*settings.event_types, "a.type.without.a.schema"):
        personal = personal_keys(settings, event_type)
        assert (personal is not None) == (event_type in settings.event_types)
        shown = mask_data(dict.fromkeys(LISTED_BY_HAND_BEFORE, "Nguyễn Văn Mẫu"), personal)
        assert shown == dict.fromkeys(LISTED_BY_HAND_BEFORE, HIDDEN)


def test_a_canonical_shape_accepts_no_key_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="fullName"):
        CivilServantTag.model_validate({"staff_no": "1", "agency": "H08.07", "category": "CC", "fullName": "x"})


def test_to_data_gives_the_json_types_of_a_shape() -> None:
    tag = CivilServantTag(staff_no="1", agency="H08.07", category="CC")
    assert tag.to_data() == tag.model_dump(mode="json")
