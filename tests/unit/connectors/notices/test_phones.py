import pytest

from connectors.notices.phones import Kind, carrier_of, read

SAME = [
    "0912345678",
    "912345678",
    912345678,
    "84912345678",
    "+84912345678",
    "0084912345678",
    "+84 912 345 678",
    "(+84) 0912.345.678",
    "+84 (0)912-345-678",
    "0912\u00a0345\u200b678",
    " 0912345678 ",
    "０９１２３４５６７８",
]


@pytest.mark.parametrize("text", SAME)
def test_one_number_has_one_form_however_it_is_written(text):
    assert read(text) == (Kind.MOBILE, "84912345678", "")


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("0269 3824 404", Kind.LANDLINE, "cố định"),
        ("842693824404", Kind.LANDLINE, "cố định"),
        ("1900 1234", Kind.LANDLINE, "tổng đài"),
        ("+1 650 253 0000", Kind.FOREIGN, "nước ngoài"),
        ("(+1) 650 253 0000", Kind.FOREIGN, "nước ngoài"),
        ("00856 20 22 345 678", Kind.FOREIGN, "nước ngoài"),
        ("0167 123 4567", Kind.NONE, "11 chữ số cũ"),
        ("0912 345 67", Kind.NONE, "không phải"),
        ("09123456789", Kind.NONE, "không phải"),
        ("000000000", Kind.NONE, "không phải"),
        ("113", Kind.NONE, "không phải"),
        ("không có", Kind.NONE, "không phải"),
        ("0912345678 hoặc 0987654321", Kind.NONE, "không phải"),
        ("0" * 5000, Kind.NONE, "không phải"),
        ("+", Kind.NONE, "không phải"),
        ("²³⁴", Kind.NONE, "không phải"),
        ("", Kind.NONE, "không có"),
        ("\u200b", Kind.NONE, "không có"),
        (None, Kind.NONE, "không có"),
        (True, Kind.NONE, "không phải"),
        (["0912345678"], Kind.NONE, "không phải"),
        (9.12, Kind.NONE, "không phải"),
    ],
)
def test_what_cannot_be_sent_to_is_called_what_it_is_without_the_number(text, kind, words):
    phone = read(text)
    assert (phone.kind, phone.number) == (kind, "")
    assert words in phone.why
    assert not any(letter.isdigit() for letter in phone.why.replace("11", "").replace("2018", ""))


@pytest.mark.parametrize(
    ("number", "carrier"),
    [("84868000000", "viettel"), ("84321234567", "viettel"), ("84942345678", "vinaphone"), ("84702345678", "mobifone")],
)
def test_a_carrier_is_known_by_the_prefix(number, carrier):
    assert carrier_of(number) == carrier


def test_an_unknown_prefix_has_no_carrier():
    assert carrier_of("84602345678") is None


@pytest.mark.parametrize("number", ["84500710794", "84731197404", "84801422347", "84301243704", "84999999999"])
def test_a_block_that_no_list_knows_yet_is_a_mobile_number_all_the_same(number):
    assert read(number).number == read(f"+{number}").number == read(f"0{number[2:]}").number == number
