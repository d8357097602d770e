"""`POST /v1/documents` and `POST /v1/documents/{document_id}/versions`: a file with a signature comes into the store.

Công văn 393/UBND-KSTT (22/3/2024): ".PDF và được ký bằng chứng thư số được cấp bởi Ban cơ yếu". A wrong upload is
replaced, and the old version stays.
"""

from typing import Literal

from pydantic import Field

from lienthong import FileAnswer, UploadedFile
from schemas.requests.document_fields import CITIZEN, OFFICER, CitizenId, Kind, Officer, Verdict
from schemas.requests.fields import Code, Day, both
from schemas.shapes import Shape

TYPE = "document-upload.v1"
VERSION_TYPE = "document-version.v1"
CORRECTION_TYPE = "document-correction.v1"


class _Dated(Shape):
    """What stands on a document, and may be another thing on its next version."""

    file: UploadedFile
    number: Code | None = Field(
        None, description=both("The number on it.", "Số, ký hiệu trên giấy tờ."), examples=["12/TLKS-BS"]
    )
    issued_on: Day | None = Field(None, description=both("Its date.", "Ngày cấp."), examples=["2024-03-12"])
    valid_until: Day | None = Field(
        None,
        description=both(
            "Its last day; when left out, by the rule of its type, or without end.",
            "Ngày cuối còn hiệu lực; để trống thì theo quy định của loại giấy tờ, hoặc vô thời hạn.",
        ),
    )
    officer: Officer | None = Field(None, description=OFFICER, examples=["Bùi Minh Phúc"])


class Question(_Dated):
    """A document of a citizen, with its file.

    Một giấy tờ của công dân, kèm tệp tin.
    """

    citizen_id: CitizenId = Field(description=CITIZEN, examples=["052085001234"])
    kind: Kind = Field(
        "result",
        description=both(
            "result: what an agency issued (kết quả); certified_copy: an e-certified copy; citizen_supplied: others, "
            "which are kept and not reused.",
            "result: kết quả giải quyết; certified_copy: bản sao chứng thực điện tử; citizen_supplied: giấy tờ khác, "
            "chỉ lưu và không dùng lại.",
        ),
    )
    document_type: Code | None = Field(
        None,
        description=both(
            "What kind of paper it is: for a certified copy the code of the component that it is (MAGIAYTO).",
            "Loại giấy tờ: với bản sao chứng thực là mã giấy tờ trong thành phần hồ sơ (MAGIAYTO).",
        ),
    )
    result_code: Code | None = Field(
        None,
        description=both("The code of the result, which a result must have.", "Mã kết quả, bắt buộc với kết quả."),
        examples=["KQ.G15.000031"],
    )
    agency: Code | None = Field(
        None,
        description=both("The agency that issued it; disputes go there.", "Cơ quan cấp, nơi nhận phản ánh."),
        examples=["H08.17"],
    )
    dossier: Code | None = Field(
        None, description=both("The dossier that it is the result of.", "Mã hồ sơ có kết quả này.")
    )


class VersionQuestion(_Dated):
    """Another file of a document. It takes the place of the one before it once its signatures hold.

    Phiên bản khác của giấy tờ; thay phiên bản trước khi chữ ký số được chấp nhận.
    """

    document_id: Code


class CorrectionQuestion(_Dated):
    """The file that is right, from the agency that issued the document, while its dispute is open.

    Tệp tin đúng, do cơ quan cấp giấy tờ đưa vào khi phản ánh đang được kiểm tra.
    """

    dispute_id: Code


class Answer(Shape):
    """The document that has the file. 201: added; 200: the citizen had the file before; 202: kept, and not offered yet.

    Giấy tờ có tệp tin này. 201: đã thêm; 200: đã có từ trước; 202: được lưu nhưng chưa dùng được.
    """

    document_id: str
    version: int
    digest: str
    state: Literal["offered", "kept"] = Field(
        description=both(
            "kept: its signatures could not be judged yet; they are judged again.",
            "kept: chưa kết luận được chữ ký số; sẽ kiểm tra lại.",
        )
    )
    verdict: Verdict = Field(description=both("The verdict on its signatures.", "Kết luận về chữ ký số của tệp tin."))


class Content(FileAnswer):
    """The file. Tệp tin."""
