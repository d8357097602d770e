"""Documents checked against the shape of their kind."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.shapes.complaints import faults_of
from lienthong.configuration.shapes.kinds import kind_of
from lienthong.messages import message

Shape = TypeVar("Shape", bound=BaseModel)


def validate(document: Document, shape: type[Shape]) -> Shape | None:
    """The document's value in `shape`, or None; every complaint is added to the document's findings."""
    if document.value is None:
        return None
    if not isinstance(document.value, dict):
        what = message("the file is {kind}, not a mapping", kind=kind_of(document.value))
        document.report(Fault("LT105", what, message("write `key: value` lines")))
        return None
    try:
        return shape.model_validate(document.value)
    except ValidationError as error:
        for fault in faults_of(error, shape):
            document.report(fault)
        return None
