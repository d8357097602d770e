"""Addresses that people write, and what is known of the links to them."""

from collections.abc import Mapping

import pytest

from lienthong.configuration.addresses import (
    ANY_DATABASE,
    BROKER_ADDRESS,
    DATABASE_ADDRESS,
    HTTP_ADDRESS,
    AddressKind,
    address_advice,
    address_fault,
    is_insecure,
    is_local,
    shown_address,
)

PIECES = ["thu7", "g3heim", "mua"]

WRONG_BROKERS = [
    "rabbitmq://guest:g3heim@mq.example.vn/",
    "ampq://guest:g3heim@mq.example.vn/",
    "AMQP://guest:g3heim@mq.example.vn/",
    "guest:g3heim@mq.example.vn",
    "mq.example.vn:5672",
    "'amqps://guest:g3heim@mq.example.vn/'",
    '"amqps://guest:g3heim@mq.example.vn/"',
    " amqps://guest:g3heim@mq.example.vn/",
    "amqps://guest:g3heim@mq.example.vn/\t",
    "amqps://bus:mua thu7@mq.example.vn/",
    "amqps://bus:mua@thu7@mq.example.vn/",
    "amqps://bus:mua#thu7@mq.example.vn/",
    "amqps://bus:mua/thu7@mq.example.vn/",
    "amqps://bus:mua?thu7@mq.example.vn/",
    "amqps://bus:mua:thu7@mq.example.vn/",
    "amqps://bus:mua%thu7@mq.example.vn/",
    "amqps://bus:5671/thu7@mq.example.vn/",
    "amqps://bus:g3heim",
    "amqps://mq.example.vn:99999/",
    "amqps:///prov",
    "amqps:mq.example.vn",
    "memory",
    "sqlite:///x.db",
    "",
]


@pytest.mark.parametrize("text", WRONG_BROKERS)
def test_an_address_of_a_broker_that_is_not_understood_is_refused_without_a_piece_of_it(text: str) -> None:
    fault = address_fault(text, BROKER_ADDRESS)
    assert fault is not None
    shown = f"{fault} {address_advice(BROKER_ADDRESS)}"
    assert not any(piece in shown for piece in PIECES)
    assert all(code in shown for code in ("amqps://", "%40", "%23", "%2F", "%25", "%3A", "%3F", "%20"))


@pytest.mark.parametrize(
    "text",
    [
        "mysql://bus:g3heim@db.example.vn/bus",
        "jdbc:postgresql://db.example.vn/bus",
        "postgres:bus@db.example.vn/bus",
        "host=db.example.vn password=g3heim dbname=bus",
        "PostgreSQL://bus:g3heim@db.example.vn/bus",
        "postgresql://bus:mua@thu7#2023@db.example.vn/bus",
        "postgresql://bus:mua/thu7@db.example.vn/bus",
        "postgresql://bus:mua?thu7@db.example.vn/bus",
        "/var/lib/bus.db",
    ],
)
def test_an_address_of_a_database_that_is_not_understood_is_refused(text: str) -> None:
    assert address_fault(text, DATABASE_ADDRESS) is not None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BROKER_ADDRESS, "amqps://bus:m%40t@mq.example.vn:5671/prov?cafile=/etc/ca.pem"),
        (BROKER_ADDRESS, "amqp://guest@[::1]/%2F"),
        (BROKER_ADDRESS, "memory://"),
        (DATABASE_ADDRESS, "postgresql://app:mật-khẩu@host/db"),
        (DATABASE_ADDRESS, "postgresql+psycopg://app@/db?host=/run/postgresql"),
        (DATABASE_ADDRESS, "postgres://app:p!$&'()*+,;=-._~@db.example.vn:5432/bus?sslmode=verify-full"),
        (DATABASE_ADDRESS, "sqlite:////srv/a b#c@d.db".replace(" ", "")),
        (ANY_DATABASE, "mysql+pymysql://a:b@h/d"),
        (HTTP_ADDRESS, "https://example.org/@office/records?share=100%#top"),
        (HTTP_ADDRESS, "http://user:p%40ss@127.0.0.1:8600/x"),
    ],
)
def test_an_address_that_is_understood_has_no_fault(kind: AddressKind, text: str) -> None:
    assert address_fault(text, kind) is None


@pytest.mark.parametrize("text", ["https://u:a@b@example.org/", "https://u:a#b@example.org/", "HTTPS://example.org"])
def test_an_http_address_is_not_read_beside_its_password(text: str) -> None:
    assert address_fault(text, HTTP_ADDRESS) is not None


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("http://localhost:1/x", True),
        ("http://127.9.9.9/x", True),
        ("amqp://[::1]/", True),
        ("memory://", True),
        ("sqlite:///x.db", True),
        ("postgresql:///bus", True),
        ("postgresql://u@/bus?host=/run/postgresql", True),
        ("postgresql://u@/bus?host=db.example.vn", False),
        ("postgresql://localhost/bus?host=10.0.0.1", False),
        ("http://127.0.0.1.example.vn/", False),
        ("http://10.0.0.1/", False),
        ("http://localhost.example.vn/", False),
    ],
)
def test_what_stays_on_this_machine(text: str, *, local: bool) -> None:
    assert is_local(text) is local


@pytest.mark.parametrize(
    ("text", "variables", "insecure"),
    [
        ("http://10.0.0.1/", {}, True),
        ("https://10.0.0.1/", {}, False),
        ("amqp://mq/", {}, True),
        ("amqps://mq/", {}, False),
        ("postgresql://db/x", {}, True),
        ("postgresql://db/x?sslmode=require", {}, True),
        ("postgresql://db/x?sslmode=verify-ca", {}, False),
        ("postgresql+psycopg://db/x?sslmode=verify-full", {}, False),
        ("postgresql://db/x", {"PGSSLMODE": "verify-full"}, False),
        ("postgresql://db/x?sslmode=prefer", {"PGSSLMODE": "verify-full"}, True),
        ("postgresql://db/x?sslrootcert=system", {}, False),
        ("postgresql://127.0.0.1/x", {}, False),
    ],
)
def test_which_links_are_insecure(text: str, variables: Mapping[str, str], *, insecure: bool) -> None:
    assert is_insecure(text, variables) is insecure


def test_a_shown_address_has_no_secret() -> None:
    assert shown_address("https://u:g3heim@example.org:8443/x?key=g3heim") == "https://example.org:8443"
