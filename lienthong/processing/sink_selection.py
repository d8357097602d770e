"""The sinks of an event on a route whose sinks have conditions: `to: [{sink: NAME, when: CEL}]`."""

from collections.abc import Mapping

import orjson

from lienthong.envelope import Envelope
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Outcome
from lienthong.processing.condition import Condition, Undecided


class SinkSelection:
    """Decides which sinks receive an event. The conditions see the event after the steps of its route.

    `conditions` has every sink stage of the route, in the order of `to`; None means that it receives every event.
    """

    def __init__(self, conditions: Mapping[str, Condition | None]) -> None:
        self._conditions = dict(conditions)
        why = message("no sink of the route receives this event: its conditions `when` are all false")
        self._dropped = Dropped(why)  # the same for every event, so it is built once

    def outcome(self, envelope: Envelope) -> Outcome:
        """`Done` with the stages that receive the event; `Dropped` when there are none.

        An event that one of the conditions cannot decide is `Dead`: half of its deliveries would be a guess.
        """
        try:
            # As the sinks will receive it: transforms may leave a moment or a tuple, which JSON does not have.
            received = envelope._replace(data=orjson.loads(orjson.dumps(envelope.data)))
        except TypeError:
            return Dead(message("the steps of the route made data that is no JSON"), "BrokenStep")
        chosen: list[str] = []
        for stage, condition in self._conditions.items():
            if condition is None:
                chosen.append(stage)
                continue
            try:
                if condition.holds(received):
                    chosen.append(stage)
            except Undecided as undecided:
                why = message(
                    "the condition `when` of `{stage}` cannot be decided: {expression} ({why})",
                    stage=stage,
                    expression=condition.expression,
                    why=undecided.why,
                )
                return Dead(why, undecided.error, undecided.field)
        return Done(envelope, to=tuple(chosen)) if chosen else self._dropped
