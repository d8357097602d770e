"""Data of every wire shape in its plain form, and the indicators that depend on it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong import Envelope
from schemas.plain import _is_plain_already, _layout, _read_object, plain
from schemas.shapes import WireShape
from schemas.wire.ccvc import CcvcRecord
from schemas.wire.igate import IgateDossier
from schemas.wire.portal import PortalDossier
from schemas.wire.vneid import VneidAccount
from transforms.civil_servants import from_ccvc
from transforms.dossiers import from_igate, from_portal

SHAPES = (IgateDossier, PortalDossier, CcvcRecord, VneidAccount)
PORTAL: Mapping[str, Any] = {
    "MaHoSo": "000.00.31.H08-231115-90001",
    "MaTTHC": "1.000656.000.00.00.H08",
    "KenhThucHien": "2",
    "TrangThaiHoSo": "10",
    "NgayTiepNhan": "20231115083000",
    "TaiLieuNop": [{"IsDeleted": "False", "DuocSoHoa": "1", "DuocTaiSuDung": "1", "DuocLayTuKhoDMQG": "0"}],
    "DanhSachLePhi": [{"Gia": "135000"}],
    "DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": "https://motcua.example.gov.vn/files/1"}],
    "DuocThanhToanTrucTuyen": "1",
    "TaiKhoanDuocXacThucVoiVNeID": "1",
    "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "052085100101"}],
}
IGATE: Mapping[str, Any] = {
    "code": "000.00.31.H08-231115-00001",
    "dossierStatus": {"id": 2, "name": [{"languageId": 228, "name": "Đang xử lý"}]},
    "procedure": {"code": "1.000656.000.00.00.H08", "translate": [{"languageId": 228, "name": "Đăng ký khai tử"}]},
    "procedureLevel": {"name": [{"languageId": 228, "name": "Một phần"}]},
    "agency": {"code": "000.00.31.H08", "name": [{"languageId": 228, "name": "UBND phường Ví Dụ"}]},
    "applyMethod": {"id": 1, "name": "Trực tuyến"},
    "acceptedDate": "2023-11-15T01:25:00.000+0000",
    "applicant": {"data": {"identityNumber": "052085200001"}},
    "accepter": {"fullname": "Trần Thị Tiếp Nhận"},
}
LISTS = ("TaiLieuNop", "DanhSachLePhi", "DanhSachGiayToKetQua", "DinhDanhCHS")
WAYS = {
    "the object alone": lambda element: element,
    "keyed": lambda element: {"0": element},
    "nested": lambda element: [[element]],
    "an element that is a list": lambda element: [[element]],
    "wrapped": lambda element: {"item": [element]},
    "wrapped object": lambda element: {"item": element},
    "with null": lambda element: [None, element],
}


def transformed(transform: Any, data: Mapping[str, Any], **tables: Any) -> Mapping[str, Any]:
    now = datetime(2023, 11, 16, 2, tzinfo=UTC)
    envelope = Envelope(
        id="e", type="x", source="s", subject="k", time=now, received_at=now, data=orjson.loads(orjson.dumps(data))
    )
    result: Mapping[str, Any] = transform(envelope, **tables).data
    return result


def igate(data: Mapping[str, Any]) -> Mapping[str, Any]:
    tables = {
        "channels": {"trực tuyến": "online"},
        "levels": {"một phần": "partial"},
        "statuses": {"đang xử lý": "4"},
    }
    return transformed(from_igate, data, **tables)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("field", LISTS)
def test_a_list_of_the_portal_in_any_form_gives_the_same_dossier(field: str, way: Any) -> None:
    changed = {**PORTAL, field: way(PORTAL[field][0])}
    assert transformed(from_portal, changed) == transformed(from_portal, PORTAL)


@pytest.mark.parametrize("field", [name for name, value in PORTAL.items() if isinstance(value, str)])
@pytest.mark.parametrize("way", [lambda value: [value], lambda value: {"#text": value}, lambda value: {"0": value}])
def test_a_value_inside_a_list_of_one_is_that_value(field: str, way: Any) -> None:
    changed = {**PORTAL, field: way(PORTAL[field])}
    assert transformed(from_portal, changed) == transformed(from_portal, PORTAL)


@pytest.mark.parametrize("field", [*LISTS, "KenhThucHien", "TrangThaiHoSo", "DuocThanhToanTrucTuyen"])
@pytest.mark.parametrize("value", [{"a": 1, "b": 2}, [1, 2], {"a": "x"}])
def test_what_is_not_plain_is_flagged_and_counts_as_unknown(field: str, value: Any) -> None:
    found = transformed(from_portal, {**PORTAL, field: value})
    assert "shape-unclear" in found["quality"]
    unknown = {
        "TaiLieuNop": "components",
        "DanhSachLePhi": "fee",
        "DanhSachGiayToKetQua": "result_file",
        "DinhDanhCHS": "identity",
        "KenhThucHien": "channel",
        "TrangThaiHoSo": "status",
        "DuocThanhToanTrucTuyen": "online_payment",
    }
    assert found.get(unknown[field]) is None


def _everywhere(value: Any, change: Any) -> Any:
    """The value with each object and each list of objects in it changed, the innermost first."""
    if isinstance(value, dict):
        return {name: _wrapped(_everywhere(part, change), change) for name, part in value.items()}
    return [_everywhere(part, change) for part in value] if isinstance(value, list) else value


def _wrapped(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return change(value)
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@pytest.mark.parametrize("change", [lambda value: [value], lambda value: {"0": value}, lambda value: value])
def test_objects_and_lists_of_igate_in_another_form_give_the_same_dossier(change: Any) -> None:
    assert igate(_everywhere(IGATE, change)) == igate(IGATE)
    assert "shape-unclear" not in igate(IGATE)["quality"]


def test_an_unclear_way_of_filing_is_not_taken_for_one_in_person() -> None:
    for method in ([1, 2], {"name": {"a": 1, "b": 2}}, [{"name": "x"}, {"name": "y"}]):
        found = igate({**IGATE, "applyMethod": method})
        assert found.get("channel") is None
        assert {"channel-unknown", "shape-unclear"} <= set(found["quality"])


def test_a_record_of_civil_servants_is_flagged_too() -> None:
    record = {"soHieuCBCCVC": ["H08.CC.1"], "loai": "CC", "maDonVi": {"#text": "H08"}, "ngayBatDau": ["20200101"]}
    assert transformed(from_ccvc, record)["staff_no"] == "H08.CC.1"
    assert "shape-unclear" in transformed(from_ccvc, {**record, "tenDonVi": {"a": 1, "b": 2}})["quality"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["0", "1", "name", "x"]), inner),
    max_leaves=8,
)


@given(shape=st.sampled_from(SHAPES), data=st.data())
def test_what_is_plain_already_is_what_reading_leaves_as_it_is(shape: type[WireShape], data: st.DataObject) -> None:
    names = st.sampled_from([*shape.model_fields, "khác"])
    body = data.draw(st.dictionaries(names, JSON, max_size=4))
    unclear: set[str] = set()
    read = _read_object(shape, body, "", unclear)
    if _is_plain_already(_layout(shape), body):
        assert (read, unclear) == (body, set())
    assert plain(shape, body) == (read, unclear)


@given(shape=st.sampled_from(SHAPES), data=st.data())
def test_any_json_has_a_plain_form_and_the_plain_form_stays(shape: type[WireShape], data: st.DataObject) -> None:
    names = st.sampled_from([*shape.model_fields, "khác"])
    body = data.draw(st.dictionaries(names, JSON, max_size=4))
    before = orjson.dumps(body)
    found, unclear = plain(shape, body)
    assert orjson.dumps(body) == before
    if not unclear:
        assert plain(shape, found) == (found, frozenset())
