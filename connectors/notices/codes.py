"""What the codes of the lint of templates mean, in both languages: `lienthong explain NT50` shows it."""

from collections.abc import Mapping
from typing import NamedTuple


class Meaning(NamedTuple):
    """What is wrong, and why it matters or what to write, in Vietnamese and English."""

    vi: str
    en: str


MEANINGS: Mapping[str, Meaning] = {
    "NT00": Meaning(
        "Không kênh nào đọc tệp này. Đặt mẫu vào config/templates/{zalo|sms|email}/vi/TEN.yaml.",
        "No channel reads this file. Put templates into config/templates/{zalo|sms|email}/vi/NAME.yaml.",
    ),
    "NT01": Meaning(
        "Nội dung có một tham số chưa khai báo. Khai báo nó ở `parameters`, nếu không thông báo không gửi được.",
        "The text has a placeholder that is not declared. Declare it under `parameters`, or no notice can be sent.",
    ),
    "NT02": Meaning(
        "Một tham số được khai báo mà không dùng. Zalo từ chối tham số thừa: dùng <ten> hoặc bỏ khai báo.",
        "A parameter is declared and not used. Zalo refuses it: use <name>, or remove the declaration.",
    ),
    "NT03": Meaning(
        "Tên tham số phải viết thường, không dấu, nối bằng gạch dưới, như ma_ho_so: đó là dạng mà Zalo nhận.",
        "A name must be lower case with underscores, such as ma_ho_so: the form that Zalo takes.",
    ),
    "NT04": Meaning(
        "`limit` lớn hơn giới hạn của loại tham số. Cổng cắt hoặc từ chối giá trị dài hơn loại cho phép.",
        "`limit` is above that of the parameter's kind. The gateway refuses a longer value.",
    ),
    "NT05": Meaning(
        "Có dấu tham số của hệ thống khác (#MaHoSo, {{x}}) hoặc dấu < lẻ. Viết tham số dạng <ma_ho_so>.",
        "There is a placeholder of another system (#MaHoSo, {{x}}) or a lone <. Write placeholders as <ma_ho_so>.",
    ),
    "NT06": Meaning(
        "`otherwise` dài hơn giới hạn của tham số nên không bao giờ gửi được. Viết ngắn hơn.",
        "`otherwise` is longer than the parameter may be, so it could never be sent. Write it shorter.",
    ),
    "NT07": Meaning(
        "Có ký tự không nhìn thấy, thường do sao chép. Chúng làm mẫu khác mẫu đã duyệt: gõ lại đoạn đó.",
        "There are characters that are not seen, mostly from copying. They make another text than the approved one.",
    ),
    "NT08": Meaning(
        "`field` không có trong sự kiện nào, nên tham số luôn trống. Chọn trường của việc hoặc thời hạn.",
        "No event has this `field`, so the parameter is always empty. Name one of a happening or of a deadline.",
    ),
    "NT09": Meaning("Tệp trống. Viết mẫu, hoặc xoá tệp.", "The file is empty. Write the template, or remove the file."),
    "NT20": Meaning(
        "Tiêu đề Zalo phải từ 9 đến 65 ký tự, tính cả giá trị dài nhất của tham số.",
        "A title of Zalo has 9 to 65 characters, with the longest values of its parameters.",
    ),
    "NT21": Meaning(
        "Tiêu đề Zalo có nhiều nhất 4 tham số. Chuyển bớt xuống đoạn văn hoặc bảng.",
        "A title of Zalo has at most 4 parameters. Move some into a paragraph or the table.",
    ),
    "NT22": Meaning("Mẫu Zalo có từ 1 đến 4 đoạn văn.", "A template of Zalo has 1 to 4 paragraphs."),
    "NT23": Meaning(
        "Một đoạn văn của Zalo có từ 9 đến 400 ký tự, tính cả giá trị dài nhất của tham số.",
        "A paragraph of Zalo has 9 to 400 characters, with the longest values of its parameters.",
    ),
    "NT24": Meaning("Mẫu Zalo có nhiều nhất 10 tham số.", "A template of Zalo has at most 10 parameters in all."),
    "NT25": Meaning("Bảng của Zalo có từ 2 đến 8 dòng.", "A table of Zalo has 2 to 8 rows."),
    "NT26": Meaning("Tên dòng của bảng có từ 3 đến 35 ký tự.", "The name of a row has 3 to 35 characters."),
    "NT27": Meaning("Giá trị của dòng có từ 3 đến 90 ký tự.", "The value of a row has 3 to 90 characters."),
    "NT28": Meaning(
        "Một ô của bảng có hai tham số, hoặc tên dòng có tham số. Zalo chỉ cho một tham số, ở giá trị.",
        "A cell has two parameters, or the name of a row has one. Zalo takes one parameter, in the value.",
    ),
    "NT29": Meaning("Mẫu Zalo có nhiều nhất 2 nút.", "A template of Zalo has at most 2 buttons."),
    "NT30": Meaning(
        "Tên nút có từ 5 đến 30 ký tự và không có tham số.",
        "The label of a button has 5 to 30 characters and no parameter.",
    ),
    "NT31": Meaning(
        "Zalo chỉ duyệt liên kết ở nút. Chuyển liên kết vào `buttons`.",
        "Zalo approves links in buttons alone. Move the link into `buttons`.",
    ),
    "NT32": Meaning(
        "Địa chỉ của nút phải bắt đầu bằng https:// để người dân không bị chuyển sang trang giả.",
        "The address of a button begins with https://, so that citizens are not led to another site.",
    ),
    "NT33": Meaning(
        "Có từ mà Zalo không duyệt, như “SMS” hay “anh/chị”. Thay như lời khuyên.",
        "There is a word that Zalo does not approve, such as “SMS” or “anh/chị”. Write what is advised.",
    ),
    "NT34": Meaning("Zalo không duyệt biểu tượng.", "Zalo approves no icons."),
    "NT35": Meaning(
        "Zalo không duyệt chữ viết tắt và chữ hoa toàn bộ. Viết đầy đủ.",
        "Zalo approves neither abbreviations nor words in capitals. Write them out.",
    ),
    "NT36": Meaning(
        "Tiếng Việt không dấu, hoặc lẫn hai ngôn ngữ. Chỉ SMS mới bỏ dấu; một mẫu một ngôn ngữ.",
        "Vietnamese without marks, or two languages. Only an SMS has no marks; a template has one language.",
    ),
    "NT37": Meaning(
        "Thông báo về hồ sơ là giao dịch: `tag` phải là 1, nếu không Zalo tính và giới hạn khác.",
        "A notice about a dossier is a transaction: `tag` is 1, or other prices and limits of Zalo hold.",
    ),
    "NT38": Meaning(
        "Hai mẫu dùng chung một `template_id`, nên một mẫu gửi đi nội dung của mẫu kia.",
        "Two templates have one `template_id`, so one of them would send the text of the other.",
    ),
    "NT50": Meaning(
        "SMS có chữ ngoài bảng GSM 7 bit (như chữ có dấu): mỗi phần chỉ còn 70 ký tự. Lời khuyên có bản không dấu.",
        "The SMS has signs outside GSM 7 bit, such as marks: 70 characters a part. The advice has it without marks.",
    ),
    "NT51": Meaning(
        "Có ký tự không có dạng ASCII nên không gửi được qua SMS. Bỏ hoặc thay ký tự.",
        "There is a sign without an ASCII form, which an SMS cannot bear. Remove or replace it.",
    ),
    "NT52": Meaning(
        "`brandname` không phải tên thương hiệu hợp lệ: nhà mạng từ chối tin.",
        "`brandname` is no brand name: carriers refuse the message.",
    ),
    "NT53": Meaning(
        "Với giá trị dài nhất, SMS có nhiều phần hơn `max_parts`, mỗi phần tính tiền riêng. Viết ngắn hơn.",
        "With the longest values the SMS has more parts than `max_parts`, and each is paid for. Write it shorter.",
    ),
    "NT54": Meaning(
        "SMS có liên kết. Nhà mạng chặn, và người dân được khuyên không mở liên kết trong SMS.",
        "There is a link in the SMS. Carriers block it, and citizens are advised to open no link of an SMS.",
    ),
    "NT80": Meaning(
        "Tiêu đề thư dài quá 78 ký tự hoặc có hai dòng (RFC 5322). Viết một dòng, ngắn hơn.",
        "The subject of the e-mail has more than 78 characters or two lines (RFC 5322). Write one shorter line.",
    ),
}
"""By code. Codes are stable: the number of a code that is gone is not used again."""


def explain(code: str, language: str) -> str | None:
    """What a code means, in a paragraph; None for a code that is none."""
    meaning = MEANINGS.get(code.upper())
    return None if meaning is None else f"{code.upper()}: {meaning.vi if language == 'vi' else meaning.en}"
