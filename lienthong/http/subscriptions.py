"""`/v1/subscriptions`: a client manages subscriptions of its own. `/v1/events`: it fetches what one of them has."""

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from lienthong.access.clients import Client
from lienthong.errors import WrongUse
from lienthong.http.callers import caller
from lienthong.http.document import CALLED, problems
from lienthong.http.service import Service
from lienthong.http.subscription_problems import refused
from lienthong.http.subscription_shapes import EventsBody, NewSubscriptionBody, SubscriptionBody, SubscriptionsBody
from lienthong.messages import message
from lienthong.operations import subscriptions as operations
from lienthong.operations.access_acts import Act
from lienthong.operations.pulling import MAX_LIMIT, Puller
from lienthong.operations.subscription_standing import SETTLING, stand, standing_json
from lienthong.operations.subscriptions import SubscriptionStore, Wanted
from lienthong.operations.webhook_acts import require_webhook
from lienthong.runtime.subscriptions import make_look_note, make_selection, store_of
from lienthong.runtime.webhooks import seek_consent
from lienthong.subscriptions.model import MANAGES, NoSuchSubscription, State

MOST = 20
"""Subscriptions that one client may have."""

LOOK_SECONDS = 0.25
LONGEST_WAIT = 30

Name = Annotated[str, Path(pattern="^[a-z0-9-]{1,60}$", description=message("The name of the subscription."))]


def router(service: Service) -> APIRouter:
    """The paths. What they need is opened at the first call."""
    api = APIRouter(prefix="/v1", tags=["subscriptions"], responses=CALLED)
    office = Office(service)
    found = Depends(caller(service, MANAGES))
    needs: dict[str, Any] = {"security": [{"key": [MANAGES]}]}

    @api.post(
        "/subscriptions",
        summary=message("Subscribe to event types"),
        status_code=201,
        response_model=SubscriptionBody,
        responses=problems(409),
        openapi_extra=needs,
    )
    async def add(wanted: NewSubscriptionBody, client: Annotated[Client, found]) -> Any:
        shown = await office.call(office.add, wanted, client.name)
        return JSONResponse(shown, 201, headers={"Cache-Control": "no-store"})

    @api.get(
        "/subscriptions",
        summary=message("The subscriptions of the caller, and how each stands"),
        response_model=SubscriptionsBody,
        openapi_extra=needs,
    )
    async def list_all(client: Annotated[Client, found]) -> Any:
        return JSONResponse({"subscriptions": await office.call(office.list, client.name)})

    @api.get(
        "/subscriptions/{name}",
        summary=message("One subscription of the caller"),
        response_model=SubscriptionBody,
        responses=problems(404),
        openapi_extra=needs,
    )
    async def show(name: Name, client: Annotated[Client, found]) -> Any:
        return JSONResponse(await office.call(office.show, name, client.name))

    @api.delete(
        "/subscriptions/{name}",
        summary=message("Remove a subscription; what waits for it is not held any more"),
        status_code=204,
        responses=problems(404),
        openapi_extra=needs,
    )
    async def remove(name: Name, client: Annotated[Client, found]) -> Response:
        await office.call(office.remove, name, client.name)
        return Response(status_code=204)

    def add_change(word: str, state: State, summary: str) -> None:
        async def change(name: Name, client: Annotated[Client, found]) -> Any:
            return JSONResponse(await office.call(office.change, name, client.name, state))

        api.add_api_route(
            f"/subscriptions/{{name}}/{word}",
            change,
            methods=["POST"],
            name=word,
            summary=summary,
            response_model=SubscriptionBody,
            responses=problems(404, 409),
            openapi_extra=needs,
        )

    add_change("pause", "paused", message("Deliver nothing for a while; events are held"))

    @api.post(
        "/subscriptions/{name}/handshake",
        summary=message("Ask the receiver of a webhook for its consent, once more"),
        response_model=SubscriptionBody,
        responses=problems(404, 409),
        openapi_extra=needs,
    )
    async def handshake(name: Name, client: Annotated[Client, found]) -> Any:
        return JSONResponse(await office.call(office.handshake, name, client.name))

    add_change("resume", "active", message("Go on with a subscription that is paused or has ended"))

    @api.get(
        "/events",
        summary=message("Fetch the next events of a subscription `pull`"),
        description=message(
            "`after` acknowledges everything before it: it never comes again. Without it, nothing is acknowledged, and "
            "the same events come. Keep the cursor with what you made of the events, and send it with the next call. "
            "An event may come twice when your system ends between the two: know it by its `id`."
        ),
        response_model=EventsBody,
        responses=problems(404, 409),
        openapi_extra=needs,
    )
    async def events(
        client: Annotated[Client, found],
        subscription: Annotated[
            str, Query(pattern="^[a-z0-9-]{1,60}$", description=message("The name of the subscription."))
        ],
        after: Annotated[
            str | None,
            Query(
                pattern="^[0-9a-f-]{1,40}[.][0-9]{1,18}[.][0-9]{1,9}$",
                description=message("The cursor of the last reply whose events are kept."),
            ),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description=message("Events at most."))] = 100,
        wait: Annotated[
            int, Query(ge=0, le=LONGEST_WAIT, description=message("Seconds to wait for an event where there is none."))
        ] = 0,
    ) -> Response:
        return await office.pull(subscription, client.name, after, limit=limit, wait=wait)

    return api


