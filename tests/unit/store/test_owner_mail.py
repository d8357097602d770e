"""The sink for e-mail sends messages of the bus itself, and its failures mean what the engine understands."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from lienthong.configuration.load import load_documents
from lienthong.configuration.resolve import sinks_with
from lienthong.errors import Rejected, Transient
from store.notices.channels import EmailChannel
from tests.command_line import ROOT
from tests.fake_systems import make_site
from tests.smtp_stand_in import MailServer, mail_server


def channel(server: MailServer) -> EmailChannel:
    return EmailChannel(
        make_site(), host="127.0.0.1", port=server.port, sender="bus@example.gov.vn", ca_file=server.ca_file
    )


def test_a_mail_arrives_and_its_id_is_the_key(tmp_path: Path) -> None:
    with mail_server(tmp_path) as server:
        channel(server).send_mail("it@clinic.example", "Thuê bao tạm dừng", "Không gửi được.\n", key="outage-1")
    found = message_from_bytes(server.mails[0], policy=policy.default)
    assert (found["To"], found["Subject"], found["Message-ID"]) == (
        "it@clinic.example",
        "Thuê bao tạm dừng",
        "<outage-1@example.gov.vn>",
    )


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [("RCPT", "450 later", Transient), ("RCPT", "550 unknown", Rejected), ("MAIL", "550 not you", Rejected)],
)
def test_what_is_not_sent_is_tried_again_or_never(tmp_path: Path, command: str, answer: str, error: type) -> None:
    with mail_server(tmp_path) as server:
        server.answers[command] = answer
        with pytest.raises(error):
            channel(server).send_mail("it@clinic.example", "x", "y", key="outage-1")


def test_the_engine_finds_it_by_what_it_can_do() -> None:
    settings = load_documents(ROOT, {}).settings
    assert [sink.name for sink in sinks_with("send_mail", settings)] == ["email"]
