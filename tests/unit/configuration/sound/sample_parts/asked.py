"""What is asked about letters, and how it is answered."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, RootModel

from lienthong.data.asked_text import Text
from lienthong.data.files import UploadedFile
from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from lienthong.masking import Personal
from lienthong.ports import Found, NotKnown


class Question(BaseModel):
    """Who lives in a house?"""

    house: Text
    kind: Literal["card", "letter"] | None = None
    sent: date | None = None


class Scan(BaseModel):
    """A letter that was scanned for a house."""

    house: Text
    file: UploadedFile


class Answer(BaseModel):
    """The resident, where it is known in time."""

    to: Annotated[str | None, Personal("name")]
    is_known: bool


class Personally(BaseModel):
    """A question about a person."""

    identity: Annotated[Text, Personal("identity")]
    kinds: list[Text] = []


class Listed(RootModel[list[str]]):
    """No object."""


class Crowded(BaseModel):
    """It has a field that the engine adds."""

    client: Text


def houses(envelope: Envelope) -> Sequence[str]:
    """The number that is asked for."""
    return [envelope.data["house"]]


def resident(envelope: Envelope, found: Found) -> Envelope | None:
    """Who lives there; nothing is known of number 404."""
    house = envelope.data["house"]
    if house == "404":
        return None
    if not house.isdigit():
        raise Rejected("số nhà không phải là số", field="house")
    answer = {"to": found.get(house), "is_known": not isinstance(found, NotKnown)}
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})
