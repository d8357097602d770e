"""Base classes of the shapes, and the field types that carry a personal-data mark."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from lienthong import Personal
from schemas.exact_types import ExactTypes

Identity = Annotated[str | None, Personal("identity")]
"""A personal identification number (số định danh cá nhân, 12 digits) or an old one (CMND, 9 digits), cleaned."""

PersonName = Annotated[str | None, Personal("name")]
"""A person's name in composed Unicode (NFC)."""


class Shape(BaseModel):
    """A frozen shape that refuses unknown keys: for events whose form we define."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def data_of(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The data of these values: what `cls.model_validate(values).to_data()` gives, at a third of its cost.

        Raises `ValidationError` as that does.
        """
        data = _exact_types(cls).data_of(values)
        return cls.model_validate(values).to_data() if data is None else data

    def to_data(self) -> dict[str, Any]:
        """The values as JSON types. The same as `model_dump(mode="json")`, but without the cost of its options."""
        values: dict[str, Any] = type(self).__pydantic_serializer__.to_python(self, mode="json")
        return values


class WireShape(BaseModel):
    """A shape of what an outside system sends: every key may be missing, and unknown keys are allowed.

    Transforms do not enforce it; they read the data with `transforms.wire`. It documents the fields we read, marks
    personal data, and checks what an operator writes when editing an event of this type.
    """

    model_config = ConfigDict(frozen=True, extra="allow")


_exact_types = cache(ExactTypes)
