"""An invented public key infrastructure of two generations, and the trust folder that goes with it.

The first generation (2010-2030) has sub-authorities whose certificates are SHA-1, the second (2018-2048) has none.
A third root imitates the public authorities, and a fourth everything of the second generation but its keys.
`NOW` is the moment of most judgements; the lists of the archive `crls/` are made around it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.signatures.authorities import (
    AUTHORITY,
    STAMPING,
    Identity,
    Revoked,
    Usage,
    issue,
    key,
    moment,
    revocation_list,
)

NOW = moment("2026-11-20T02:00")
PUBLIC = "Ministry of Information and Communications"


@dataclass(frozen=True)
class Pki:
    """Everybody by a short name, and the files of a trust folder."""

    roots: Mapping[str, Identity]
    authorities: Mapping[str, Identity]
    signers: Mapping[str, Identity]
    stampers: Mapping[str, Identity]
    lists: Mapping[str, bytes]

    def write_trust(self, folder: Path) -> Path:
        """Write the folder in the form of the policy below; return it."""
        files = {f"roots/{each}.crt": identity.der for each, identity in self.roots.items()}
        files |= {f"intermediates/{each}.crt": self.authorities[each].der for each in self.authorities}
        files |= {f"crls/{each}.crl": content for each, content in self.lists.items()}
        pins = "".join(
            f"  {each}:\n    file: roots/{each}.crt\n    sha256: {hashlib.sha256(identity.der).hexdigest()}\n"
            f'    name: "{each}"\n'
            for each, identity in self.roots.items()
        )
        files["policy.yaml"] = POLICY.format(pins=pins).encode()
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder


@cache
def pki() -> Pki:
    """The infrastructure, signers once in a process."""
    roots = _roots()
    authorities = _authorities(roots)
    signers = _signers(authorities)
    stampers = _stampers(roots)
    lists = _lists(roots, authorities, signers, stampers)
    supplied = {each: authorities[each] for each in authorities if not each.startswith("false-")}
    return Pki(roots, supplied, signers | {"authority": authorities["state"]}, stampers, lists)


@cache
def false_pki() -> Mapping[str, Identity]:
    """Root, sub-authority, signer and stamper with the right names, numbers and key identifiers, and other keys."""
    right = pki()

    def twin(of: Identity, by: Identity | None, usage: Usage, alias: str) -> Identity:
        certificate = of.certificate
        named = {attribute.rfc4514_attribute_name: attribute.value for attribute in certificate.subject}
        identifier = next(each.value for each in certificate.extensions if each.oid.dotted_string == "2.5.29.14")
        return issue(
            str(named["CN"]),
            by=by,
            begins=str(certificate.not_valid_before_utc.date()),
            ends=str(certificate.not_valid_after_utc.date()),
            usage=usage,
            private=key(f"false-{alias}"),
            serial=certificate.serial_number,
            organisation=str(named["O"]),
            key_identifier=identifier.digest,  # type: ignore[attr-defined] - the extension was chosen by its number
        )

    root = twin(right.roots["g2"], None, AUTHORITY, "root")
    state = twin(right.authorities["state"], root, AUTHORITY, "state")
    return {
        "root": root,
        "state": state,
        "agency": twin(right.signers["agency"], state, Usage(), "agency"),
        "stamper": twin(right.stampers["stamper"], root, STAMPING, "stamper"),
    }


def _roots() -> dict[str, Identity]:
    first = "Co quan chung thuc so chuyen dung Chinh phu (RootCA)"
    return {
        "g1": issue(first, by=None, begins="2010-01-01", ends="2030-01-01", usage=AUTHORITY, digest="sha1"),
        "g2": issue(f"{first} G2", by=None, begins="2018-01-01", ends="2048-01-01", usage=AUTHORITY),
        "public": issue(
            "Vietnam National Root CA",
            by=None,
            begins="2018-01-01",
            ends="2038-01-01",
            usage=AUTHORITY,
            organisation=PUBLIC,
        ),
    }


def _authorities(roots: Mapping[str, Identity]) -> dict[str, Identity]:
    def first(subject: str) -> Identity:
        return issue(subject, by=roots["g1"], begins="2010-06-01", ends="2029-12-31", usage=AUTHORITY, digest="sha1")

    def second(subject: str, usage: Usage = AUTHORITY) -> Identity:
        return issue(subject, by=roots["g2"], begins="2018-06-01", ends="2038-06-01", usage=usage)

    return {
        "first-state": first("Co quan chung thuc so Chinh phu"),
        "finance": first("Co quan chung thuc so Bo Tai chinh"),
        "state": second("CA phuc vu cac co quan Nha nuoc G2"),
        "party": second("CA phuc vu cac co quan Dang G2"),
        "court": second("CA phuc vu he thong Toa an G2"),
        "assembly": second("CA phuc vu cac co quan Quoc hoi G2"),
        "foreign-affairs": second("CA phuc vu Bo Ngoai giao G2"),
        "front": second("CA phuc vu Mat tran va doan the G2"),
        "police": second("Co quan chung thuc so Bo Cong an G2"),
        "no-authority": second("Khong phai CA G2", Usage()),
        "public-ca": issue(
            "PUBLIC-CA SHA-256",
            by=roots["public"],
            begins="2019-01-01",
            ends="2029-01-01",
            usage=AUTHORITY,
            organisation="TAP DOAN VIEN THONG CONG CONG",
        ),
    }


def _signers(authorities: Mapping[str, Identity]) -> dict[str, Identity]:
    def under(
        authority: str, subject: str, begins: str = "2024-03-01", ends: str = "2029-03-01", **more: object
    ) -> Identity:
        more = {"organisation": "UBND xã Thử Nghiệm", "private": key("signer")} | more
        return issue(subject, by=authorities[authority], begins=begins, ends=ends, **more)  # type: ignore[arg-type] - passed on

    signers = {
        "agency": under("state", "Ủy ban nhân dân xã Thử Nghiệm"),
        "person": under("state", "Nguyễn Văn Ký", private=key("signer-2")),
        "elliptic": under("state", "Trần Thị Ê-líp", private=key("ec:signer")),
        "expired": under("state", "Lê Văn Hết Hạn", "2022-06-01", "2024-06-01"),
        "future": under("state", "Phạm Thị Chưa Tới", "2027-01-01", "2032-01-01"),
        "revoked": under("state", "Võ Văn Thu Hồi"),
        "held": under("state", "Bùi Thị Tạm Dừng"),
        "short-key": under("state", "Khóa Ngắn", private=key("short", 1024)),
        "encipherer": under("state", "Chỉ Mã Hóa", usage=Usage(key_usage=("key_encipherment",))),
        "no-usage": under("state", "Không Nêu Mục Đích", usage=Usage(key_usage=())),
        "critical": under("state", "Phần Mở Rộng Lạ", usage=Usage(critical_unknown=True)),
        "non-repudiation": under("state", "Chỉ Chống Chối Bỏ", usage=Usage(key_usage=("content_commitment",))),
        "first": under("first-state", "Ủy ban nhân dân huyện Cũ", "2016-01-01", "2029-01-01"),
        "finance-old": under("finance", "Chi cục Thuế Cũ", "2016-01-01", "2021-01-01", digest="sha1"),
        "party": under("party", "Đảng ủy xã"),
        "court": under("court", "Tòa án"),
        "assembly": under("assembly", "Văn phòng Quốc hội"),
        "foreign-affairs": under("foreign-affairs", "Sở Ngoại vụ"),
        "front": under("front", "Mặt trận xã"),
        "police": under("police", "Công an xã"),
        "under-no-authority": under("no-authority", "Dưới Chứng Thư Không Phải CA"),
        "citizen": under("public-ca", "Công Dân"),
    }
    signers["under-signer"] = issue("Dưới Người Ký", by=signers["agency"], begins="2024-03-01", ends="2029-03-01")
    signers["self-signed"] = issue("Tự Ký", by=None, begins="2024-03-01", ends="2029-03-01", usage=Usage())
    return signers


def _stampers(roots: Mapping[str, Identity]) -> dict[str, Identity]:
    def stamper(
        subject: str, begins: str = "2024-01-01", ends: str = "2034-01-01", usage: Usage = STAMPING
    ) -> Identity:
        return issue(subject, by=roots["g2"], begins=begins, ends=ends, usage=usage)

    return {
        "stamper": stamper("Dich vu cap dau thoi gian G2"),
        "old": issue("Dich vu dau thoi gian", by=roots["g1"], begins="2015-01-01", ends="2029-01-01", usage=STAMPING),
        "no-purpose": stamper("Dau thoi gian khong muc dich", usage=Usage(key_usage=("digital_signature",))),
        "revoked": stamper("Dau thoi gian thu hoi"),
        "expired": stamper("Dau thoi gian het han", "2018-06-01", "2025-06-01"),
    }


def _lists(
    roots: Mapping[str, Identity],
    authorities: Mapping[str, Identity],
    signers: Mapping[str, Identity],
    stampers: Mapping[str, Identity],
) -> dict[str, bytes]:
    def fresh(authority: str, revoked: Mapping[int, Revoked] | None = None) -> bytes:
        return revocation_list(authorities[authority], issued="2026-11-18T17:00", revoked=revoked, number=400)

    lost = {
        authorities["front"].serial: Revoked("2026-05-04", "cessation"),
        stampers["revoked"].serial: Revoked("2026-04-01"),
    }
    gone = {
        signers["revoked"].serial: Revoked("2026-03-10"),
        signers["held"].serial: Revoked("2026-11-02", "certificate_hold"),
    }
    liar = {signers["assembly"].serial: Revoked("2026-01-01")}
    state = authorities["state"]
    return {
        "g1-2019": revocation_list(roots["g1"], issued="2019-01-10", days=365, digest="sha1"),
        "g1": revocation_list(roots["g1"], issued="2026-07-01", days=365),
        "g2-2025": revocation_list(roots["g2"], issued="2025-01-05", days=365),
        "g2": revocation_list(roots["g2"], issued="2026-07-01", days=365, revoked=lost, number=9),
        "public": revocation_list(roots["public"], issued="2026-06-01", days=365),
        "first-state": fresh("first-state"),
        "finance-2019": revocation_list(authorities["finance"], issued="2019-05-28T17:00", days=14, digest="sha1"),
        "state-2024": revocation_list(state, issued="2024-05-20T17:00", number=282),
        "state-2025": revocation_list(state, issued="2025-06-15T17:00", number=338),
        "state": fresh("state", gone),
        "party": revocation_list(authorities["party"], issued="2026-08-30T17:00"),
        "court": revocation_list(authorities["court"], issued="2026-10-05T17:00", days=182),
        "assembly": fresh("assembly"),
        "assembly-new": revocation_list(
            authorities["assembly"], issued="2026-11-19T17:00", revoked=liar, private=key("forger"), number=401
        ),
        "foreign-affairs": revocation_list(
            authorities["foreign-affairs"], issued="2026-11-18T17:00", private=key("forger")
        ),
        "front": fresh("front"),
        "no-authority": fresh("no-authority"),
        "public-ca": revocation_list(authorities["public-ca"], issued="2026-11-19T05:00", days=3),
    }


def as_pem(identity: Identity) -> bytes:
    return identity.certificate.public_bytes(Encoding.PEM)


POLICY = """version: 1
roots:
{pins}
profiles:
  official:
    roots: [g1, g2]
  forms:
    roots: [g1, g2, public]
default_profile: official
time:
  claimed_time_is_proof: false
  clock_tolerance: 5m
  local_time_written_as_utc: 7h
  claimed_in_future: reject
revocation:
  required: true
  crl_max_age: 7d
  root_crl_max_age: 400d
  kept_crls_count: true
algorithms:
  sha1_until: 2020-12-31
  sha1_in_supplied_ca_certificates: true
  md5: never
  min_rsa_bits: 2048
certificates:
  key_usage_any_of: [digital_signature, non_repudiation]
  ca_may_sign_documents: false
document:
  changes_without_certification: [signatures, time_stamps, validation_data]
  xml_must_cover_root: true
"""
