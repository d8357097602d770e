"""Sentences about files and the values of signatures. Each states what an officer can do."""

from collections.abc import Mapping

from lienthong.messages import msgid

SENTENCES: Mapping[str, str] = {
    "no-signature": msgid("The file has no signature: ask for the signed file."),
    "empty": msgid("The file is empty: send it again."),
    "format-not-judged": msgid("The file is neither PDF nor XML: ask for a signed PDF."),
    "unreadable": msgid(
        "The file cannot be read ({problem}): it is damaged or not of its format. Ask for the original file."
    ),
    "beyond-limit": msgid(
        "The file is beyond a limit of this system ({name}: {limit}) and was not judged: ask for a smaller or "
        "simpler file."
    ),
    "process-ended": msgid(
        "Reading the file ended the process that judged it ({exit_code}): the file is damaged or made to do harm. Ask "
        "for the original file."
    ),
    "pdf-unreadable": msgid("The signature in the PDF cannot be read ({problem}): ask for the original file."),
    "pdf-encrypted": msgid(
        "The PDF is protected by a password, so its signatures cannot be judged: ask for the file without a password."
    ),
    "pdf-bytes-after-end": msgid("The PDF is cut off, or data follow its end: ask for the original file."),
    "range-missing": msgid("The signature does not state what it covers: ask for the original file."),
    "range-shape": msgid("The signature does not cover the file from its first byte on: do not accept the file."),
    "pdf-encrypted-after": msgid(
        "The PDF was encrypted after it was signed, which destroyed the signature: ask for the file as the signer "
        "issued it."
    ),
    "range-outside": msgid("The signature states a range that lies outside of the file: do not accept the file."),
    "range-gap": msgid(
        "The signature leaves out more than its own value: do not accept the file, parts of it may be forged."
    ),
    "range-end": msgid("The signature does not cover its version of the file to the end: do not accept the file."),
    "contents-missing": msgid("The signature has no value: ask for the signed file."),
    "contents-empty": msgid("The place of the signature is empty: signing was not completed. Ask for the signed file."),
    "format-unknown": msgid(
        "The signature has a format that is not judged here ({format}): ask for a PAdES signature."
    ),
    "cms-unreadable": msgid("The value of the signature cannot be read ({problem}): ask for the original file."),
    "cms-no-signed-data": msgid("The value of the signature holds no signature: ask for the original file."),
    "cms-signers": msgid(
        "The value of one signature must have one signer and has {count}: ask each signer to sign by itself."
    ),
    "cms-attribute-twice": msgid("The signature states {name} more than once: do not accept the file."),
    "cms-not-detached": msgid(
        "The signature brings along data of its own instead of signing the file: do not accept the file."
    ),
    "cms-no-attributes": msgid(
        "The signature lacks the signed attributes that its format requires: ask for a new signature."
    ),
    "cms-content-type": msgid(
        "The signature does not state what kind of data it signs, or states another kind: do not accept the file."
    ),
    "cms-no-digest": msgid("The signature does not contain the digest of the file: do not accept the file."),
    "cms-two-hashes": msgid(
        "The signature names two different hash algorithms ({one}, {other}): ask for a new signature."
    ),
    "cms-protection": msgid(
        "The algorithms of the signature are not the ones that were signed: do not accept the file."
    ),
    "hash-mismatch": msgid(
        "The content was changed after it was signed: do not accept the file, and ask for the original."
    ),
    "signature-mismatch": msgid(
        "The value of the signature does not fit the certificate of {name}: do not accept the file."
    ),
    "changed-after": msgid(
        "Something was added or changed after the signature that may not be: do not accept the file, and ask for the "
        "one that the signer issued."
    ),
    "form-changed-after": msgid(
        "The form field {field} was changed after the signature, which no certification permits: do not accept the "
        "file."
    ),
    "unsigned-field-added": msgid(
        "A signature field without a signature ({field}) was added after the signature: ask for the file as it was "
        "signed, or for the missing signature."
    ),
    "locked-field-changed": msgid(
        "A form field that the signature locks was changed: {field}. Do not accept the file."
    ),
    "changed-after-final": msgid(
        "The certification permits no further change, and the file was changed or signed after it: do not accept the "
        "file."
    ),
    "changed-beyond-certification": msgid(
        "The file was changed after its certification in a way that its level ({level}) does not permit: do not "
        "accept the file."
    ),
}
"""By the code of a reason."""
