"""The URL of a database that is not ours, as a parameter in YAML."""

from typing import Annotated

from pydantic import AfterValidator

from lienthong.adapters.sql.external_database import url_fault
from lienthong.configuration.addresses import ANY_DATABASE, address_advice, address_fault
from lienthong.connectors.protocols.shapes import refusal


def _check(value: str) -> str:
    if address_fault(value, ANY_DATABASE):
        raise refusal(address_advice(ANY_DATABASE))
    if fault := url_fault(value):
        raise refusal(fault)
    return value


DatabaseUrl = Annotated[str, AfterValidator(_check)]
"""A URL of any database that SQLAlchemy has an installed driver for."""
