"""`POST /v1/documents/match`: which components of a dossier the citizen's store has already."""

from datetime import date
from typing import Literal

from pydantic import Field

from schemas.requests.document_fields import CITIZEN, OFFICER, CitizenId, Kind, Officer, Why
from schemas.requests.fields import Code, Day, both
from schemas.shapes import Shape

TYPE = "document-match.v1"

Outcome = Literal["attach", "choose", "digitise"]

Reason = Literal[
    "one-fits",
    "several-fit",
    "none-counts",
    "none-fits",
    "nothing-replaces-it",
    "component-unknown",
    "procedure-unknown",
]
"""Why a component is attached, chosen or digitised."""


class AskedComponent(Shape):
    """A component by its code in the catalogue (MAGIAYTO). Một thành phần hồ sơ theo mã."""

    code: Code = Field(examples=["G15-HT02-TP01"])


class Question(Shape):
    """Whose documents may stand for which components of which procedure.

    Giấy tờ của ai có thể thay cho những thành phần nào của thủ tục nào.
    """

    citizen_id: CitizenId = Field(description=CITIZEN, examples=["052085001234"])
    procedure: Code = Field(
        description=both("The code of the procedure.", "Mã thủ tục hành chính."), examples=["1.000656.000.00.00.H08"]
    )
    components: tuple[AskedComponent, ...] = Field(min_length=1, max_length=200)
    on: Day | None = Field(
        None, description=both("The day of use; today when left out.", "Ngày sử dụng; để trống là hôm nay.")
    )
    dossier: Code | None = Field(None, description=both("The dossier, once it has a code.", "Mã hồ sơ, nếu đã có."))
    officer: Officer | None = Field(None, description=OFFICER, examples=["Bùi Minh Phúc"])


class Candidate(Shape):
    """A document that fits and counts; `ahead` states by what it comes before the next one.

    Giấy tờ phù hợp và dùng được; `ahead` cho biết vì sao đứng trước giấy tờ kế tiếp.
    """

    document_id: str
    version: int
    digest: str
    kind: Kind
    document_type: str
    result_code: str | None = None
    number: str | None = None
    agency: str | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    ahead: Literal["valid-longer", "issued-later", "result-before-copy", "added-later"] | None = None
    ahead_words: str | None = None


class PassedOver(Shape):
    """A document that fits and does not count, with its reason. Giấy tờ cùng loại nhưng không dùng được, và lý do."""

    document_id: str
    version: int
    kind: Kind
    why: Why
    why_words: str
    superseded_by: int | None = None


class MatchedComponent(Shape):
    """What becomes of a component: attach the one document, choose among several (best first), or digitise the paper.

    Kết quả từng thành phần: đính kèm, chọn trong nhiều giấy tờ (tốt nhất đứng đầu), hoặc số hóa.
    """

    code: str
    outcome: Outcome
    reason: Reason
    reason_words: str
    document_id: str | None = Field(
        None, description=both("The one to attach, or the best.", "Giấy tờ để đính kèm, hoặc gợi ý tốt nhất.")
    )
    candidates: tuple[Candidate, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


class Answer(Shape):
    """One entry for each component, in the order of the question. Mỗi thành phần một kết quả, theo thứ tự hỏi."""

    match_id: str
    procedure: str
    on: date
    components: tuple[MatchedComponent, ...]
