"""`POST /v1/questions/{question}/answer`: an officer's system answers a question (hỏi đáp) of the national portal."""

from datetime import datetime
from typing import Annotated, Literal

from lienthong import LongText, Personal, Text
from schemas.requests.fields import Moment
from schemas.shapes import Shape

TYPE = "question-answer.v1"


class Question(Shape):
    """The answer to `question`, which is the question's code on the portal (HOIDAPID).

    `answered_by` and `position` are published beside it. Without `answered_at` it is the moment of the call.
    """

    question: Text
    text: LongText
    answered_by: Annotated[Text, Personal("name")]
    position: Text | None = None
    answered_at: Moment | None = None


class Answer(Shape):
    """The answer is recorded and goes to the portal. `agency` is the one that is competent for the question.

    `state` is that of the question before this answer: a further answer replaces the one before it.
    """

    answer_id: str
    question: str
    agency: str | None = None
    state: Literal["open", "answered", "published"]
    answered_at: datetime
