"""Sentences about XML signatures. Each states what an officer can do."""

from collections.abc import Mapping

from lienthong.messages import msgid

SENTENCES: Mapping[str, str] = {
    "xml-unreadable": msgid("The file is no well-formed XML: it is damaged, so ask for the original file."),
    "xml-doctype": msgid(
        "The XML declares a document type, which can change what is read: ask for the file without one."
    ),
    "xml-not-canonical": msgid(
        "The XML cannot be brought into the canonical form that a signature covers: ask for a new signature."
    ),
    "xml-signature-shape": msgid(
        "The signature in the XML is not built as the standard demands ({part}): do not accept the file."
    ),
    "xml-base64": msgid("{part} of the signature in the XML is no base64 text: ask for the original file."),
    "xml-object": msgid(
        "The signature in the XML holds content that is not signed as a part of the document: do not accept the file, "
        "it may be forged."
    ),
    "xml-transform": msgid(
        "The signature in the XML changes the document before it is signed in a way that is not permitted ({name}): "
        "ask for a signature over the whole document."
    ),
    "xml-external-reference": msgid(
        "The signature in the XML points to another file instead of this document: ask for a signature over the whole "
        "document."
    ),
    "xml-not-the-document": msgid(
        "The signature in the XML does not cover the whole document: do not accept the file, what it shows may be "
        "forged."
    ),
    "xml-several-references": msgid(
        "The signature in the XML names the document more than once: ask for a new signature."
    ),
    "xml-beside-the-document": msgid(
        "Instructions beside the document are not signed and can change what is shown: ask for the file without them."
    ),
    "xml-identifier-twice": msgid(
        "Two parts of the XML have the identifier that the signature names: do not accept the file, it may be forged."
    ),
    "xml-properties": msgid(
        "The properties of the signature in the XML are not signed, or belong to another one: do not accept the file."
    ),
    "xml-secret-key": msgid(
        "The signature in the XML is made with a shared secret, which proves no signer: ask for a signature with a "
        "certificate."
    ),
}
