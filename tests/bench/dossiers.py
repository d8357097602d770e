"""The input of every side of the comparison: dossiers of about 0.6 kB and a register of 40,000 civil servants.

A dossier is a version as iGate shows it, without the parts no route reads. Every fourth filer is in the register.
"""

from collections.abc import Iterator
from typing import Any

TYPE = "igate.dossier"
REGISTERED = 40_000
PEOPLE = 4 * REGISTERED

_PROCEDURES = (
    ("1.001193", "Đăng ký khai sinh"),
    ("1.000656", "Đăng ký khai tử"),
    ("2.000815", "Chứng thực bản sao từ bản chính"),
    ("1.004222", "Đăng ký thường trú"),
)
_CHANNELS = ("Trực tiếp", "Trực tuyến", "Bưu chính công ích")
_LEVELS = ("Một phần", "Toàn trình")


def identity(person: int) -> str:
    """The identity number of an invented person; persons below `REGISTERED` are civil servants."""
    return f"052{person:09d}"


def dossier(number: int) -> dict[str, Any]:
    """The dossier of that number: each has another code, and it is the same every time."""
    procedure, name = _PROCEDURES[number % len(_PROCEDURES)]
    commune = number % 159
    day = f"2023-11-{number % 28 + 1:02d}"
    return {
        "code": f"000.{commune % 60:02d}.35.H08-231115-{number:07d}",
        "procedure": {"code": f"{procedure}.000.00.00.H08", "translate": name},
        "procedureLevel": {"name": _LEVELS[number % 2]},
        "dossierStatus": {"id": 2, "name": "Đang xử lý"},
        "agency": {"code": f"000.{commune % 60:02d}.35.H08", "name": f"Bộ phận Một cửa xã số {commune}"},
        "applyMethod": {"name": _CHANNELS[number % 3]},
        "appliedDate": f"{day}T01:46:00.000+0000",
        "acceptedDate": f"{day}T02:10:00.000+0000",
        "appointmentDate": "2023-12-15T01:46:00.000+0000",
        "applicant": {"data": {"identityNumber": identity(number * 7919 % PEOPLE), "fullname": "Nguyễn Văn Mẫu"}},
        "accepter": {"fullname": "Võ Thu Mai"},
    }


def register() -> Iterator[dict[str, Any]]:
    """Each civil servant's one period of service, as the data store's table of them keeps it."""
    for person in range(REGISTERED):
        yield {
            "staff_no": f"CB{person:06d}",
            "starts_on": "2015-06-01",
            "identity": identity(person),
            "old_identity": None,
            "category": "CC",
            "agency": f"000.{person % 60:02d}.35.H08",
            "agency_name": None,
            "position": None,
            "ends_on": None,
            "updated_at": "2023-10-01T00:00:00.000000Z",
            "observed_at": "2023-10-01T00:00:00.000000Z",
            "event_id": f"register-{person}",
        }
