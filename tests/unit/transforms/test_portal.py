"""Dossiers of the national portal: values as text or numbers, keys in two spellings, appointments that do not count."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.errors import Rejected
from schemas.canonical.dossier_v1 import Dossier
from tests.unit.transforms.recorded_events import received_event
from transforms.dossiers import from_portal

CODE = "000.00.01.H08-231115-0007"
PAPER = {"IsDeleted": "False", "DuocSoHoa": "1", "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0"}


def portal_dossier(**changed: Any) -> dict[str, Any]:
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


def transform(**changed: Any) -> dict[str, Any]:
    return dict(from_portal(received_event("portal", CODE, portal_dossier(**changed))).data)


def test_a_valid_dossier_becomes_a_canonical_event() -> None:
    data = transform()
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


def test_who_is_informed_where_it_was_filed_and_what_was_asked_for_is_kept() -> None:
    data = transform(
        ChuHoSo="NGUYỄN VĂN MẪU",
        SoDienThoai=84900000001,
        Email=" mau@example.vn",
        NoiNopHoSo=1,
        MaHoSoKhac="H08.31-231115-0007",
        NgayTuChoi="20231115093000",
        DanhSachHoSoBoSung=[
            {"NgayBoSung": "20231115090000", "NgayTiepNhanBoSung": "2023-11-15T09:30:00"},
            {"NgayBoSung": "hôm qua", "NgayTiepNhanBoSung": ""},
        ],
    )
    assert {name: data[name] for name in ("applicant", "phone", "email", "filed_on", "other_code", "rejected_at")} == {
        "applicant": "NGUYỄN VĂN MẪU",
        "phone": "84900000001",
        "email": "mau@example.vn",
        "filed_on": "portal",
        "other_code": "H08.31-231115-0007",
        "rejected_at": "2023-11-15T02:30:00Z",
    }
    assert data["supplements"] == [
        {"number": 1, "requested_at": "2023-11-15T02:00:00Z", "received_at": "2023-11-15T02:30:00Z"},
        {"number": 2, "requested_at": None, "received_at": None},
    ]


def test_numbers_and_text_mean_the_same() -> None:
    numbers = transform(
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
    assert numbers == transform()


@pytest.mark.parametrize("field", ["MaHoSo", "MaTTHC"])
@pytest.mark.parametrize("missing", [None, "", " "])
def test_a_dossier_without_code_or_procedure_is_rejected(field: str, missing: object) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(**{field: missing})
    assert rejected.value.field == field


@pytest.mark.parametrize(
    "field", ["NgayNopHoSo", "NgayTiepNhan", "NgayHenTra", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi"]
)
def test_an_invalid_date_is_rejected_with_its_field(field: str) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(**{field: "20231315082500"})
    assert rejected.value.field == field


@pytest.mark.parametrize(
    ("code", "channel"), [("1", "in_person"), (None, "in_person"), ("", "in_person"), (3, "post"), ("2", "online")]
)
def test_a_missing_channel_counts_as_in_person(code: object, channel: str) -> None:
    assert transform(KenhThucHien=code)["channel"] == channel


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
def test_an_unusual_value_is_kept_with_a_flag(changed: dict[str, Any], flag: str) -> None:
    assert transform(**changed)["quality"] == [flag]


@pytest.mark.parametrize(
    "price", ["9" * 23, "9" * 400, "9" * 5_000, 2**64 - 1, 1e30, 1e16, "1e30", "-5", -5, "1.000" + ".000" * 8]
)
def test_a_fee_that_no_dossier_costs_is_flagged_and_the_other_fees_count(price: object) -> None:
    data = transform(DanhSachLePhi=[{"Gia": price}, {"Gia": "8000"}])
    assert (data["fee"], data["quality"]) == (8000, ["fee-unreadable"])


def test_fees_whose_sum_is_no_fee_are_flagged() -> None:
    data = transform(DanhSachLePhi=[{"Gia": 10**15}, {"Gia": 1}])
    assert (data["fee"], data["quality"]) == (None, ["fee-unreadable"])


@pytest.mark.parametrize("code", ["9" * 10, "9" * 400, 2**63, 1e30])
def test_a_code_that_no_column_holds_is_none(code: object) -> None:
    assert transform(DuocThanhToanTrucTuyen=code)["online_payment"] is None


def test_the_misspelt_flag_of_digitisation_is_read_too() -> None:
    data = portal_dossier(HoSoCoThanhPhanSoHo="0")
    del data["HoSoCoThanhPhanSoHoa"]
    assert from_portal(received_event("portal", CODE, data)).data["quality"] == ["digitisation-contradictory"]


def test_the_latest_past_date_is_the_time_of_the_version_and_the_appointment_never_is() -> None:
    assert transform(NgayKetThucXuLy="20231115110000")["updated_at"] == "2023-11-15T04:00:00Z"
    assert transform(NgayHenTra="20231115113000")["updated_at"] == "2023-11-15T01:30:00Z"


def test_a_date_after_the_time_of_observation_does_not_count() -> None:
    data = transform(NgayTra="20240101000000")
    assert (data["updated_at"], data["quality"]) == ("2023-11-15T01:30:00Z", ["date-in-future"])


def test_without_any_past_date_the_time_of_observation_counts() -> None:
    assert transform(NgayNopHoSo="", NgayTiepNhan=None)["updated_at"] == "2023-11-15T05:00:00Z"


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
def test_fees_in_any_form_are_summed_in_whole_dong(prices: list[object], total: int | None) -> None:
    assert transform(DanhSachLePhi=[{"Gia": price} for price in prices])["fee"] == total


def test_deleted_papers_do_not_count_and_each_flag_is_read() -> None:
    papers = [
        {**PAPER, "IsDeleted": "True", "DuocSoHoa": "0"},
        {**PAPER, "IsDeleted": "1"},
        {**PAPER, "DuocTaiSuDung": "2"},
        {**PAPER, "DuocTaiSuDung": "1", "DuocLayTuKhoDMQG": "1"},
    ]
    assert transform(TaiLieuNop=papers)["components"] == [
        {"digitised": True, "reused": True, "from_store": False},
        {"digitised": True, "reused": True, "from_store": True},
    ]


@pytest.mark.parametrize(
    ("results", "has_file"),
    [(None, False), ([{"DuongDanTepTinKetQua": ""}], False), ([{}, {"DuongDanTepTinKetQua": "https://kho/1"}], True)],
)
def test_a_result_counts_when_it_has_the_url_of_a_file(results: object, has_file: bool) -> None:
    assert transform(DanhSachGiayToKetQua=results)["result_file"] is has_file


def test_the_number_on_the_dossier_comes_before_the_list_and_twelve_digits_before_nine() -> None:
    numbers = [{"LoaiDinhDanh": "2", "SoDinhDanh": "211000001"}, {"LoaiDinhDanh": "1", "SoDinhDanh": "052085001234"}]
    assert transform(DinhDanhCHS=numbers)["identity"] == "052085001234"
    assert transform(DinhDanhCHS=numbers, SoGiayToChuHoSo="211 000 002")["identity"] == "211000002"


def test_the_second_number_is_known_when_the_dossier_states_one_of_each_kind() -> None:
    numbers = [{"SoDinhDanh": number} for number in ("052085001234", "211000001", "211 000 001")]
    assert transform(DinhDanhCHS=numbers)["other_identity"] == "211000001"
    assert transform(DinhDanhCHS=numbers, SoGiayToChuHoSo="211000001")["other_identity"] == "052085001234"
    unclear = ([*numbers, {"SoDinhDanh": "211000002"}], [{"SoDinhDanh": "052085001234"}], numbers[:1])
    assert not [each for each in unclear if "other_identity" in transform(DinhDanhCHS=each)]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PAPER, "Gia", "DuongDanTepTinKetQua", "SoDinhDanh"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(portal_dossier())), ANYTHING, max_size=5))
def test_any_value_in_any_field_is_accepted_or_rejected_with_a_field(changed: dict[str, Any]) -> None:
    try:
        data = transform(**changed)
    except Rejected as rejected:
        assert rejected.field in changed
    else:
        assert Dossier(**data).observed_at.isoformat() == "2023-11-15T05:00:00+00:00"
