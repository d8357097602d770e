import pytest

from connectors.notices.filling import fill, preview, render
from connectors.notices.template import EmailTemplate, SmsTemplate, ZaloTemplate
from lienthong import Rejected

PARAMETERS = {
    "ma": {"kind": "code", "field": "dossier"},
    "ten": {"kind": "name", "field": "applicant", "otherwise": "quý công dân"},
    "hen": {"kind": "moment", "field": "appointment_at", "otherwise": "chưa có"},
}
FACT = {"dossier": "H08.1-231115-0001", "applicant": "Nguyễn Thị Hồng", "appointment_at": "2023-11-15T10:00:00Z"}


def sms(text="Ho so <ma> cua <ten>, hen tra <hen>.", **more):
    return SmsTemplate(brandname="UBND-GIALAI", text=text, parameters=PARAMETERS, **more)


def zalo():
    return ZaloTemplate(template_id="1", title="Hồ sơ <ma>", paragraphs=["Của <ten>"], parameters=PARAMETERS)


def test_an_sms_has_no_marks_and_moments_are_local():
    assert render(sms(), fill(sms(), FACT)) == (
        None,
        "Ho so H08.1-231115-0001 cua Nguyen Thi Hong, hen tra 17:00 15/11/2023.",
    )


def test_zalo_gets_its_parameters_with_their_marks_in_the_order_of_the_file():
    assert list(fill(zalo(), FACT).items()) == [
        ("ma", "H08.1-231115-0001"),
        ("ten", "Nguyễn Thị Hồng"),
        ("hen", "17:00 15/11/2023"),
    ]
    assert render(zalo(), fill(zalo(), FACT)) == (None, None)
    assert preview(zalo(), fill(zalo(), FACT)) == "Hồ sơ H08.1-231115-0001\nCủa Nguyễn Thị Hồng"


@pytest.mark.parametrize("missing", [None, "", "  ", "\u200b", {}, True])
def test_a_missing_value_is_replaced_by_what_stands_for_it_or_refused(missing):
    assert fill(sms(), {**FACT, "applicant": missing})["ten"] == "quy cong dan"
    with pytest.raises(Rejected) as refused:
        fill(sms(), {**FACT, "dossier": missing})
    assert refused.value.field == "dossier"


def test_a_long_name_is_cut_at_a_word_within_its_limit_and_a_code_never():
    long = "Nguyễn Thị Hồng Phương Thảo Anh Đào"
    assert fill(zalo(), {**FACT, "applicant": long})["ten"] == "Nguyễn Thị Hồng Phương Thảo…"
    assert fill(sms(), {**FACT, "applicant": long})["ten"] == "Nguyen Thi Hong Phuong Thao..."
    assert len(fill(sms(), {**FACT, "applicant": "x" * 99})["ten"]) == 30
    with pytest.raises(Rejected):
        fill(sms(), {**FACT, "dossier": "H" * 31})


@pytest.mark.parametrize("name", ["Xem http://x.vn", "nhan qua tai evil.com", "WWW.lua-dao", "bit.ly/abc"])
def test_a_link_that_an_applicant_wrote_is_not_sent_under_the_name_of_the_province(name):
    assert fill(zalo(), {**FACT, "applicant": name})["ten"] == "quý công dân"


def test_a_value_that_looks_like_a_placeholder_is_not_filled_in_again():
    assert "<ma>" in (render(sms(), fill(sms(), {**FACT, "applicant": "<ma>"}))[1] or "")


def test_a_line_break_in_a_value_makes_no_second_header_in_a_subject():
    mail = EmailTemplate(subject="Hồ sơ <ten>", text="<ten>", parameters=PARAMETERS)
    subject, _ = render(mail, {"ten": "A\r\nBcc: x@y.vn"})
    assert subject == "Hồ sơ A Bcc: x@y.vn"


@pytest.mark.parametrize("moment", ["hôm qua", "2023-13-01T00:00:00Z", "15/11/2023"])
def test_what_is_no_moment_is_refused_by_its_field(moment):
    with pytest.raises(Rejected) as refused:
        fill(sms(), {**FACT, "appointment_at": moment})
    assert refused.value.field == "appointment_at"
