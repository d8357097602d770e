"""Answers to questions (hỏi đáp), as officers' systems give them."""

from collections.abc import Sequence
from datetime import datetime

from lienthong import Envelope, Found, Rejected, clean_text
from schemas.requests.question_answers import Answer
from transforms.moments import CLOCK_SKEW


def keys(envelope: Envelope) -> Sequence[str]:
    """The code of the question that is answered."""
    return (clean_text(envelope.data["question"]),)


def answer(envelope: Envelope, found: Found) -> Envelope | None:
    """Take the answer on; None when the question is not known. `found` has the question as the data store has it.

    Raises `Rejected` for a moment that lies in the future.
    """
    data = envelope.data
    code = keys(envelope)[0]
    question = found.get(code)
    if question is None:
        return None
    given = data.get("answered_at")
    answered_at = datetime.fromisoformat(given) if given else envelope.time
    if answered_at > envelope.time + CLOCK_SKEW:
        raise Rejected("thời điểm trả lời ở tương lai", field="answered_at")
    answered = Answer(
        answer_id=envelope.id,
        question=code,
        agency=question["agency"],
        state=question["state"],
        answered_at=answered_at,
    )
    more = {"question": code, "addressed_to": question["addressed_to"], "answer": answered.to_data()}
    return envelope.with_data(envelope.type, {**data, **more})
