"""Encrypted replies as VNeID makes them, for tests."""

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

CLAIMS = {
    "citizenPid": "052085001234",
    "fullName": "NGUYỄN VĂN MẪU",
    "birthDate": "12/03/1985",
    "accountType": "PERSONAL",
    "accountLevel": 2,
}


@cache
def private_key(name: str) -> RSAPrivateKey:
    """A key for each name; making one takes a tenth of a second."""
    return generate_private_key(65537, 2048)


def pem(name: str, *, passphrase: str = "", form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase:
        encryption = BestAvailableEncryption(passphrase.encode())
    return private_key(name).private_bytes(Encoding.PEM, form, encryption).decode()


def encrypt(plain: bytes, aes_key: bytes) -> bytes:
    padder = PKCS7(AES.block_size).padder()
    encryptor = Cipher(AES(aes_key), ECB()).encryptor()  # noqa: S305 - the mode is VNeID's
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


def seal(
    claims: Any = CLAIMS, *, name: str = "new", aes_key: bytes = b"k" * 32, wrapped: bytes | None = None
) -> tuple[str, str]:
    """`data` and `key` of a reply. `wrapped`: what is encrypted with RSA, if not the AES key itself."""
    plain = claims if isinstance(claims, bytes) else json.dumps(claims, ensure_ascii=False).encode()
    key = private_key(name).public_key().encrypt(wrapped or aes_key, PKCS1v15())
    return base64.b64encode(encrypt(plain, aes_key)).decode(), base64.b64encode(key).decode()
