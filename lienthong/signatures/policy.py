"""The policy of a trust folder: who is trusted for what, and the constraints of EN 319 102-1 that a policy must fix."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from lienthong.envelope import LOCAL_ZONE

DURATION = re.compile(r"(?P<count>[0-9]{1,6})(?P<unit>[smhd])", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def parse_duration(text: object) -> timedelta:
    """`5m`, `7h`, `400d` as a duration. Raises ValueError."""
    parts = DURATION.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        raise ValueError(text)
    return int(parts["count"]) * _UNITS[parts["unit"]]


@dataclass(frozen=True, slots=True)
class Pin:
    """A root that is trusted: where its certificate lies, and the SHA-256 of its DER."""

    file: str
    sha256: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """`policy.yaml` as values. Its comments and `docs/signatures.md` state what each one means."""

    roots: Mapping[str, Pin]
    profiles: Mapping[str, tuple[str, ...]]
    default_profile: str
    clock_tolerance: timedelta = timedelta(minutes=5)
    local_time_written_as_utc: timedelta = timedelta(hours=7)
    crl_max_age: timedelta = timedelta(days=7)
    root_crl_max_age: timedelta = timedelta(days=400)
    kept_crls_count: bool = True
    sha1_until: date = date(2020, 12, 31)
    sha1_in_supplied_ca_certificates: bool = True
    min_rsa_bits: int = 2048
    key_usage_any_of: tuple[str, ...] = ("digital_signature", "non_repudiation")
    ca_may_sign_documents: bool = False
    changes_without_certification: frozenset[str] = field(
        default_factory=lambda: frozenset({"signatures", "time_stamps", "validation_data"})
    )

    @property
    def tolerated_ahead(self) -> timedelta:
        """How far a claimed time may lie ahead of the moment of judging."""
        return max(self.clock_tolerance, self.local_time_written_as_utc)

    def sha1_counts(self, moment: datetime) -> bool:
        """Whether SHA-1 counts for what is proved to have existed at `moment`; the day ends in Vietnam."""
        end = datetime.combine(self.sha1_until + timedelta(days=1), time(), LOCAL_ZONE)
        return moment.astimezone(UTC) < end
