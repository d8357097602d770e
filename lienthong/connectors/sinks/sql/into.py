"""Which columns of which table an event becomes."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from lienthong.connectors.protocols.paths import JmesPath
from lienthong.connectors.protocols.shapes import Shape, Text, refusal
from lienthong.messages import message

EVENT_ID = "id"
"""The path to the id of an event."""


class Into(Shape):
    """Where events are written.

    - `table`: its name, or `schema.table`.
    - `columns`: column → JMESPath over the CloudEvents event: `id`, `type`, `source`, `subject`, `time`, `receivedat`
      and everything below `data`.
    - `key`: the columns that identify a row; a row that is there is updated. They need a primary key or unique index.
      Without `key`, it is the column that has the path `id`.
    - `newer`: a column that orders the versions of one row; an older version never replaces a newer one, and where one
      of the two has no value, the last one stays. A moment or day later than the one at which the event was seen is
      written as that one, because it would hide every later version.
    """

    table: Text
    columns: Annotated[Mapping[Text, JmesPath], Field(min_length=1)]
    key: tuple[Text, ...] = ()
    newer: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Into":
        for column in (*self.key, *([self.newer] if self.newer else [])):
            if column not in self.columns:
                raise refusal(message("`{column}` is not one of the `columns`", column=column))
        if not self.key_columns:
            raise refusal(message("write the `key` columns, or a column with the path `id`, which keeps repeats apart"))
        return self

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return self.key or tuple(column for column, path in self.columns.items() if path == EVENT_ID)
