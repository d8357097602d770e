"""What a submission lacks by the catalogue of that day, and by the accounts of the portal."""

import base64
from typing import Any

import pytest

from lienthong.ports import NotKnown
from tests.unit.transforms.submitted import PDF, file, lacking, submission
from transforms.submission_checks import account_key, with_account, with_procedure
from transforms.submissions import procedure_key

TP1 = {"code": "TP1", "name": "Tờ khai", "replaced_by": []}
TP2 = {"code": "TP2", "name": "Giấy khai sinh", "replaced_by": ["KQ.G15.000031"]}


def version(**facts: Any) -> dict[str, Any]:
    return {
        "online_level": "partial",
        "authentication_level": 2,
        "components": [TP1, TP2],
        **facts,
    }


def checked(in_force: dict[str, Any] | None = None, **fields: Any) -> Any:
    """The submission, checked against what is in force on 08/01/2024."""
    found = {} if in_force is None else {"1.001612@2024-01-08": in_force}
    return with_procedure(submission(**fields), found)


def test_a_dossier_with_all_components_is_in_order() -> None:
    result = checked(version())
    assert (result.data["outcome"], result.data["quality"], result.data["level_required"]) == ("acknowledged", [], 2)
    assert procedure_key(submission()) == ["1.001612@2024-01-08"]
    assert procedure_key(submission(MaTTHC="")) == []


def test_a_component_for_which_nothing_came_is_lacking() -> None:
    result = checked(version(), TaiLieuNop=[file("TP1"), file("TP9")])
    assert lacking(result) == [("component-missing", "TP2")]
    assert result.data["lacking"][0]["message"] == "Thiếu thành phần hồ sơ: Giấy khai sinh."


def test_a_result_that_replaces_a_component_counts_for_it() -> None:
    replaced = file("TP9", DuocTaiSuDung="2", MaKetQuaThayThe="KQ.G15.000031", Base64="")
    assert lacking(checked(version(), TaiLieuNop=[file("TP1"), replaced])) == []
    other = file("TP9", DuocTaiSuDung="2", MaKetQuaThayThe="KQ.G15.000099", Base64="")
    assert lacking(checked(version(), TaiLieuNop=[file("TP1"), other])) == [("component-missing", "TP2")]


def test_a_deleted_component_is_lacking_and_one_without_a_code_cannot_be() -> None:
    deleted = checked(version(), TaiLieuNop=[file("TP1"), file("TP2", IsDeleted="True")])
    assert lacking(deleted) == [("component-missing", "TP2")]
    assert lacking(checked(version(components=[{"code": None, "name": "Khác", "replaced_by": []}]))) == []


def test_of_several_cases_of_a_procedure_the_one_that_lacks_least_counts() -> None:
    tp3, tp4 = ({"code": code, "name": code, "replaced_by": [], "cases": [2]} for code in ("TP3", "TP4"))
    both = {**TP1, "cases": [1, 2]}
    in_force = version(components=[both, {**TP2, "cases": [1]}, tp3, tp4])
    assert lacking(checked(in_force)) == []
    assert lacking(checked(in_force, TaiLieuNop=[file("TP1")])) == [("component-missing", "TP2")]
    second = [file("TP1"), file("TP3"), file("TP4")]
    assert lacking(checked(in_force, TaiLieuNop=second)) == []
    assert lacking(checked(in_force, TaiLieuNop=second[1:])) == [("component-missing", "TP1")]


def test_the_day_of_filing_counts_or_else_the_day_of_receipt() -> None:
    assert procedure_key(submission(NgayNopHoSo="20240108000000")) == ["1.001612@2024-01-08"]
    assert procedure_key(submission(NgayNopHoSo="20240107235959")) == ["1.001612@2024-01-07"]
    assert procedure_key(submission(NgayNopHoSo="?")) == ["1.001612@2024-01-08"]
    assert checked(version(), NgayNopHoSo="20240107235959").data["quality"] == ["procedure-unknown"]


def test_without_the_procedure_nothing_is_held_against_the_filer() -> None:
    result = checked(TaiLieuNop=[])
    assert (result.data["outcome"], result.data["quality"]) == ("acknowledged", ["procedure-unknown"])


@pytest.mark.parametrize(
    ("vneid", "required", "lacks", "flags"),
    [
        ("1", 1, [], []),
        ("1", 2, [], []),
        ("0", 1, [], []),
        ("0", 2, [("level-insufficient", None)], []),
        ("0", 3, [("level-insufficient", None)], []),
        ("1", 3, [], ["level-unknown"]),
        (None, 2, [], ["level-unknown"]),
        ("0", None, [], []),
    ],
)
def test_the_level_of_the_account_must_suffice(
    vneid: str | None, required: int | None, lacks: list[Any], flags: list[str]
) -> None:
    result = checked(version(authentication_level=required), TaiKhoanDuocXacThucVoiVNeID=vneid)
    assert (lacking(result), result.data["quality"]) == (lacks, flags)


def test_a_procedure_that_is_not_online_is_flagged() -> None:
    assert checked(version(online_level="information")).data["quality"] == ["procedure-not-online"]


def test_an_owner_without_an_account_proves_nothing_about_the_filer() -> None:
    result = submission()
    assert account_key(result) == ["052062643120"]
    assert with_account(result, {"052062643120": True}) is result
    unproven = with_account(result, {"052062643120": False})
    assert (unproven.data["outcome"], unproven.data["quality"]) == ("acknowledged", ["account-not-checked"])


def test_a_submission_without_an_account_lacks_one() -> None:
    result = submission(MaDoiTuong="")
    assert account_key(result) == []
    assert lacking(with_account(result, {})) == [("account-missing", None)]


@pytest.mark.parametrize("found", [{}, NotKnown("hết giờ")])
def test_an_account_that_could_not_be_asked_for_is_not_held_against_the_filer(found: Any) -> None:
    result = with_account(submission(), found)
    assert (result.data["outcome"], result.data["quality"]) == ("acknowledged", ["account-not-checked"])


@pytest.mark.parametrize(
    ("form", "name"),
    [(PDF, "pdf"), (b"\xff\xd8\xff\xe0", "jpg"), (b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc")],
)
def test_a_single_dossier_names_no_account_and_no_components(form: bytes, name: str) -> None:
    alone = {
        "ChuHoSo": None,
        "TenThuongNhan": "CÔNG TY TNHH MẪU",
        "MaDoiTuong": None,
        "TepDonDangKy": base64.b64encode(form).decode(),
        "TaiLieuNop": [file(None)],
    }
    result = with_account(checked(version(), **alone), {})
    assert lacking(result) == []
    assert result.data["quality"] == ["components-not-checked", "account-not-checked"]
    assert result.data["files"][1]["name"] == f"Đơn đăng ký.{name}"


def test_a_single_dossier_that_names_them_is_checked() -> None:
    result = checked(version(), TenThuongNhan="CÔNG TY TNHH MẪU", TaiLieuNop=[file("TP1")])
    assert lacking(result) == [("component-missing", "TP2")]
    assert result.data["quality"] == []
