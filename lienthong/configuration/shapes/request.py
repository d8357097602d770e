"""The shape of a file of config/requests/."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from lienthong.access.clients import is_scope
from lienthong.configuration.shapes.fields import Count, FileShape, NameOf, RefusingValidator, ShortWait, Text
from lienthong.messages import Message, message, msgid
from lienthong.settings import DEFAULT_FILE_BYTES, BodyKind, Method

PATH_PATTERN = r"(/([A-Za-z0-9_~-][A-Za-z0-9._~-]*|\{[A-Za-z_][A-Za-z0-9_]*\}))+"
"""Whole steps, each a word or one field in braces; no empty step and no `/` at the end."""


CODE_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
MEDIA_TYPE_PATTERN = r"^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$"

MOST_FILE_BYTES = 1024 * 1024 * 1024
"""What a caller can send in the time that an upload has."""

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
    body: BodyKind = Field(
        "json",
        description=msgid(
            "What is sent: `json`, or `multipart`: a form with the parts `file` and `metadata` (JSON). The body of the "
            "file is kept first; the question has its digest, in the field `file`."
        ),
        examples=["multipart"],
    )
    max_bytes: Annotated[Count, Field(ge=1, le=MOST_FILE_BYTES)] = Field(
        DEFAULT_FILE_BYTES,
        description=msgid("The largest file that is taken, with `body: multipart`; a larger one is refused with 413."),
        examples=[10_485_760],
    )
    media_types: list[Annotated[str, Field(pattern=MEDIA_TYPE_PATTERN)]] = Field(
        [],
        description=msgid(
            "The media types of files that are taken, with `body: multipart`; others are refused with 415. Without "
            "it: any."
        ),
        examples=[["application/pdf"]],
    )
    statuses: Annotated[list[Literal[200, 201, 202]], Field(min_length=1)] = Field(
        [200],
        description=msgid(
            "The HTTP statuses that an answer may have. The steps choose one in `data.answer_status`; without it: 200."
        ),
        examples=[[200, 201, 202]],
    )
    location: Text | None = Field(
        None,
        description=msgid("The address of what was made, for status 201. `{name}` in it is a field of the answer."),
        examples=["/v1/documents/{document_id}"],
    )
    problems: dict[Annotated[str, Field(pattern=CODE_PATTERN)], Literal[400, 403, 404, 409, 410, 413, 415]] = Field(
        {},
        description=msgid(
            "The refusals that the steps may raise (`NotAccepted`): by code, the HTTP status. Callers tell them apart "
            "by the code."
        ),
        examples=[{"not-signed": 400, "already-disputed": 409}],
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
    access: Literal["key", "open"] = Field(
        "key",
        description=msgid(
            "Who may ask: `key`, a client by its key, or `open`, anybody without one, at a low rate for each address. "
            "So an open request is for what may be public, and has neither `scope` nor a file."
        ),
        examples=["open"],
    )
    type: Text = Field(
        description=msgid("The event type of the question."),
        examples=["counter-check.v1"],
    )
