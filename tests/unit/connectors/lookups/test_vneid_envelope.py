"""VNeID's encrypted replies: what is opened, and that nothing tells why another one is not."""

import base64
import os
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from connectors.lookups.vneid_envelope import VneidEnvelope
from lienthong.errors import Transient
from lienthong.ports import Site
from tests.databases import open_in_memory
from tests.unit.connectors.lookups.sealed_replies import CLAIMS, encrypt, pem, private_key, seal


class _Clock:
    def now(self) -> datetime:
        raise AssertionError


def lookup(keys: str = "", **more: str) -> VneidEnvelope:
    return VneidEnvelope(Site(_Clock(), open_in_memory()), private_key=keys or pem("new"), **more)


def open_reply(data: str, key: str, by: VneidEnvelope | None = None) -> Any:
    asked = f"{key}.{data}"
    return (by or lookup()).find_many([asked]).get(asked)


@pytest.mark.parametrize("size", [16, 24, 32])
def test_a_reply_is_opened_with_every_size_of_key(size: int) -> None:
    assert open_reply(*seal(aes_key=os.urandom(size))) == CLAIMS


def test_an_aes_key_may_be_wrapped_as_base64_text() -> None:
    for size in (16, 24, 32):
        aes_key = os.urandom(size)
        assert open_reply(*seal(aes_key=aes_key, wrapped=base64.b64encode(aes_key))) == CLAIMS


def test_base64_is_read_as_senders_and_forms_write_it() -> None:
    data, key = seal()
    folded = "\r\n".join(data[n : n + 76] for n in range(0, len(data), 76))
    url_safe = data.replace("+", "-").replace("/", "_").rstrip("=")
    for variant in (folded, f" {data} ", url_safe, data.rstrip("=")):
        assert open_reply(variant, key) == CLAIMS
    assert open_reply(data.replace("+", " "), key.replace("+", " ")) == CLAIMS


def test_several_keys_serve_while_a_key_is_changed() -> None:
    both = lookup(f"{pem('new')}\n# the old one\n{pem('old', form=PrivateFormat.TraditionalOpenSSL)}")
    for name in ("new", "old"):
        assert open_reply(*seal(name=name), both) == CLAIMS
    assert open_reply(*seal(name="old")) is None


def test_many_replies_are_opened_at_once_and_a_bad_one_costs_itself() -> None:
    replies = [seal({"citizenPid": str(number)}) for number in range(3)]
    keys = [f"{key}.{data}" for data, key in replies]
    found = lookup().find_many([*keys, "x.y"])
    assert [found[key] for key in keys] == [{"citizenPid": "0"}, {"citizenPid": "1"}, {"citizenPid": "2"}]
    assert len(found) == 3


DATA, KEY = seal()
SPOILT = bytearray(base64.b64decode(DATA))
SPOILT[-1] ^= 1


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (DATA, ""),
        ("", KEY),
        (DATA, DATA),
        (DATA, base64.b64encode(os.urandom(256)).decode()),
        (DATA, base64.b64encode(b"\x00" * 256).decode()),
        (DATA, base64.b64encode(private_key("new").public_key().encrypt(b"short", PKCS1v15())).decode()),
        (DATA[:-24], KEY),
        (base64.b64encode(SPOILT).decode(), KEY),
        (base64.b64encode(b"x" * 15).decode(), KEY),
        ("chữ không phải base64", KEY),
        ("\x00", "\x00"),
        *(seal(content) for content in (b"", b"not json", b"[]", b'"text"', b"12", b'{"a": NaN}', b"\xff\xfe", "null")),
    ],
)
def test_what_cannot_be_opened_is_absent_and_nothing_is_raised(data: str, key: str) -> None:
    assert open_reply(data, key) is None


@given(st.text(max_size=400), st.text(max_size=400))
@pytest.mark.slow
def test_no_text_raises(data: str, key: str) -> None:
    assert open_reply(data, key) is None


def test_every_reply_costs_as_many_decryptions_whatever_is_wrong_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from connectors.lookups import vneid_envelope

    counted: list[int] = []
    original = vneid_envelope._claims
    monkeypatch.setattr(vneid_envelope, "_claims", lambda *args: counted.append(1) or original(*args))
    by, counts = lookup(pem("new") + pem("old")), set()
    for data, key in ((DATA, KEY), (DATA, DATA), (DATA, ""), seal(name="old"), ("", KEY)):
        counted.clear()
        open_reply(data, key, by)
        counts.add(len(counted))
    assert counts == {4}


def test_without_a_usable_key_the_reason_states_what_to_do_and_nothing_of_the_key() -> None:
    elliptic = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    sealed = pem("new", passphrase="đúng")
    for keys, passphrase, why in (
        ("khóa", "", "PEM"),
        (elliptic.decode(), "", "RSA"),
        (sealed, "", "PASSPHRASE"),
        (sealed, "sai", "PASSPHRASE"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "", "không đọc được"),
    ):
        with pytest.raises(Transient, match=why) as raised:
            open_reply(*seal(), lookup(keys, passphrase=passphrase))
        assert "AAAA" not in raised.value.why
    assert open_reply(*seal(), lookup(sealed, passphrase="đúng")) == CLAIMS


def test_without_a_key_no_reply_is_opened_and_a_notice_states_what_to_set() -> None:
    site = Site(_Clock(), open_in_memory())
    assert open_reply(*seal(), VneidEnvelope(site, private_key=" ")) is None
    assert open_reply(*seal(), VneidEnvelope(site)) is None
    (notice,) = site.notices.take()
    assert "VNEID_PRIVATE_KEY_FILE" in notice


def test_the_mode_is_the_one_that_is_documented() -> None:
    """Two equal blocks of text are two equal blocks of the reply: ECB, and no other mode of AES."""
    sealed = encrypt(b"=" * 32, b"k" * 16)
    assert sealed[:16] == sealed[16:32]
