"""What may be seen of the numbers of persons, and what must stay as it is."""

import pytest

from lienthong.masking import mask_data, mask_text


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
        "H08.CC.000112",
        "addb232c388840268e914a6d",
        "787b6536-ebce-5152-813d-112233445566",
        "20231115082500",
        "1.000656.000.00.00.H08",
    ],
)
def test_dossier_codes_and_machine_ids_are_not_masked(text: str) -> None:
    assert mask_text(text) == text


def test_an_identity_number_that_is_a_json_number_is_masked() -> None:
    assert mask_data({"citizenPid": 52085001234, "accountLevel": 2, "ok": True}, {}) == {
        "citizenPid": "520•••••234",
        "accountLevel": 2,
        "ok": True,
    }


def test_a_date_and_time_is_not_masked() -> None:
    assert mask_text("lúc 2023-11-02 09:00:00, số 2023-11-02 0900") != "lúc 2023-11-02 09:00:00, số 2023-11-02 0900"
    assert mask_text("lúc 2023-11-02 09:00:00") == "lúc 2023-11-02 09:00:00"
