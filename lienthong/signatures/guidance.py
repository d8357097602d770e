"""What an officer does about each reason of a verdict, beside what its sentence states of the file."""

from collections.abc import Mapping
from string import Formatter
from typing import NamedTuple

from lienthong.messages import Message, message, msgid
from lienthong.signatures.sentences import SENTENCES

REFUSE = msgid(
    "Refuse the file, and do not use it. Ask the issuing agency for the document, through a channel that you know "
    "yourself, and show it the file: it may have been changed or forged."
)
ASK_FOR_FILE = msgid(
    "Return the file with this sentence, and ask for the signed file itself as the signer issued it: not a print, a "
    "scan, an export, or a copy that another program has saved."
)
ASK_FOR_SIGNATURE = msgid(
    "Keep the file, but do not accept it. Ask the signer to sign the document again: with a certificate for documents "
    "that is valid today, a time stamp, and current software."
)
CARE_FOR_TRUST = msgid(
    "Keep the file, but do not accept it yet: nothing is wrong with it as far as is known. Send this sentence to the "
    "administrator, who completes the trust folder. What the store of documents keeps is judged again by itself then; "
    "a file that it refused is put in again."
)
WAIT = msgid(
    "Keep the file, but do not accept it yet. What the store of documents keeps is judged again by itself at the "
    "moment `recheck_after`; if it still does not pass, ask the signer for a new signature."
)
SUPPORT = msgid("Keep the file, but do not accept it. Send it with this sentence to the support of this system.")
NOTE = msgid("A remark, which decides nothing: go by the indication of the file.")

STEPS: Mapping[str, str] = {
    "authority-revoked": REFUSE,
    "revoked": REFUSE,
    "issuer-of-another-key": REFUSE,
    "root-not-trusted": REFUSE,
    "issuer-is-no-authority": REFUSE,
    "issuer-may-not-issue": REFUSE,
    "path-too-long": REFUSE,
    "name-not-permitted": REFUSE,
    "signer-not-the-named": REFUSE,
    "range-shape": REFUSE,
    "range-outside": REFUSE,
    "range-gap": REFUSE,
    "range-end": REFUSE,
    "cms-attribute-twice": REFUSE,
    "cms-not-detached": REFUSE,
    "cms-content-type": REFUSE,
    "cms-no-digest": REFUSE,
    "cms-protection": REFUSE,
    "hash-mismatch": REFUSE,
    "signature-mismatch": REFUSE,
    "changed-after": REFUSE,
    "form-changed-after": REFUSE,
    "locked-field-changed": REFUSE,
    "changed-after-final": REFUSE,
    "changed-beyond-certification": REFUSE,
    "kept-before-certificate": REFUSE,
    "stamp-before-certificate": REFUSE,
    "xml-signature-shape": REFUSE,
    "xml-object": REFUSE,
    "xml-not-the-document": REFUSE,
    "xml-identifier-twice": REFUSE,
    "xml-properties": REFUSE,
    "process-ended": REFUSE,
    "no-signature": ASK_FOR_FILE,
    "empty": ASK_FOR_FILE,
    "format-not-judged": ASK_FOR_FILE,
    "unreadable": ASK_FOR_FILE,
    "beyond-limit": ASK_FOR_FILE,
    "pdf-unreadable": ASK_FOR_FILE,
    "pdf-encrypted": ASK_FOR_FILE,
    "pdf-bytes-after-end": ASK_FOR_FILE,
    "range-missing": ASK_FOR_FILE,
    "pdf-encrypted-after": ASK_FOR_FILE,
    "contents-missing": ASK_FOR_FILE,
    "contents-empty": ASK_FOR_FILE,
    "format-unknown": ASK_FOR_FILE,
    "cms-unreadable": ASK_FOR_FILE,
    "cms-no-signed-data": ASK_FOR_FILE,
    "unsigned-field-added": ASK_FOR_FILE,
    "xml-unreadable": ASK_FOR_FILE,
    "xml-doctype": ASK_FOR_FILE,
    "xml-base64": ASK_FOR_FILE,
    "xml-beside-the-document": ASK_FOR_FILE,
    "expired": ASK_FOR_SIGNATURE,
    "authority-signed": ASK_FOR_SIGNATURE,
    "key-usage": ASK_FOR_SIGNATURE,
    "purpose": ASK_FOR_SIGNATURE,
    "signer-missing": ASK_FOR_SIGNATURE,
    "signer-not-protected": ASK_FOR_SIGNATURE,
    "algorithm-never": ASK_FOR_SIGNATURE,
    "algorithm-unknown": ASK_FOR_SIGNATURE,
    "sha1-without-proof": ASK_FOR_SIGNATURE,
    "claimed-in-future": ASK_FOR_SIGNATURE,
    "root-of-another-profile": ASK_FOR_SIGNATURE,
    "cms-signers": ASK_FOR_SIGNATURE,
    "cms-no-attributes": ASK_FOR_SIGNATURE,
    "cms-two-hashes": ASK_FOR_SIGNATURE,
    "xml-not-canonical": ASK_FOR_SIGNATURE,
    "xml-transform": ASK_FOR_SIGNATURE,
    "xml-external-reference": ASK_FOR_SIGNATURE,
    "xml-several-references": ASK_FOR_SIGNATURE,
    "xml-secret-key": ASK_FOR_SIGNATURE,
    "authority-out-of-time": CARE_FOR_TRUST,
    "crl-missing": CARE_FOR_TRUST,
    "crl-not-genuine": CARE_FOR_TRUST,
    "crl-too-old": CARE_FOR_TRUST,
    "crl-younger-than-end": CARE_FOR_TRUST,
    "crl-of-then-missing": CARE_FOR_TRUST,
    "issuer-missing": CARE_FOR_TRUST,
    "unknown-critical-extension": SUPPORT,
    "not-yet-valid": WAIT,
    "on-hold": WAIT,
    "sha1-counted": NOTE,
    "claimed-local-as-utc": NOTE,
    "good-then": NOTE,
    "good-when-kept": NOTE,
    "stamp-set-aside": NOTE,
    "stamp-out-of-time": NOTE,
    "stamp-of-other-bytes": NOTE,
    "stamp-unreadable": NOTE,
    "stamp-holds": NOTE,
}
"""By the code of a reason, what an officer does."""


class Guidance(NamedTuple):
    """The sentence of a reason, with `‹name›` in place of each detail, and what an officer does."""

    sentence: Message
    step: Message


def guidance(code: str) -> Guidance | None:
    """What is known of a reason, None if there is no such code."""
    text = SENTENCES.get(code)
    if text is None:
        return None
    details = {name: f"‹{name}›" for _, name, _, _ in Formatter().parse(text) if name}
    return Guidance(message(text, **details), message(STEPS[code]))
