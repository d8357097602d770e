"""VNeID's encrypted replies: `{"data", "key"}`, opened with the private keys of the configuration.

`key` is an AES key, encrypted by RSA with PKCS#1 v1.5; `data` is the reply's JSON, encrypted by AES in ECB mode with
PKCS#7 padding. Both are in base64. The reply is encrypted and not signed: it proves an identity only to a system that
fetched it from VNeID itself.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lienthong import Site, Transient
from lienthong.connectors.protocols.lists import object_of

_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_AES_KEYS = (16, 24, 32)
_LINE_BREAKS = re.compile(r"[\r\n\t]")
_NO_KEY = "Trả lời mã hóa của VNeID bị từ chối vì chưa có khóa riêng: đặt biến VNEID_PRIVATE_KEY_FILE."
_NO_PEM = "khóa riêng (VNEID_PRIVATE_KEY) không có dạng PEM"


class VneidEnvelope:
    """Opens replies. A key is `KEY.DATA`, both as VNeID wrote them; its answer is the object with the claims.

    - `private_key`: one or more RSA keys in PEM form, the newest first, so that a key can be changed without a stop.
    - `passphrase`: of encrypted keys, or empty.

    Without a key nothing can be opened, and a notice states what to set. When no key given is usable, asking raises
    `Transient`: that is a fault of the configuration, not of the question.

    A reply that cannot be opened is absent from the answer, whatever is wrong with it, and takes the same way until
    then: who sends forged replies learns nothing about the key from ours. No text has anything of a reply or a key.
    """

    reaches_outside = False

    def __init__(self, site: Site, *, private_key: str = "", passphrase: str = "") -> None:
        self._notices = site.notices
        loaded = [_load(pem[0], passphrase) for pem in _PEM.finditer(private_key)]
        self._keys = [key for key in loaded if not isinstance(key, str)]
        self._why = next((why for why in loaded if isinstance(why, str)), _NO_PEM if private_key.strip() else "")

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Any]:
        """The claims of every reply that can be opened. Raises `Transient` when no private key given is usable."""
        if not self._keys and not self._why:
            self._notices.add(_NO_KEY)
        elif not self._keys:
            raise Transient(f"chưa giải mã được trả lời của VNeID: {self._why}")
        return {key: claims for key in keys if (claims := self._open(key)) is not None}

    def _open(self, sealed: str) -> Mapping[str, Any] | None:
        wrapped, _, data = sealed.partition(".")
        key_bytes, ciphertext = _decode(wrapped), _decode(data)
        found: Mapping[str, Any] | None = None
        for private_key in self._keys:
            for aes_key in _aes_keys(private_key, key_bytes):
                claims = _claims(aes_key, ciphertext)
                found = claims if found is None else found
        return found


def _aes_keys(private_key: RSAPrivateKey, wrapped: bytes) -> Iterator[bytes]:
    """The AES key as it is, and as some senders write it: as base64 text. A random one when there is none."""
    try:
        plain = private_key.decrypt(wrapped, PKCS1v15())
    except ValueError:
        plain = b""
    yield plain if len(plain) in _AES_KEYS else secrets.token_bytes(32)
    as_text = _decode(plain.decode("ascii", "replace"))
    yield as_text if len(as_text) in _AES_KEYS else secrets.token_bytes(32)


def _claims(aes_key: bytes, ciphertext: bytes) -> Mapping[str, Any] | None:
    try:
        decryptor = Cipher(AES(aes_key), ECB()).decryptor()  # noqa: S305 - the mode is VNeID's
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        unpadder = PKCS7(AES.block_size).unpadder()
        claims = orjson.loads(unpadder.update(padded) + unpadder.finalize())
    except ValueError:  # of the size, of the padding and of the JSON alike
        return None
    return object_of(claims)


def _decode(text: str) -> bytes:
    """The bytes of base64 text, b"" when it is none. A `+` that a form turned into a space is a `+` again."""
    plain = _LINE_BREAKS.sub("", text.strip()).replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def _load(pem: str, passphrase: str) -> RSAPrivateKey | str:
    """The key, or why it cannot be used."""
    try:
        key = load_pem_private_key(pem.encode(), passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "khóa riêng (VNEID_PRIVATE_KEY) không đọc được, hoặc sai VNEID_PRIVATE_KEY_PASSPHRASE"
    return key if isinstance(key, RSAPrivateKey) else "khóa riêng (VNEID_PRIVATE_KEY) không phải khóa RSA"
