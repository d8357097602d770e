"""Certificates that end when a test wants them to."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

_AUTHORITY = """
[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost
basicConstraints = CA:TRUE
"""


def sign(certificate: Path, key: Path, ends: datetime) -> None:
    """A certificate for localhost, and for that name alone, signed by itself; made anew with a key that is there."""
    folder = certificate.parent
    request, rules = folder / "request", folder / "authority"
    (folder / "index").write_text("")
    rules.write_text(_AUTHORITY.format(folder=folder))
    new = [] if key.exists() else ["-newkey", "rsa:2048", "-keyout", str(key), "-nodes"]
    asked = ["req", "-new", *(new or ["-key", str(key)]), "-subj", "/CN=localhost", "-out", str(request)]
    signed = ["ca", "-batch", "-notext", "-selfsign", "-config", str(rules), "-keyfile", str(key), "-in", str(request)]
    start = min(datetime.now(UTC), ends) - timedelta(days=1)
    dates = ["-startdate", f"{start:%Y%m%d%H%M%S}Z", "-enddate", f"{ends:%Y%m%d%H%M%S}Z"]
    for words in (asked, [*signed, *dates, "-out", str(certificate)]):
        subprocess.run(["openssl", *words], check=True, capture_output=True)
