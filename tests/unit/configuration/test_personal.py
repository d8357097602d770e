"""Personal keys follow the marks of the schemas, and are unknown when they cannot be followed."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, computed_field, create_model

from lienthong.configuration.faults import Mismatch
from lienthong.configuration.personal import marked_keys, personal_keys, unmarked_keys
from lienthong.masking import HIDDEN, Personal, mask_data
from lienthong.settings import BusSettings, Settings

Name = Annotated[str, Personal("name")]


class Address(BaseModel):
    street: Annotated[str, Personal("address")]
    ward: str


@dataclass
class Contact:
    phone: Annotated[str | None, Personal("phone")]


class Letter(BaseModel):
    number: str
    sender: Name | None = None
    copies_to: list[Name] = []
    signatures: dict[str, Name] = {}
    home: Address | None = None
    homes: list[Address] = []
    contact: Contact | None = None
    family: Annotated[Address | None, Personal("other")] = None
    identity: Annotated[str | int | None, Personal("identity"), Field(alias="citizenPid")] = None


class Parcel(BaseModel):
    weight: int
    identity: Annotated[str, Personal("name")]
    citizenPid: Annotated[str, Personal("name")]  # noqa: N815 - the alias of Letter's field


class Unreadable(BaseModel, arbitrary_types_allowed=True):
    owner: Annotated[object, Personal("name")]
    tools: type[Exception] | memoryview


HERE = "tests.unit.configuration.test_personal"


def settings(personal: frozenset[str] | None = None, **types: str) -> Settings:
    names = {name: f"{HERE}.{shape}" for name, shape in types.items()}
    return Settings(bus=BusSettings(types=names, personal=personal))


def test_marks_are_found_in_lists_mappings_nested_shapes_and_under_aliases() -> None:
    assert marked_keys(Letter) == {
        "sender": "name",
        "copies_to": "name",
        "signatures": "name",
        "street": "address",
        "phone": "phone",
        "family": "other",
        "citizenPid": "identity",
    }


def test_the_keys_of_all_types_are_hidden_in_every_event() -> None:
    assert personal_keys(settings(letter="Letter", parcel="Address"), "parcel") == marked_keys(Letter)


def test_a_key_of_two_kinds_or_listed_by_hand_shows_nothing_of_its_values() -> None:
    keys = personal_keys(settings(letter="Letter", parcel="Parcel", personal=frozenset({"sender", "note"})), "letter")
    assert keys is not None
    assert (keys["citizenPid"], keys["sender"], keys["note"]) == ("other", "other", "other")


def test_keys_are_unknown_for_a_type_without_a_schema_unless_some_are_listed_by_hand() -> None:
    assert personal_keys(settings(letter="Letter"), "postcard") is None
    assert personal_keys(settings(letter="Letter", personal=frozenset()), "postcard") == marked_keys(Letter)
    assert personal_keys(Settings(), "letter") is None


@pytest.mark.parametrize("shape", ["Missing", "Contact", "Unreadable"])
def test_keys_are_unknown_when_the_schema_of_any_type_cannot_be_read(shape: str) -> None:
    assert personal_keys(settings(letter="Letter", other=shape, personal=frozenset({"note"})), "letter") is None


def test_a_schema_without_a_json_schema_is_a_fault_that_names_it() -> None:
    with pytest.raises(Mismatch, match=r"LT305 .*`Unreadable`"):
        marked_keys(Unreadable)


def test_of_a_marked_number_the_ends_are_shown_and_of_anything_else_nothing() -> None:
    keys = personal_keys(settings(letter="Letter"), "letter")
    shown = [mask_data({"citizenPid": value}, keys)["citizenPid"] for value in ("052 085 001 234", 52085001234)]
    assert shown == ["052••••••234", "520•••••234"]
    for value in ("B1234567", "Nguyễn Văn Mẫu", ["052085001234"], {"value": "052085001234"}, 7):
        assert mask_data({"citizenPid": value}, keys) == {"citizenPid": HIDDEN}
    assert mask_data({"citizenPid": None, "sender": ""}, keys) == {"citizenPid": None, "sender": ""}


CITIZEN = create_model(
    "Citizen",
    hoVaTen=(str | None, None),
    SoDinhDanh=(str | None, None),
    phone_number=(str | None, None),
    fullName=(Name | None, None),
    soDienThoaiCoQuan=(Annotated[str | None, Personal("none")], None),
    tenDonVi=(str | None, None),
    addressee_code=(int, 0),
)


def test_fields_whose_names_speak_of_a_person_need_a_mark() -> None:
    assert unmarked_keys(CITIZEN) == ["SoDinhDanh", "hoVaTen", "phone_number"]
    assert marked_keys(CITIZEN) == {"fullName": "name"}, "`none` hides nothing"


class Renamed(BaseModel):
    kept: str
    sender: Annotated[str, Personal("name"), Field(serialization_alias="nguoiGui")]


class Outer(BaseModel):
    parts: dict[str, list[Renamed | None]] = {}


class Computed(BaseModel):
    number: str

    @computed_field
    def owner(self) -> Annotated[str, Personal("name")]:
        return self.number


@pytest.mark.parametrize(("shape", "key"), [(Renamed, "nguoiGui"), (Outer, "nguoiGui"), (Computed, "owner")])
def test_keys_that_only_what_is_written_has_are_found(shape: type[BaseModel], key: str) -> None:
    assert marked_keys(shape)[key] == "name"
