"""May this certificate sign this? Key usage and purposes (EN 319 102-1, 5.2.6: constraints of the policy)."""

from enum import Enum, auto

from lienthong.signatures.certificates import Cert
from lienthong.signatures.chain import Chain, Fault
from lienthong.signatures.policy import Policy
from lienthong.signatures.verdict import SubIndication, reason

TIME_STAMPING = "1.3.6.1.5.5.7.3.8"

_NOT_FOR_DOCUMENTS = frozenset(
    {
        "1.3.6.1.5.5.7.3.1",  # TLS servers
        "1.3.6.1.5.5.7.3.3",  # code
        TIME_STAMPING,
        "1.3.6.1.5.5.7.3.9",  # OCSP responses
    }
)


class Purpose(Enum):
    """What a certificate is used for."""

    DOCUMENT = auto()
    TIME_STAMP = auto()


def purpose_fault(chain: Chain, purpose: Purpose, policy: Policy) -> Fault | None:
    """What forbids the signer's certificate to sign this."""
    return _time_stamp_fault(chain.signer) if purpose is Purpose.TIME_STAMP else _document_fault(chain.signer, policy)


def _document_fault(signer: Cert, policy: Policy) -> Fault | None:
    if signer.is_ca and not policy.ca_may_sign_documents:
        return _fault("authority-signed", signer)
    if not (signer.usages or frozenset()) & set(policy.key_usage_any_of):
        return _fault("key-usage", signer)
    if signer.purposes is not None and signer.purposes <= _NOT_FOR_DOCUMENTS:  # RFC 5280, 4.2.1.12
        return _fault("purpose", signer)
    return None


def _time_stamp_fault(signer: Cert) -> Fault | None:
    """RFC 3161, 2.3: time stamping is its only purpose, and critical."""
    if signer.purposes != frozenset({TIME_STAMPING}) or not signer.purposes_critical:
        return _fault("purpose", signer)
    if signer.usages is not None and not signer.usages & {"digital_signature", "non_repudiation"}:
        return _fault("key-usage", signer)
    return None


def _fault(code: str, signer: Cert) -> Fault:
    return Fault(SubIndication.CHAIN_CONSTRAINTS_FAILURE, reason(code, name=signer.subject))
