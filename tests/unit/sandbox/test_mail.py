"""The sandbox's mail server takes mails as a real one does, and shows them."""

import smtplib
from email.message import EmailMessage

from connectors.notices.gateway import Message, Verdict
from connectors.notices.smtp import Smtp
from lienthong.adapters.clock import SystemClock
from sandbox.mail import HOST, Mail


def test_mails_are_received_once_each_with_the_addresses_that_get_them() -> None:
    mail = Mail()
    port = mail.start()
    message = EmailMessage()
    message["From"], message["To"] = "bao-cao@example.gov.vn", "so-tu-phap@example.gov.vn"
    message["Subject"], message["Message-ID"] = "Hồ sơ giấy tháng 3", "<1@example.gov.vn>"
    message.set_content("Kính gửi Sở Tư pháp\n.\nHết")
    message.add_attachment(b"%PDF-1.4 ...", maintype="application", subtype="pdf", filename="báo cáo.pdf")
    with smtplib.SMTP(HOST, port, timeout=10) as server:
        server.login("any", "account")
        server.send_message(message)
        assert server.docmd("DATA")[0] == 503
        server.send_message(message, to_addrs=["bcc@example.gov.vn"])
    found = mail.received
    assert [one["to"] for one in found] == [["so-tu-phap@example.gov.vn"], ["bcc@example.gov.vn"]]
    first = found[0]
    assert (first["from"], first["subject"]) == ("bao-cao@example.gov.vn", "Hồ sơ giấy tháng 3")
    assert first["text"].splitlines() == ["Kính gửi Sở Tư pháp", ".", "Hết"]
    assert first["attachments"] == [{"name": "báo cáo.pdf", "type": "application/pdf", "bytes": 12}]


def test_the_channel_e_mail_sends_to_it() -> None:
    mail = Mail()
    account = {"username": "sandbox", "password": "sandbox"}
    gateway = Smtp(SystemClock(), host=HOST, port=mail.start(), sender="a@example.gov.vn", security="none", **account)
    answer = gateway.send(Message("n1", "can-bo@example.gov.vn", "deadline-at-risk", {}, "Sắp đến hạn", "Thời hạn"))
    assert answer.verdict is Verdict.ACCEPTED
    assert [(one["to"], one["text"].strip()) for one in mail.received] == [(["can-bo@example.gov.vn"], "Sắp đến hạn")]
    assert mail.received[0]["message_id"].startswith("<n1@")
