"""Certificates with an end date that the test chooses."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

_AUTHORITY = """
[ca]
default_ca = test
[test]
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
    """Write a self-signed certificate for the name localhost only; a key that exists is used again."""
    folder = certificate.parent
    request, rules = folder / "request", folder / "authority"
    (folder / "index").write_text("")
    rules.write_text(_AUTHORITY.format(folder=folder))
    new = [] if key.exists() else ["-newkey", "rsa:2048", "-keyout", str(key), "-nodes"]
    ask = ["req", "-new", *(new or ["-key", str(key)]), "-subj", "/CN=localhost", "-out", str(request)]
    issue = ["ca", "-batch", "-notext", "-selfsign", "-config", str(rules), "-keyfile", str(key), "-in", str(request)]
    start = min(datetime.now(UTC), ends) - timedelta(days=1)
    dates = ["-startdate", f"{start:%Y%m%d%H%M%S}Z", "-enddate", f"{ends:%Y%m%d%H%M%S}Z"]
    for arguments in (ask, [*issue, *dates, "-out", str(certificate)]):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
