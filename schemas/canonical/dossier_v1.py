"""`dossier.v1`: one observed version of a one-stop dossier (hồ sơ thủ tục hành chính)."""

import operator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from lienthong import Personal
from schemas.shapes import Identity, PersonName, Shape

TYPE = "dossier.v1"

Channel = Literal["in_person", "online", "post"]
"""How the dossier was filed (KenhThucHien: 1 trực tiếp, 2 trực tuyến, 3 bưu chính công ích)."""

OnlineLevel = Literal["information", "partial", "full"]
"""The level of the online service: cung cấp thông tin, một phần (mức độ 3), toàn trình (mức độ 4)."""


FiledOn = Literal["portal", "province"]
"""Where it was filed (NoiNopHoSo: 1 Cổng Dịch vụ công quốc gia, 2 the province's or a ministry's own system)."""


class CivilServantTag(Shape):
    """The filer as a civil servant on the day of acceptance, by the CCVC register; never holds the identity number."""

    staff_no: str
    agency: str
    category: str


class Component(Shape):
    """One paper of the dossier (thành phần hồ sơ) as the national portal counts it."""

    digitised: bool
    reused: bool
    from_store: bool


class Supplement(Shape):
    """A request to supplement the dossier, and when the supplement came. `number` counts from 1."""

    number: int
    requested_at: datetime | None = None
    received_at: datetime | None = None


class Dossier(Shape):
    """One version of a dossier. Instants are UTC. Versions are ordered by `updated_at`, then by `observed_at`.

    - `updated_at` is never later than `observed_at`: what is dated later counts as changed when it was seen, and
      `quality` flags it. A version that returns to an earlier content is ordered by `observed_at` alone.
    - `code` is opaque and never changes, not even when the dossier is supplemented (QĐ 27/2020).
    - `procedure` is the national procedure code: the first two groups.
    - `identity` is the filer's cleaned number, None when unknown; `quality` then has the flag `identity-unknown`.
    - `fee` to `supplements` come from the national portal only and are None elsewhere.
    - `applicant`, `phone`, `email`: who is informed about the dossier, as the source writes them, only cleaned.
    - `source_notifies`: whether the source tells the applicant itself (iGate's mustSendSMSToApplicant).
    - `other_code`: the code that the other system has for this dossier, when it differs: iGate's nationCode, the
      portal's MaHoSoKhac or MaHoSoDonVi.
    - `assisted_by`: the body that helped to file it, such as DOAN_THANH_NIEN (iGate's extend.donViHoTro); absent where
      the filer had no help.
    - `other_identity`: the second number of the same person, old (CMND) or new (CCCD), where the dossier states one of
      each; absent elsewhere.
    """

    code: str
    procedure: str
    procedure_name: str | None = None
    online_level: OnlineLevel | None = None
    channel: Channel | None = None
    status: int | None = None
    agency: str | None = None
    agency_name: str | None = None
    officer: PersonName = None
    identity: Identity = None
    submitted_at: datetime | None = None
    accepted_at: datetime | None = None
    appointment_at: datetime | None = None
    completed_at: datetime | None = None
    returned_at: datetime | None = None
    updated_at: datetime
    observed_at: datetime
    civil_servant: CivilServantTag | None = None
    quality: tuple[str, ...] = ()

    fee: int | None = None
    online_payment: int | None = None
    result_file: bool | None = None
    components: tuple[Component, ...] | None = None
    vneid_authenticated: bool | None = None
    filed_on: FiledOn | None = None
    rejected_at: datetime | None = None
    supplements: tuple[Supplement, ...] | None = None

    applicant: PersonName = None
    phone: Annotated[str | None, Personal("phone")] = None
    email: Annotated[str | None, Personal("email")] = None
    source_notifies: bool | None = None
    other_code: str | None = None
    assisted_by: str | None = Field(None, exclude_if=operator.not_)
    other_identity: Identity = Field(None, exclude_if=operator.not_)
