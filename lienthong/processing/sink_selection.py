"""The sinks of an event on a route whose sinks have conditions: `to: [{sink: NAME, when: CEL}]`."""

from collections.abc import Mapping

from lienthong.envelope import Envelope
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Dropped, Outcome
from lienthong.processing.condition import Condition, Undecided


class SinkSelection:
    """Decides which sinks receive an event. The conditions see the event as it is after the steps of its route.

    `conditions` has every sink stage of the route, in the order of `to`; None means that it receives every event.
    """

    def __init__(self, conditions: Mapping[str, Condition | None]) -> None:
        self._conditions = dict(conditions)

    def outcome(self, envelope: Envelope) -> Outcome:
        """`Done` with the stages that receive the event; `Dropped` when there are none.

        An event that one of the conditions cannot decide is `Dead`: half of its deliveries would be a guess.
        """
        chosen: list[str] = []
        for stage, condition in self._conditions.items():
            try:
                if condition is None or condition.holds(envelope):
                    chosen.append(stage)
            except Undecided as undecided:
                return Dead(_undecided(stage, condition, undecided), undecided.error, undecided.field)
        if not chosen:
            return Dropped(message("no sink of the route receives this event: its conditions `when` are all false"))
        return Done(envelope, to=tuple(chosen))


def _undecided(stage: str, condition: Condition | None, undecided: Undecided) -> str:
    expression = condition.expression if condition else ""
    if undecided.field:
        return message(
            "the condition `when` of `{stage}` cannot be decided: {expression} (the event has no field `{field}`)",
            stage=stage,
            expression=expression,
            field=undecided.field,
        )
    return message(
        "the condition `when` of `{stage}` cannot be decided: {expression} ({error})",
        stage=stage,
        expression=expression,
        error=undecided.error,
    )
