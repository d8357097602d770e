"""What the portal pushes becomes a submission, with what its own content lacks."""

from typing import Any

import pytest

from lienthong.errors import Rejected
from tests.unit.transforms.submitted import CODE, PDF, RECEIVED, event, file, lacking, submission
from transforms.submissions import from_portal


def test_a_dossier_in_order_is_acknowledged_with_the_moment_of_receipt() -> None:
    result = submission()
    data = result.data
    assert result.type == "submission.v1"
    assert (data["outcome"], data["lacking"], data["quality"]) == ("acknowledged", [], [])
    assert (data["received_at"], data["submitted_at"]) == ("2024-01-08T05:54:03Z", "2024-01-08T05:54:00Z")
    assert (data["code"], data["agency"], data["procedure"]) == (CODE, "000.00.34.H08", "1.001612")
    assert (data["applicant"], data["identity"], data["account"]) == ("ĐẶNG MINH NGHĨA", "052062643120", "TK0000642")
    assert data["level"] == 2
    assert result.time.isoformat() == "2024-01-08T05:54:00+00:00"
    first = data["files"][0]
    assert (first["component"], first["bytes"], len(first["digest"])) == ("TP1", len(PDF), 64)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ChuHoSo": " "}, ("field-missing", "ChuHoSo")),
        ({"MaTTHC": None}, ("field-missing", "MaTTHC")),
        ({"NgayNopHoSo": ""}, ("field-missing", "NgayNopHoSo")),
        ({"NgayNopHoSo": "20241399"}, ("field-unreadable", "NgayNopHoSo")),
        ({"TaiLieuNop": [file(Base64="JVBERi0xLjQ*hỏng*")]}, ("file-unreadable", "TP1")),
        ({"TaiLieuNop": [file(Base64=None)]}, ("file-missing", "TP1")),
        ({"TepDonDangKy": "*"}, ("file-unreadable", "Đơn đăng ký.pdf")),
    ],
)
def test_what_its_content_lacks_is_named(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    result = submission(**fields)
    assert lacking(result) == [expected]
    assert result.data["outcome"] == "lacking"
    assert all(each["message"].endswith(".") for each in result.data["lacking"])


def test_without_a_code_no_answer_could_name_it() -> None:
    with pytest.raises(Rejected) as rejected:
        from_portal(event(MaHoSo=""))
    assert rejected.value.field == "MaHoSo"


def test_a_supplement_keeps_the_code_and_shows_its_history() -> None:
    request = {"HoSoBoSungId": 1, "NoiDungBoSung": "Bổ sung giấy báo tử", "NgayBoSung": "2024-01-09T09:30:00"}
    came = {**request, "NgayTiepNhanBoSung": "20240110080000", "DanhSachGiayToBoSung": [file("TP3")]}
    result = submission(DanhSachHoSoBoSung=[came, {**request, "NgayBoSung": "?"}])
    assert result.subject == result.data["code"] == CODE
    first, second = result.data["supplements"]
    assert (first["number"], first["requested_at"]) == (1, "2024-01-09T02:30:00Z")
    assert (first["received_at"], first["request"]) == ("2024-01-10T01:00:00Z", "Bổ sung giấy báo tử")
    assert (second["number"], second["requested_at"], second["received_at"]) == (2, None, None)
    assert [each["component"] for each in result.data["files"]] == ["TP1", "TP2", "TP3"]


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"MaHoSo": "1"}, "code-unusual"),
        ({"KenhThucHien": "1"}, "channel-unusual"),
        ({"DinhDanhCHS": [{"LoaiDinhDanh": 2, "SoDinhDanh": "000000001"}]}, "identity-unknown"),
        ({"TaiKhoanDuocXacThucVoiVNeID": None}, "level-unknown"),
        ({"TaiLieuNop": "?"}, "shape-unclear"),
    ],
)
def test_what_is_unusual_is_flagged_and_not_held_against_the_filer(fields: dict[str, Any], flag: str) -> None:
    result = submission(**fields)
    assert result.data["quality"] == [flag]
    assert result.data["outcome"] == "acknowledged"


def test_a_notice_of_a_sales_promotion_has_fields_of_its_own() -> None:
    result = submission(
        ChuHoSo=None,
        TenThuongNhan="CÔNG TY MẪU",
        DienThoai="02560000000",
        SoDienThoai=None,
        DiaChiDoanhNghiep={"MaTinh": "52"},
        DinhDanhCHS=None,
        TaiLieuNop=[{"TenTepDinhKem": "Thể lệ.pdf", "Base64": file()["Base64"]}],
    )
    assert (result.data["applicant"], result.data["phone"]) == ("CÔNG TY MẪU", "02560000000")
    assert result.data["lacking"] == []


def test_a_moment_of_receipt_is_that_of_the_bus_whatever_the_portal_states() -> None:
    assert submission(NgayTiepNhan="20300101000000").data["received_at"] == f"{RECEIVED:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("broken", [{"Base64": "*"}, {"Base64": None}])
def test_a_sound_file_of_a_supplement_cures_the_broken_one_of_its_component(broken: dict[str, Any]) -> None:
    def lacks(*rounds: list[dict[str, Any]]) -> list[Any]:
        came = [{"HoSoBoSungId": 1, "DanhSachGiayToBoSung": rows} for rows in rounds]
        result = submission(TaiLieuNop=[file("TP1", **broken), file("TP2")], DanhSachHoSoBoSung=came)
        return [component for _, component in lacking(result)]

    assert lacks([file("TP1")]) == lacks([file("TP1", **broken)], [file("TP1")]) == []
    assert lacks([file("TP2")]) == lacks([file(None)]) == ["TP1"]
    assert lacks([file("TP1", IsDeleted="True")]) == ["TP1"]
    assert lacks([file("TP1")], [file("TP1", **broken)]) == ["TP1"]
