"""Marks on fields: which ones hold personal data, and of what kind."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, WithJsonSchema


class Shape(BaseModel):
    """A frozen shape that accepts no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def written(self) -> dict[str, Any]:
        """The values as JSON has them: `model_dump(mode="json")`, without the price of the options we do not use."""
        values: dict[str, Any] = type(self).__pydantic_serializer__.to_python(self, mode="json")
        return values


def pii_fields(shape: type[BaseModel]) -> dict[str, str]:
    """The fields of `shape` that hold personal data, with the kind each is marked with."""
    properties: dict[str, Any] = shape.model_json_schema()["properties"]
    return {name: str(rule["pii"]) for name, rule in properties.items() if "pii" in rule}


Identity = Annotated[str | None, WithJsonSchema({"type": ["string", "null"], "pii": "identity"})]
"""A personal identification number (số định danh cá nhân, 12 digits) or an old one (CMND, 9 digits), cleaned."""

PersonName = Annotated[str | None, WithJsonSchema({"type": ["string", "null"], "pii": "name"})]
"""A person's name, composed Unicode (NFC)."""
