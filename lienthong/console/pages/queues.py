"""Queues: what waits at which stage, since when, until when, and who works on it."""

from collections.abc import Mapping

from starlette.responses import Response

from lienthong.console.rendering import render, see_other
from lienthong.console.visit import Visit
from lienthong.errors import LienthongError, WrongUse
from lienthong.messages import message
from lienthong.operations.queues import BrokerQueue, StageLoad, broker_queues, overview
from lienthong.operations.set_aside import open_set_aside
from lienthong.operations.stage_sentences import stage_sentences
from lienthong.runtime.brokers import on_rabbitmq


def show(visit: Visit) -> Response:
    """Every stage; then what the broker has set aside."""
    storage, endpoints = visit.storage, visit.context.endpoints
    broker, silent = _broker(visit)
    found = overview(storage.ledger, broker, storage.status_board, visit.now)
    aside = {} if silent else open_set_aside(endpoints.broker, endpoints.data).counts()
    return render(visit, "queues.html", found=found, silent=silent, aside=aside, sentences=stage_sentences)


def loads_of(visit: Visit) -> Mapping[str, StageLoad]:
    """By stage, its open work, without the broker."""
    storage = visit.storage
    return {load.status.stage: load for load in overview(storage.ledger, {}, storage.status_board, visit.now).stages}


def resume(visit: Visit) -> Response:
    """Ask every process that halted a stage to go on with it."""
    stage = visit.part("stage")
    if not visit.storage.status_board.request_resume(stage, str(visit.actor)):
        raise WrongUse(message("The stage {stage} is not halted; see `lienthong queues`.", stage=stage))
    return see_other("/queues")


def _broker(visit: Visit) -> tuple[Mapping[str, BrokerQueue], str]:
    """The broker's queues, and why it does not answer."""
    if not on_rabbitmq(visit.context.endpoints):
        return {}, ""
    try:
        return broker_queues(visit.context.endpoints.broker, visit.settings), ""
    except LienthongError as error:
        return {}, str(error)
