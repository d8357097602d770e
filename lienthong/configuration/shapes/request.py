"""The shape of a file of config/requests/."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from lienthong.access.clients import is_scope
from lienthong.configuration.shapes.fields import FileShape, NameOf, RefusingValidator, ShortWait, Text
from lienthong.messages import Message, message, msgid
from lienthong.settings import Method

PATH_PATTERN = r"(/([A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[A-Za-z_][A-Za-z0-9_]*\}))+"
"""Whole steps, each a word or one field in braces; no empty step and no `/` at the end."""


SCOPE_PATTERN = r"[a-z0-9][a-z0-9-]{0,61}(:[a-z0-9][a-z0-9-]{0,61})?"


def _refused(advice: Message) -> PydanticCustomError:
    return PydanticCustomError("refused", "refused", {"advice": advice})


def _check_scope(value: Any) -> Any:
    if isinstance(value, str) and value and not is_scope(value):
        raise _refused(message("write a scope such as `counter-checks`, of a-z, 0-9 and -"))
    return value


Scope = Annotated[Text, BeforeValidator(_check_scope), RefusingValidator()]


class RequestFile(FileShape):
    description: Text | None = Field(
        None,
        description=msgid("What it is for, in a sentence. `lienthong explain` and the HTTP document show it."),
        examples=["Người nộp hồ sơ có phải là cán bộ, công chức, viên chức không"],
    )
    enabled: bool = Field(
        True,
        description=msgid("false: the file is checked but nothing can be asked there."),
        examples=[False],
    )
    path: Text = Field(
        description=msgid("Where it is asked over HTTP. `{field}` in it is a field of the question."),
        examples=["/v1/counter-checks"],
    )
    method: Method = Field(
        "POST",
        description=msgid(
            "`POST`: the question is the body, as JSON. `GET`: all its fields stand in the path and in the query, so "
            "it is not for personal data."
        ),
        examples=["GET"],
    )
    accepts: Annotated[Text, NameOf("schema class")] = Field(
        description=msgid("The full name of the pydantic class of the question."),
        examples=["schemas.requests.counter_checks.Question"],
    )
    answers: Annotated[Text, NameOf("schema class")] = Field(
        description=msgid("The full name of the pydantic class of the answer, which the steps leave in `data.answer`."),
        examples=["schemas.requests.counter_checks.Answer"],
    )
    within: ShortWait = Field(
        description=msgid(
            "The time in which it is answered, at most 60s. Later, the caller receives status 503 and asks again."
        ),
        examples=["2s"],
    )
    scope: Scope | None = Field(
        None,
        description=msgid(
            "What a client needs to ask (`lienthong access client add --scope`). Without it: any client."
        ),
        examples=["counter-checks"],
    )
    type: Text = Field(
        description=msgid("The event type of the question."),
        examples=["counter-check.v1"],
    )
