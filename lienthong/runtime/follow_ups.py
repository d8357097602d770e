"""Which sinks hand events back, and what receives and publishes these."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lienthong.configuration.condition_check import compile_condition
from lienthong.intake.follow_ups import FollowUpIntake, FollowUpPublisher
from lienthong.ports import Broker, Clock, Ledger
from lienthong.processing.observe import Observe
from lienthong.processing.stage import Stage
from lienthong.runtime.roles import Role
from lienthong.settings import Settings
from lienthong.topology import route_queue


def with_follow_ups(
    stages: Mapping[str, Stage], settings: Settings, *, broker: Broker, ledger: Ledger, clock: Clock, observe: Observe
) -> Mapping[str, Stage]:
    """The stages, of which the sinks that a route begins with receive what they hand back.

    What another sink hands back is not kept: no route takes it.
    """
    found: dict[str, Stage] = {}
    ports: dict[str, Any] = {"broker": broker, "ledger": ledger, "clock": clock, "observe": observe}
    for name, stage in stages.items():
        taking = {route_queue(route.name): route.when for route in settings.routes_from(name)}
        conditions = {queue: compile_condition(when) for queue, when in taking.items() if when is not None}
        intake = FollowUpIntake(name, tuple(taking), conditions=conditions, **ports)
        found[name] = replace(stage, follow_ups=intake) if taking else stage
    return found


def make_publishers(
    stages: Mapping[str, Stage], settings: Settings, *, broker: Broker, ledger: Ledger, clock: Clock, role: Role
) -> Sequence[FollowUpPublisher]:
    """For durable queues, a publisher for each sink that this process serves and that hands events back."""
    return [
        FollowUpPublisher(
            stage.follow_ups, broker=broker, ledger=ledger, clock=clock, bundle_size=settings.bus.bundle_size
        )
        for stage in stages.values()
        if broker.durable and role.serves(stage.name) and isinstance(stage.follow_ups, FollowUpIntake)
    ]
