"""The shape of routes/NAME.cases.yaml: examples of events and of what must become of them."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, ValidatorFunctionWrapHandler, WrapValidator

from lienthong.configuration.shapes.fields import FileShape, NameOf, Text
from lienthong.messages import message, msgid
from lienthong.ports import NotKnown

ExpectedVerdict = Literal["done", "dropped", "refused", "dead"]

NOT_KNOWN = "not-known"
"""Stands for the answers of a lookup that gives none within the budget of its step."""


def _answers_or_none(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if value == NOT_KNOWN:
        return NotKnown(message("the lookup of this case gives no answer in time"))
    return handler(value)


Answers = dict[str, Annotated[dict[str, Any], WrapValidator(_answers_or_none)]]
"""What each lookup answers in a case: lookup → key → value, or `NotKnown`."""


class GivenFile(FileShape):
    type: Text = Field(description=msgid("The type of the event."), examples=["office.letter"])
    subject: str = Field(description=msgid('The natural key of the record; "" when it has none.'), examples=["L-1"])
    received_at: AwareDatetime = Field(
        description=msgid("When the bus received it: date, time and offset."), examples=["2023-11-15T12:00:00+07:00"]
    )
    data: dict[str, Any] = Field(
        description=msgid("The record as the source delivers it."), examples=[{"kind": "card", "address": "1"}]
    )
    time: AwareDatetime | None = Field(
        None,
        description=msgid("The time of the event itself. Without it, `received_at`."),
        examples=["2023-11-15T11:00:00+07:00"],
    )


class ExpectFile(FileShape):
    verdict: ExpectedVerdict = Field(
        description=msgid(
            "What must become of the event at the route: `done`, `dropped` or `dead`. Of a question: `done` is "
            "answered, `dropped` is not known (status 404), `refused` is refused as invalid (status 400)."
        ),
        examples=["done"],
    )
    type: str | None = Field(None, description=msgid("The type after the steps."), examples=["letter.v1"])
    data: dict[str, Any] | None = Field(
        None,
        description=msgid("Keys that the data must have after the steps; keys that are not named here do not matter."),
        examples=[{"to": "Hoa"}],
    )
    to: list[Annotated[Text, NameOf("sink")]] | None = Field(
        None, description=msgid("The sinks that must receive the event, in any order."), examples=[["archive"]]
    )
    field: str | None = Field(
        None,
        description=msgid("For `dead` and `refused`: the field that must be named as the cause."),
        examples=["kind"],
    )
    reason: str | None = Field(
        None,
        description=msgid("For `dropped`, `refused` and `dead`: a text that the reason must contain."),
        examples=["danh mục"],
    )


class CaseFile(FileShape):
    name: Text = Field(
        description=msgid("What the case shows; each name once per file."), examples=["an advert is dropped"]
    )
    given: GivenFile | None = Field(
        None,
        description=msgid("The event."),
        examples=[{"type": "office.letter", "subject": "L-1", "received_at": "2023-11-15T12:00:00+07:00", "data": {}}],
    )
    asked: dict[str, Any] | None = Field(
        None,
        description=msgid("In place of `given`, at a route from a request: the fields of the question."),
        examples=[{"address": "1"}],
    )
    at: AwareDatetime | None = Field(
        None,
        description=msgid("With `asked`: the moment at which it is asked. Without it, 2026-01-01T12:00:00+07:00."),
        examples=["2026-01-30T16:00:00+07:00"],
    )
    client: Text | None = Field(
        None, description=msgid("With `asked`: the name of the client that asks."), examples=["counter"]
    )
    answered: dict[str, Any] | None = Field(
        None,
        description=msgid(
            "With `asked`: keys that the answer must have; keys that are not named here do not matter. "
            "Then the verdict is `done`."
        ),
        examples=[{"to": "Hoa"}],
    )
    expect: ExpectFile | None = Field(
        None,
        description=msgid("What must become of the event. With `answered` it may be left out."),
        examples=[{"verdict": "dropped", "reason": "when"}],
    )
    found: Answers = Field(
        default_factory=dict,
        description=msgid(
            "What each lookup answers in this case: lookup, key, value. A key that is missing is not known. "
            "`not-known` in place of its keys: the lookup gives no answer within the budget of its step."
        ),
        examples=[{"residents": {"1": "Hoa"}}],
    )


class CasesFile(FileShape):
    cases: list[CaseFile] = Field(
        description=msgid(
            "The examples. Every route shows at least one event done, one dropped and one dead; a route from a request "
            "one question that is answered and one that is not."
        ),
        examples=[[]],
    )
