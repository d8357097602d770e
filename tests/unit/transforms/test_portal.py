"""Dossiers of the national portal: values as text or number, keys in two spellings, and promises that do not count."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.errors import Rejected
from schemas.canonical.dossier_v1 import Dossier
from tests.unit.transforms.recorded import received
from transforms.dossiers import from_portal

CODE = "000.00.01.H08-231115-0007"
PAPER = {"IsDeleted": "False", "DuocSoHoa": "1", "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0"}


def wire(**changed: Any) -> dict[str, Any]:
    return {
        "MaHoSo": CODE,
        "MaTTHC": "1.000656.000.00.00.H08",
        "TenTTHC": "Đăng ký khai tử",
        "KenhThucHien": "2",
        "NgayNopHoSo": "20231115082500",
        "NgayTiepNhan": "20231115083000",
        "NgayHenTra": "20231116170000",
        "NgayKetThucXuLy": "",
        "NgayTra": "",
        "NgayTuChoi": "",
        "TrangThaiHoSo": "4",
        "DonViXuLy": "UBND phường Lê Lợi",
        "TaiLieuNop": [PAPER],
        "DanhSachLePhi": [{"Gia": "8000"}],
        "DanhSachGiayToKetQua": [],
        "HoSoCoThanhPhanSoHoa": "1",
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DuocThanhToanTrucTuyen": "0",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "052085001234"}],
        **changed,
    }


def understand(**changed: Any) -> dict[str, Any]:
    return dict(from_portal(received("portal", CODE, wire(**changed))).data)


def test_a_sound_dossier_becomes_canonical() -> None:
    data = understand()
    assert {name: value for name, value in data.items() if value is not None} == {
        "code": CODE,
        "procedure": "1.000656",
        "procedure_name": "Đăng ký khai tử",
        "channel": "online",
        "status": 4,
        "agency_name": "UBND phường Lê Lợi",
        "identity": "052085001234",
        "submitted_at": "2023-11-15T01:25:00Z",
        "accepted_at": "2023-11-15T01:30:00Z",
        "appointment_at": "2023-11-16T10:00:00Z",
        "updated_at": "2023-11-15T01:30:00Z",
        "observed_at": "2023-11-15T05:00:00Z",
        "quality": [],
        "fee": 8000,
        "online_payment": 0,
        "result_file": False,
        "components": [{"digitised": True, "reused": False, "from_store": False}],
        "vneid_authenticated": True,
    }


def test_numbers_and_text_say_the_same() -> None:
    numbers = understand(
        KenhThucHien=2,
        TrangThaiHoSo=4.0,
        TaiKhoanDuocXacThucVoiVNeID=True,
        DuocThanhToanTrucTuyen=0,
        DanhSachLePhi=[{"Gia": 8000}],
        TaiLieuNop=[{"IsDeleted": 0, "DuocSoHoa": 1, "DuocTaiSuDung": 0, "DuocLayTuKhoDMQG": False}],
        HoSoCoThanhPhanSoHoa=1,
        NgayTiepNhan=20231115083000,
        DinhDanhCHS=[{"LoaiDinhDanh": 1, "SoDinhDanh": "052085001234"}],
    )
    assert numbers == understand()


@pytest.mark.parametrize("field", ["MaHoSo", "MaTTHC"])
@pytest.mark.parametrize("missing", [None, "", " "])
def test_a_dossier_without_code_or_procedure_is_refused(field: str, missing: object) -> None:
    with pytest.raises(Rejected) as refused:
        understand(**{field: missing})
    assert refused.value.field == field


@pytest.mark.parametrize(
    "field", ["NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi"]
)
def test_any_date_that_is_none_is_refused_by_its_name(field: str) -> None:
    with pytest.raises(Rejected) as refused:
        understand(**{field: "20231315082500"})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("written", "channel"), [("1", "in_person"), (None, "in_person"), ("", "in_person"), (3, "post"), ("2", "online")]
)
def test_no_channel_counts_as_in_person(written: object, channel: str) -> None:
    assert understand(KenhThucHien=written)["channel"] == channel


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"KenhThucHien": "4"}, "channel-unknown"),
        ({"TrangThaiHoSo": "11"}, "status-unknown"),
        ({"DinhDanhCHS": [{"LoaiDinhDanh": "2", "SoDinhDanh": "000000001"}]}, "identity-unknown"),
        ({"DanhSachLePhi": [{"Gia": "tám nghìn"}]}, "fee-unreadable"),
        ({"HoSoCoThanhPhanSoHoa": "0"}, "digitisation-contradictory"),
        ({"MaHoSo": "HS-7"}, "code-unusual"),
    ],
)
def test_what_is_odd_is_kept_with_a_flag(changed: dict[str, Any], flag: str) -> None:
    assert understand(**changed)["quality"] == [flag]


def test_the_misspelt_mark_of_digitisation_is_read_too() -> None:
    data = wire(HoSoCoThanhPhanSoHo="0")
    del data["HoSoCoThanhPhanSoHoa"]
    assert from_portal(received("portal", CODE, data)).data["quality"] == ["digitisation-contradictory"]


def test_the_last_happening_makes_the_version_and_the_appointment_never_does() -> None:
    assert understand(NgayKetThucXuLy="20231115110000")["updated_at"] == "2023-11-15T04:00:00Z"
    assert understand(NgayHenTra="20231115113000")["updated_at"] == "2023-11-15T01:30:00Z"


def test_a_happening_after_it_was_seen_does_not_make_the_version() -> None:
    assert understand(NgayTra="20240101000000")["updated_at"] == "2023-11-15T01:30:00Z"


def test_without_any_happening_the_moment_of_observation_counts() -> None:
    assert understand(NgayNopHoSo="", NgayTiepNhan=None)["updated_at"] == "2023-11-15T05:00:00Z"


@pytest.mark.parametrize(
    ("prices", "total"),
    [
        ([], 0),
        (["8000", 135_000], 143_000),
        ([""], 0),
        ([None, " "], 0),
        (["8000.00"], 8_000),
        (["135.000"], 135_000),
        (["1,350,000"], 1_350_000),
        (["miễn"], None),
        (["miễn", "8000"], 8_000),
        (["-5"], None),
        ([["x"]], None),
    ],
)
def test_fees_are_summed_in_whole_dong_whatever_their_form(prices: list[object], total: int | None) -> None:
    assert understand(DanhSachLePhi=[{"Gia": price} for price in prices])["fee"] == total


def test_deleted_components_do_not_count_and_marks_are_read_one_by_one() -> None:
    papers = [
        {**PAPER, "IsDeleted": "True", "DuocSoHoa": "0"},
        {**PAPER, "IsDeleted": "1"},
        {**PAPER, "DuocTaiSuDung": "2"},
        {**PAPER, "DuocTaiSuDung": "1", "DuocLayTuKhoDMQG": "1"},
    ]
    assert understand(TaiLieuNop=papers)["components"] == [
        {"digitised": True, "reused": True, "from_store": False},
        {"digitised": True, "reused": True, "from_store": True},
    ]


@pytest.mark.parametrize(
    ("results", "has_file"),
    [(None, False), ([{"DuongDanTepTinKetQua": ""}], False), ([{}, {"DuongDanTepTinKetQua": "https://kho/1"}], True)],
)
def test_a_result_counts_when_it_has_the_address_of_a_file(results: object, has_file: bool) -> None:
    assert understand(DanhSachGiayToKetQua=results)["result_file"] is has_file


def test_the_number_on_the_dossier_comes_before_the_list_and_twelve_digits_before_nine() -> None:
    listed = [{"LoaiDinhDanh": "2", "SoDinhDanh": "211000001"}, {"LoaiDinhDanh": "1", "SoDinhDanh": "052085001234"}]
    assert understand(DinhDanhCHS=listed)["identity"] == "052085001234"
    assert understand(DinhDanhCHS=listed, SoGiayToChuHoSo="211 000 002")["identity"] == "211000002"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PAPER, "Gia", "DuongDanTepTinKetQua", "SoDinhDanh"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(wire())), ANYTHING, max_size=5))
def test_whatever_stands_in_a_field_it_is_understood_or_refused_by_name(changed: dict[str, Any]) -> None:
    try:
        data = understand(**changed)
    except Rejected as refused:
        assert refused.field in changed
    else:
        assert Dossier(**data).observed_at.isoformat() == "2023-11-15T05:00:00+00:00"
