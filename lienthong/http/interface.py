"""The paths that every client has: who it is to the bus, and what there is to call."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from lienthong.access.clients import Client
from lienthong.http.callers import caller
from lienthong.http.document import CALLED
from lienthong.http.service import Service


class ClientBody(BaseModel):
    """The calling system as the bus knows it."""

    client: str = Field(description="Its name.", examples=["counter-app"])
    scopes: list[str] = Field(description="What it may do.", examples=[["counter-checks", "inbox:portal"]])
    rate: str = Field(description="How often it may call.", examples=["50/s"])
    expires: datetime | None = Field(description="Until when it is accepted (UTC); null for no end.")
    recording: bool = Field(description="True where the ledger is that of a recording, not of real events.")


def router(service: Service) -> APIRouter:
    """The paths."""
    api = APIRouter(prefix="/v1", tags=["client"])

    @api.get("/client", summary="Who the caller is to the bus", responses=CALLED, response_model=ClientBody)
    async def client(found: Annotated[Client, Depends(caller(service))]) -> Any:
        """Use it to try a key: it needs no scope and changes nothing."""
        return ClientBody(
            client=found.name,
            scopes=list(found.scopes),
            rate=str(found.rate),
            expires=found.expires_at,
            recording=service.is_recording,
        )

    return api