class Office:
    """The acts behind the paths."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._opened: tuple[SubscriptionStore, Puller] | None = None

    async def call(self, act: Any, *given: Any) -> Any:
        """Act in a thread. Raises the problem of a refusal."""
        try:
            return await run_in_threadpool(act, *given)
        except (NoSuchSubscription, WrongUse) as error:
            raise refused(error) from None

    def add(self, wanted: NewSubscriptionBody, client: str) -> dict[str, Any]:
        store, act = self._store, Act(client)
        existing = [one for one in store.subscriptions.list() if one.client == client]
        if len(existing) >= MOST:
            raise NoSuchSubscription(message("a client has at most {most} subscriptions", most=MOST))
        one = operations.add_subscription(store, Wanted(client=client, **wanted.as_wanted()), act=act)
        if one.channel == "webhook":
            one = seek_consent(store, one, act=act)
        return self._view(one) | ({"secret": one.secret} if one.secret else {})

    def list(self, client: str) -> list[dict[str, Any]]:
        return [self._view(one) for one in self._store.subscriptions.list() if one.client == client]

    def show(self, name: str, client: str) -> dict[str, Any]:
        return self._view(operations.require(self._store, name, client=client))

    def remove(self, name: str, client: str) -> None:
        operations.require(self._store, name, client=client)
        operations.remove_subscription(self._store, name, act=Act(client))

    def change(self, name: str, client: str, state: State) -> dict[str, Any]:
        operations.require(self._store, name, client=client)
        operations.change_state(self._store, name, state, act=Act(client))
        return self.show(name, client)

    def handshake(self, name: str, client: str) -> dict[str, Any]:
        operations.require(self._store, name, client=client)
        seek_consent(self._store, require_webhook(self._store, name), act=Act(client))
        return self.show(name, client)

    async def pull(self, name: str, client: str, after: str | None, *, limit: int, wait: int) -> Response:
        """The reply, as soon as there are events, and at the latest after `wait` seconds."""
        puller, until = self._puller, time.monotonic() + wait
        if after is not None:
            await self.call(puller.acknowledge, name, client, after)
        while True:
            pulled = await self.call(puller.read, name, client, limit)
            if pulled.events or pulled.more or time.monotonic() >= until or self._service.draining.is_set():
                break
            await asyncio.sleep(LOOK_SECONDS)
        events = b",".join(one.body for one in pulled.events)
        more = b"true" if pulled.more else b"false"
        body = b'{"events":[%s],"cursor":"%s","more":%s}' % (events, pulled.cursor.encode(), more)
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})

    def _view(self, one: Any) -> dict[str, Any]:
        store = self._store
        standing = stand(one, store.announcements, store.announcements.settled(SETTLING))
        return standing_json(standing, store.clock.now())

    @property
    def _store(self) -> SubscriptionStore:
        return self._open()[0]

    @property
    def _puller(self) -> Puller:
        return self._open()[1]

    def _open(self) -> tuple[SubscriptionStore, Puller]:
        if self._opened is None:
            store = store_of(self._service.storage, self._service.endpoints)
            puller = Puller(
                store, lambda one: make_selection(one, store.settings, store.clients), make_look_note(store.clock)
            )
            self._opened = store, puller
        return self._opened
