"""The shape of a file of routes/."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from lienthong.configuration.shapes.fields import (
    ConditionText,
    Count,
    Duration,
    FileShape,
    NameOf,
    Parameters,
    Rung,
    ShortForm,
    ShortWait,
    Text,
)
from lienthong.messages import msgid


class RetryFile(FileShape):
    rungs: list[Annotated[Duration, Rung()]] | None = Field(
        None,
        description=msgid(
            "The waits between attempts, ascending; each one stands on the ladder of config/bus.yaml. "
            "Without it, the whole ladder. After the last rung, the last one repeats."
        ),
        examples=[["5s", "30s", "2m"]],
    )
    attempts: Count | None = Field(
        None,
        description=msgid(
            "Attempts before the event is parked as a dead letter; the first one counts. "
            "Without it, one more than there are rungs."
        ),
        examples=[5],
    )
    limit: Duration | None = Field(
        None,
        description=msgid("How long an event is retried at most, whatever `attempts` allows. Without it, 24h."),
        examples=["12h"],
    )


class StepFile(FileShape):
    apply: Annotated[Text, NameOf("transform")] | None = Field(
        None,
        description=msgid(
            "The full name of a function of (envelope). It returns the event in its next shape, or None to drop it."
        ),
        examples=["transforms.letters.canonical"],
    )
    enrich: Annotated[Text, NameOf("enrichment")] | None = Field(
        None,
        description=msgid(
            "The full name of a function of (envelope, found), where `found` holds what the lookup answered."
        ),
        examples=["transforms.letters.addressee"],
    )
    keys: Annotated[Text, NameOf("keys function")] | None = Field(
        None,
        description=msgid(
            "With `enrich`: the full name of a function of (envelope) that returns the keys to look up, "
            "an empty list for none."
        ),
        examples=["transforms.letters.addresses"],
    )
    lookup: Annotated[Text, NameOf("lookup")] | None = Field(
        None,
        alias="from",
        description=msgid(
            "With `enrich`: the name of a file of config/lookups/. It is queried once for all events of a bundle."
        ),
        examples=["residents"],
    )
    budget: ShortWait | None = Field(
        None,
        description=msgid(
            "With `enrich`: how long the answer of the lookup is waited for, at most 60s. An answer that does not come "
            "in time is `NotKnown` in `found`. Without it, the events wait until the lookup answers."
        ),
        examples=["300ms"],
    )
    parameters: Parameters = Field(
        default_factory=dict,
        alias="with",
        description=msgid("Parameters of the function, by name; they are checked against its annotations."),
        examples=[{"kinds": "kinds"}],
    )


class TargetFile(FileShape):
    sink: Annotated[Text, NameOf("sink")] = Field(
        description=msgid("The name of a file of config/sinks/."), examples=["archive"]
    )
    when: Annotated[str, ConditionText()] | None = Field(
        None,
        description=msgid(
            "A condition in CEL over the event after the steps (type, source, subject, data). "
            "The sink receives only events for which it is true; an event that no sink receives is dropped."
        ),
        examples=['data.kind == "card"'],
    )


class OriginFile(FileShape):
    source: Annotated[Text, NameOf("source")] | None = Field(
        None,
        description=msgid("The name of a file of config/sources/: the route receives what its polls show."),
        examples=["office"],
    )
    inbox: Annotated[Text, NameOf("inbox")] | None = Field(
        None,
        description=msgid("The name of a file of config/inboxes/: the route receives what is pushed to it."),
        examples=["portal"],
    )
    request: Annotated[Text, NameOf("request")] | None = Field(
        None,
        description=msgid("The name of a file of config/requests/: the route answers what is asked there."),
        examples=["counter-checks"],
    )
    schedule: Annotated[Text, NameOf("schedule")] | None = Field(
        None,
        description=msgid("The name of a file of config/schedules/: the route receives an event for each due moment."),
        examples=["monthly-report"],
    )
    sink: Annotated[Text, NameOf("sink")] | None = Field(
        None,
        description=msgid(
            "The name of a file of config/sinks/: the route receives what this sink hands back about its deliveries."
        ),
        examples=["archive"],
    )


def _name_or_mapping(key: str, shape: type[FileShape]) -> Callable[[Any], Any]:
    """A validator for which a name alone is the value of `key`."""

    def read(value: Any) -> Any:
        if isinstance(value, str):
            return {key: value}
        if isinstance(value, dict | shape):
            return value
        raise PydanticCustomError("string_type", "a name is expected")

    return read


Target = Annotated[TargetFile, BeforeValidator(_name_or_mapping("sink", TargetFile)), ShortForm("sink")]
OneOrigin = Annotated[OriginFile, BeforeValidator(_name_or_mapping("source", OriginFile)), ShortForm("source")]


class RouteFile(FileShape):
    description: Text = Field(
        description=msgid("What the route is for, in a sentence. `lienthong explain` shows it."),
        examples=["Letters become canonical and carry their addressee."],
    )
    origin: OneOrigin = Field(
        alias="from",
        description=msgid(
            "Where the events of the route come from: the name of a source, which is a file of config/sources/, "
            "or `{inbox: NAME}`, `{request: NAME}`, `{schedule: NAME}` or `{sink: NAME}`. Exactly one."
        ),
        examples=["office"],
    )
    after: list[Annotated[Text, NameOf("source or route")]] = Field(
        default_factory=list,
        description=msgid(
            "Sources that must be read once to their end before the source of this route is polled for the first time: "
            "names of files of config/sources/, or of other routes for their sources."
        ),
        examples=[["residents"]],
    )
    when: Annotated[str, ConditionText()] | None = Field(
        None,
        description=msgid(
            "A condition in CEL over the event as it was received (type, source, subject, data). "
            "An event for which it is false is dropped."
        ),
        examples=['data.kind != "secret"'],
    )
    steps: list[StepFile] = Field(
        default_factory=list,
        description=msgid("What is done with each event, in this order. Without steps, events pass as they are."),
        examples=[[{"apply": "transforms.letters.canonical"}]],
    )
    to: list[Target] = Field(
        description=msgid(
            "The sinks that receive the event after the steps: names of files of config/sinks/, "
            "or `{sink: NAME, when: CONDITION}` for a sink that receives only some events. It may be empty (`[]`) in a "
            "route from a request, whose answer goes to the caller, and in a route from a sink with `announce: true`."
        ),
        examples=[["archive", {"sink": "sms", "when": 'data.kind == "card"'}]],
    )
    announce: bool = Field(
        False,
        description=msgid("Whether events that are done are also published to subscribers, as batches of CloudEvents."),
        examples=[True],
    )
    returns: bool = Field(
        False,
        description=msgid(
            "true: what this route brings to a sink was caused by this sink itself, such as the answer to what it "
            "handed back, and the sink ends it. Without it, such a circle is a fault."
        ),
        examples=[True],
    )
    retry: RetryFile = Field(
        RetryFile(),
        description=msgid("How often an event is tried again when a lookup does not answer."),
        examples=[{"attempts": 5, "limit": "12h"}],
    )
    owner: Text | None = Field(
        None,
        description=msgid("The person or unit that takes care of the dead letters of the route."),
        examples=["Tổ một cửa"],
    )
    enabled: bool = Field(
        True,
        description=msgid(
            "false: the route is checked but does not run. Events that arrive meanwhile do not reach it later."
        ),
        examples=[False],
    )
