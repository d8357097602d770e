"""What may be seen of the numbers of persons, and what must stay as it is."""

import time

import pytest

from lienthong.masking import HIDDEN, UNREADABLE_KEY, PersonalKeys, mask_about, mask_data, mask_text


@pytest.mark.parametrize(
    "text",
    [
        "052085001234",
        "052 085 001 234",
        "052.085.001.234",
        "052\u00a0085001234",
        "052\u200b085\u200b001\u200b234",
        "CCCD052085001234",
        "SỐ052085001234",
        "_052085001234_",
        "soDinhDanh=052085001234",
        "CCCD-052085001234",
        "cccd052085001234",
        "HS-052085001234-01",
        "052085001234-2023",
        "052085001234abc",
        "052085001234.0",
        "052  085  001  234",
        "052/085/001/234",
        "052\u2013085\u2013001\u2013234",
        "052,085,001,234",
        "052.085.001.234/1",
        "giay-052085001234.pdf",
        "(0912) 085 678",
        "0084912085678",
        "+84 (0)912 085 678",
        "SĐT.0912085678",
        "DN4520850012344",
        "211 085 001",
        "9704085001234567",
        "5.2085001234e10",
    ],
)
def test_a_number_of_a_person_is_masked_in_every_way_of_writing_it(text: str) -> None:
    masked = mask_text(text)
    assert "•" in masked
    assert "085" not in masked.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "000.01.31.H08-231101-00239",
        "000.00.BD.H08-230411-0004",
        "000.00.31.H08",
        "H08.CC.000112",
        "H08.12.000123/20120301",
        "addb232c388840268e914a6d",
        "787b6536-ebce-5152-813d-112233445566",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "20231115082500",
        "00010101000000",
        "00010101070000",
        "00010101000000000",
        "0001-01-01T00:00:00.0000000Z",
        "0001-01-01 00:00:00",
        "00000000000000",
        "17530101000000",
        "99991231235959",
        "2023-11-15T08:25:00.1234567+07:00",
        "NgayHenTra: “00010101000000”; phải viết như 20231115082500",
        "1.000656.000.00.00.H08",
        "G09.20-20260609-0092637",
        "192.168.100.200",
        "10.123.123.123:5432",
        "1.234.567.890 đồng",
        "123456789 byte lớn hơn giới hạn 67108864 byte",
        "31/12/2023 23:59:59",
        "31/13/2023 25:61",
        "2023-11-15T08:25:00.123456+00:00",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "2023-11 2024-01",
        "row 5 2023-11-15",
    ],
)
def test_dossier_codes_and_machine_ids_are_not_masked(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "number",
    ["00010101250000", "00010301000000", "10320241115082", "05208500123412", "12345678901234", "x00010101000000"],
)
def test_fourteen_digits_that_are_no_moment_are_masked(number: str) -> None:
    assert "•" in mask_text(number)


def test_what_stands_in_a_record_that_could_not_be_read_is_hidden_where_its_fields_are_not_known() -> None:
    personal: PersonalKeys = {"name": "name"}
    raw = '{"name": "Đỗ Văn Định, "code": 1}'
    for data in (
        {"value": raw},
        {"value": "K1;Đỗ Văn Định;x"},
        {"owner": raw},
        {"a": [{"b": "<name>Đỗ Văn Định</name>"}]},
    ):
        unreadable = {**data, UNREADABLE_KEY: {"reason": "`owner` chứa nội dung không phải JSON", "line": 3}}
        shown = mask_data(unreadable, personal)
        assert "Định" not in str(shown)
        assert shown[UNREADABLE_KEY] == unreadable[UNREADABLE_KEY]
    assert mask_data({"code": "K1", "name": "Đỗ Văn Định", UNREADABLE_KEY: {"line": 3}}, personal) == {
        "code": "K1",
        "name": HIDDEN,
        UNREADABLE_KEY: {"line": 3},
    }
    assert mask_data({"value": "K1"}, personal) == {"value": "K1"}


def test_a_field_of_a_project_that_is_called_as_one_of_the_engine_hides_nothing_of_why_a_record_could_not_be_read() -> (
    None
):
    personal: PersonalKeys = {"reason": "other", "field": "name", "name": "name"}
    why = "dòng 3 (the line) có ít ô hơn tiêu đề"
    data = {"reason": "Mẹ ốm nặng", UNREADABLE_KEY: {"reason": why, "field": "owner", "line": 3, "name": "Đỗ Văn Định"}}
    assert mask_data(data, personal) == {
        "reason": HIDDEN,
        UNREADABLE_KEY: {"reason": why, "field": "owner", "line": 3, "name": HIDDEN},
    }
    assert mask_about(why, data, personal) == why


def test_an_identity_number_that_is_a_json_number_is_masked() -> None:
    assert mask_data({"citizenPid": 52085001234, "accountLevel": 2, "ok": True}, {}) == {
        "citizenPid": "520•••••234",
        "accountLevel": 2,
        "ok": True,
    }


def test_an_e_mail_address_is_hidden_and_an_address_of_a_server_is_not() -> None:
    assert mask_text("thư của do.van.an@example.vn, hồ sơ 1") == f"thư của {HIDDEN}, hồ sơ 1"
    assert mask_text("postgresql://app@db.example.vn/bus") == "postgresql://app@db.example.vn/bus"


def test_a_number_beside_a_date_is_masked_and_the_date_is_not() -> None:
    assert mask_text("052085001234 lúc 2023-11-02 09:00:00") == "052••••••234 lúc 2023-11-02 09:00:00"


@pytest.mark.parametrize("unit", ["1 - 2 - ", "a", "1", "1.2-", "a.b@", "000.00.31.H08-", "1.234.", "0 0 0 "])
def test_no_text_takes_long(unit: str) -> None:
    began = time.process_time()
    mask_text(unit * (200_000 // len(unit)))
    assert time.process_time() - began < 5


def test_a_name_in_another_text_of_the_record_is_hidden_however_it_is_written() -> None:
    data = {"ChuHoSo": "Đỗ Văn Gia Định", "GhiChu": "nộp thay ông ĐỖ  VĂN GIA ĐỊNH (do van gia dinh)", "MaHoSo": "A-1"}
    assert mask_data(data, {"ChuHoSo": "name"}) == {
        "ChuHoSo": HIDDEN,
        "GhiChu": f"nộp thay ông {HIDDEN} ({HIDDEN})",
        "MaHoSo": "A-1",
    }
    assert mask_about("Đỗ Văn Gia Định chưa ký", data, {"ChuHoSo": "name"}) == f"{HIDDEN} chưa ký"


def test_a_short_name_of_one_word_hides_no_other_words() -> None:
    assert mask_data({"name": "An", "note": "An toàn"}, {"name": "name"}) == {"name": HIDDEN, "note": "An toàn"}


def test_keys_are_masked_and_none_of_their_values_disappears() -> None:
    assert mask_data({"052085001234": 1, "052777777234": 2}, {}) == {"052••••••234": 1, "052••••••234 (2)": 2}


def test_a_number_that_a_spreadsheet_made_a_fraction_is_masked() -> None:
    assert mask_data({"soDinhDanh": 52085001234.0, "gia": 8000.0}, {}) == {"soDinhDanh": "520•••••234", "gia": 8000.0}
