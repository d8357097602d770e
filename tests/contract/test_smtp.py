"""E-mail: certificates are checked, each step that fails means what it means, and a doubt is one."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from connectors.notices.gateway import Attachment, Message, Verdict
from connectors.notices.smtp import Smtp
from lienthong import Transient
from tests.fake_systems import FakeClock
from tests.smtp_stand_in import MailServer, mail_server

NOTICE = "6f1b0f3e-2f7b-5b0a-9a53-0d0f9f3c0001"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as mail:
        yield mail


def smtp(server: MailServer, **more: Any) -> Smtp:
    given = {"host": "127.0.0.1", "port": server.port, "sender": "khong-tra-loi@gialai.gov.vn"}
    given |= {"ca_file": server.ca_file, "timeout": timedelta(seconds=1), "username": "bus", "password": "s3cret"}
    return Smtp(FakeClock(), **given | more)


def mail(recipient: str = "cong.dan@example.vn", **more: Any) -> Message:
    given = {"text": "Hồ sơ đã có kết quả.\n.\nKính chào", "subject": "Hồ sơ đã có kết quả"} | more
    return Message(NOTICE, recipient, "dossier-completed", {}, **given)


def test_a_mail_arrives_over_tls_with_an_id_made_of_the_notice(server: MailServer) -> None:
    answer = smtp(server).send(mail())
    assert (answer.verdict, answer.cost) == (Verdict.ACCEPTED, 0)
    assert "STARTTLS" in server.commands
    found = message_from_bytes(server.mails[0].replace(b"\r\n..", b"\r\n."), policy=policy.default)
    assert found["Message-ID"] == f"<{NOTICE}@gialai.gov.vn>"
    assert (found["To"], found["Subject"]) == ("cong.dan@example.vn", "Hồ sơ đã có kết quả")
    assert found["Date"] == "Wed, 15 Nov 2023 12:00:00 +0700"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().splitlines() == ["Hồ sơ đã có kết quả.", ".", "Kính chào"]


def test_the_same_notice_is_the_same_mail(server: MailServer) -> None:
    smtp(server).send(mail())
    smtp(server).send(mail())
    assert server.mails[0] == server.mails[1]


def test_a_long_subject_and_files_with_vietnamese_names_arrive_as_they_are(server: MailServer) -> None:
    subject = " ".join(["Thông báo trường hợp nộp hồ sơ giấy trực tiếp gửi các cơ quan, đơn vị"] * 3)
    file = Attachment("Báo cáo tháng 11 – phường Quy Nhơn.pdf", "application/pdf", b"%PDF\r\n.\r\n\x00\xff")
    smtp(server).send(mail(subject=subject, attachments=[file]))
    smtp(server).send(mail(subject=subject, attachments=[file]))
    assert server.mails[0] == server.mails[1]
    found = message_from_bytes(server.mails[0], EmailMessage, policy=policy.default)
    assert found["Subject"] == subject
    (part,) = found.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (file.name, file.media_type)
    assert part.get_payload(decode=True) == file.content


def test_tls_from_the_start(tmp_path: Path) -> None:
    with mail_server(tmp_path, tls=True) as server:
        assert smtp(server, security="tls").send(mail()).verdict is Verdict.ACCEPTED


def test_a_certificate_of_an_unknown_authority_or_another_host_stops_the_channel(
    server: MailServer, tmp_path: Path
) -> None:
    assert smtp(server, ca_file=None).send(mail()).verdict is Verdict.CONFIGURATION
    with mail_server(tmp_path, host="mail.example.vn") as other:
        assert smtp(other).send(mail()).verdict is Verdict.CONFIGURATION
        assert other.mails == []
    assert server.mails == []
    assert "AUTH" not in server.commands


def test_a_server_without_starttls_gets_neither_the_password_nor_the_mail(server: MailServer) -> None:
    server.starttls = False
    assert smtp(server).send(mail()).verdict is Verdict.CONFIGURATION
    assert {"AUTH", "MAIL", "DATA"}.isdisjoint(server.commands)


def test_no_mail_leaves_this_machine_without_encryption() -> None:
    with pytest.raises(ValueError, match="chính máy này"):
        Smtp(FakeClock(), host="mail.example.vn", port=25, sender="a@example.vn", security="none")


@pytest.mark.parametrize(
    ("step", "reply", "verdict"),
    [
        ("AUTH", "535 no", Verdict.CONFIGURATION),
        ("AUTH", "454 later", Verdict.RETRY),
        ("MAIL", "550 no", Verdict.CONFIGURATION),
        ("MAIL", "451 later", Verdict.RETRY),
        ("RCPT", "550 unknown", Verdict.OTHER_CHANNEL),
        ("RCPT", "450 greylisted", Verdict.RETRY),
        ("DATA", "451 later", Verdict.RETRY),
        ("END", "554 spam", Verdict.DEAD),
        ("END", "452 full", Verdict.RETRY),
        ("END", "", Verdict.IN_DOUBT),
        ("END", "silence", Verdict.IN_DOUBT),
    ],
)
def test_the_step_that_fails_decides(server: MailServer, step: str, reply: str, verdict: Verdict) -> None:
    server.answers[step] = reply
    answer = smtp(server).send(mail())
    assert answer.verdict is verdict
    assert "cong.dan" not in repr(answer)
    assert len(server.mails) == (1 if step == "END" else 0)


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["", "silence"])
def test_before_the_mail_itself_surely_nothing_was_sent(server: MailServer, step: str, reply: str) -> None:
    server.answers[step] = reply
    with pytest.raises(Transient) as failed:
        smtp(server).send(mail())
    assert "s3cret" not in repr(failed.value)
    assert server.mails == []


def test_without_a_server_nothing_was_sent() -> None:
    with pytest.raises(Transient):
        smtp(MailServer(port=1), ca_file=None).send(mail())


@pytest.mark.parametrize(
    "recipient",
    [
        *("", "x", "a@b", "a b@example.vn", "a@example.vn\r\nBcc: c@example.vn", "đ@example.vn"),
        *("a@example.vn, b@example.vn", "<a@example.vn>", "A <a@example.vn>", f"{'a' * 300}@example.vn"),
    ],
)
def test_what_is_no_address_is_left_to_another_channel(server: MailServer, recipient: str) -> None:
    assert smtp(server).send(mail(recipient)).verdict is Verdict.OTHER_CHANNEL
    assert server.commands == []


@pytest.mark.parametrize("missing", [{"text": None}, {"subject": ""}])
def test_a_mail_without_words_is_dead(server: MailServer, missing: dict[str, Any]) -> None:
    assert smtp(server).send(mail(**missing)).verdict is Verdict.DEAD


def test_a_subject_makes_no_second_header(server: MailServer) -> None:
    smtp(server).send(mail(subject="Hồ sơ\r\nBcc: c@example.vn"))
    found = message_from_bytes(server.mails[0], policy=policy.default)
    assert found["Bcc"] is None
    assert "\n" not in found["Subject"]


def test_a_mail_server_cannot_be_asked(server: MailServer) -> None:
    assert smtp(server).query(NOTICE, None) is None


def test_the_body_is_of_ascii_alone(server: MailServer) -> None:
    smtp(server).send(mail())
    head, _, body = server.mails[0].partition(b"\r\n\r\n")
    assert head.isascii()
    assert base64.b64decode(body).decode("utf-8").startswith("Hồ sơ")
