"""Sentences about signers: certificates, chains, revocation, times, algorithms. Each states what an officer can do."""

from collections.abc import Mapping

from lienthong.messages import msgid

SENTENCES: Mapping[str, str] = {
    "expired": msgid(
        "The certificate of {name} ended on {until}, and no time stamp proves that the signature is older: ask the "
        "signer for a new signature, or for the file with its time stamp."
    ),
    "not-yet-valid": msgid(
        "The certificate of {name} is valid from {since} on only: check the clock of this computer, or judge again "
        "after that day."
    ),
    "authority-out-of-time": msgid(
        "The certificate of the authority {name} is not within its validity (it ends on {until}): put its renewed "
        "certificate into intermediates/."
    ),
    "revoked": msgid(
        "The certificate of {name} was revoked on {since}, and no time stamp proves that the signature is older: do "
        "not accept the file, and ask the signer for a new one."
    ),
    "authority-revoked": msgid(
        "The certificate of the authority {name} was revoked on {since}: do not accept the file, and ask the signer "
        "for one that is signed with a certificate of another authority."
    ),
    "on-hold": msgid(
        "The certificate of {name} has been suspended since {since}: judge again when the suspension has ended, or "
        "ask the signer."
    ),
    "crl-missing": msgid(
        "There is no certificate revocation list of {issuer}, so it is not known whether the certificate of {name} "
        "was revoked: get the list from this authority and put it into crls/."
    ),
    "crl-not-genuine": msgid(
        "The certificate revocation list in the name of {issuer} is not signed with the key of this authority, so it "
        "is not known whether the certificate of {name} was revoked: do not use that list, and get the true one from "
        "this authority."
    ),
    "crl-too-old": msgid(
        "The newest certificate revocation list of {issuer} is of {issued} and too old: get the current one and put "
        "it into crls/."
    ),
    "crl-younger-than-end": msgid(
        "The certificate revocation lists of {issuer} are younger than the end of the certificate of {name} and "
        "state nothing about it: put a list from before that end into crls/."
    ),
    "crl-of-then-missing": msgid(
        "The signature existed at {moment}, but no certificate revocation list of {issuer} shows whether the "
        "certificate was good then: put a list that was issued after that moment, and before the certificate ended, "
        "into crls/."
    ),
    "issuer-missing": msgid(
        "The certificate of the authority {issuer}, which issued that of {name}, is missing: ask this authority for "
        "it and put it into intermediates/."
    ),
    "issuer-of-another-key": msgid(
        "The certificate of {name} names {issuer} as its issuer, but no known key of that name has signed it: it may "
        "be an imitation. Do not accept the file; ask the issuing agency."
    ),
    "root-not-trusted": msgid(
        "The certificate of {name} leads to the root {issuer}, which is not trusted here: do not accept the file."
    ),
    "root-of-another-profile": msgid(
        "The certificate of {name} was issued under {issuer}, whose root does not count for this use: a signature by "
        "Ban Cơ yếu Chính phủ is needed here."
    ),
    "unknown-critical-extension": msgid(
        "The certificate of {name} holds a restriction that is not understood here and must not be ignored: send the "
        "file to the support of this system."
    ),
    "issuer-is-no-authority": msgid(
        "The certificate of {name} has issued another one though it is no certification authority's: do not accept "
        "the file."
    ),
    "issuer-may-not-issue": msgid(
        "The certificate of {name} may not issue certificates by its key usage: do not accept the file."
    ),
    "path-too-long": msgid(
        "There are more authorities beneath {name} than its certificate permits: do not accept the file."
    ),
    "name-not-permitted": msgid(
        "The authority may not issue certificates for the name {name}: do not accept the file."
    ),
    "authority-signed": msgid(
        "The file is signed with the certificate of a certification authority ({name}), which may not sign "
        "documents: ask for a signature by a person or an agency."
    ),
    "key-usage": msgid(
        "The certificate of {name} is not meant for signing (key usage): ask for a signature with a signing "
        "certificate."
    ),
    "purpose": msgid(
        "The certificate of {name} is meant for another purpose: ask for a signature with a certificate for documents."
    ),
    "signer-missing": msgid(
        "The signature does not contain its signer's certificate: ask the signer to sign again with the certificate "
        "included."
    ),
    "signer-not-the-named": msgid(
        "The signature names another certificate than that of {name}: do not accept the file."
    ),
    "signer-not-protected": msgid(
        "The signature does not name its signer's certificate by digest, as PAdES requires: ask the signer to sign "
        "again with current software."
    ),
    "algorithm-never": msgid(
        "The signature or a certificate uses cryptography that is too weak ({algorithm}): ask for a new signature."
    ),
    "algorithm-unknown": msgid(
        "The signature uses an algorithm that is not judged here ({algorithm}): ask for a signature with RSA or "
        "ECDSA and SHA-256."
    ),
    "sha1-without-proof": msgid(
        "The signature uses SHA-1, which counts only where a time stamp proves a time until {until}: ask for a new "
        "signature."
    ),
    "sha1-counted": msgid(
        "Warning: SHA-1 is used. It counts here because the time is proved to be no later than {until}."
    ),
    "claimed-in-future": msgid(
        "The signing time that the file states ({claimed}) lies after the moment of judging ({at}): ask the signer "
        "to correct the clock and to sign again."
    ),
    "claimed-local-as-utc": msgid(
        "Note: the signing time that the file states ({claimed}) lies ahead, as Hà Nội's time that is written as UTC "
        "does. It proves nothing and is not counted."
    ),
    "good-then": msgid("A time stamp proves that the signature existed on {moment}, when the certificate was good."),
    "good-when-kept": msgid("The file was already here on {moment}, when the certificate was good."),
    "kept-before-certificate": msgid(
        "The file was already here on {moment}, before its certificate was valid ({since}): do not accept the file."
    ),
    "stamp-before-certificate": msgid(
        "A time stamp proves that the signature existed on {moment}, before its certificate was valid ({since}): do "
        "not accept the file."
    ),
    "stamp-set-aside": msgid("Note: a time stamp of {moment} does not hold ({why}) and is set aside."),
    "stamp-out-of-time": msgid("The time stamp states {moment}, when its authority could not have made it."),
    "stamp-of-other-bytes": msgid("The time stamp is over other data than these."),
    "stamp-unreadable": msgid("The time stamp cannot be read."),
    "stamp-holds": msgid("The time stamp holds."),
}
"""By the code of a reason."""
