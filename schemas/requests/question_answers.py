"""`POST /v1/questions/{question}/answer`: an officer's system answers a question (hỏi đáp) of the national portal."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from lienthong import Personal
from schemas.shapes import Shape

TYPE = "question-answer.v1"


class Question(Shape):
    """The answer to `question`, which is the question's code on the portal (HOIDAPID).

    `answered_by` and `position` are published beside it. Without `answered_at` it is the moment of the call.
    """

    question: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    answered_by: Annotated[str, StringConstraints(min_length=1, max_length=200), Personal("name")]
    position: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    answered_at: AwareDatetime | None = None


class Answer(Shape):
    """The answer is recorded and goes to the portal. `agency` is the one that is competent for the question.

    `state` is that of the question before this answer: a further answer replaces the one before it.
    """

    answer_id: str
    question: str
    agency: str | None = None
    state: Literal["open", "answered", "published"]
    answered_at: datetime
