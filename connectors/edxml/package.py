"""A package of edXML (QCVN 102:2016/BTTTT): a document with its files, for the axis of documents.

ASSUMED: the children of `Reference`, and what is not known is left empty. A package is not signed here: the axis's own
software signs what it sends.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from connectors.notices.gateway import Attachment
from lienthong import LOCAL_ZONE, Rejected

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
NUMBER = re.compile(r"(\d{1,9})\s*/\s*(\S.*)")
"""Number and sign (số và ký hiệu), such as `12/BC-VPUBND`."""

NEW = "0"
"""`BussinessDocType`, as the standard spells it: a new document."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the axis, by the identifier that it has there."""

    id: str
    name: str
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a package carries. `number` is number and sign; `issued_at` an instant, and so is `sent_at`."""

    sender: Organisation
    to: Sequence[Organisation]
    number: str
    place: str
    issued_at: datetime
    sent_at: datetime
    type_name: str
    subject: str
    content: str
    signer: Mapping[str, str]
    reason: str = ""


def make_package(letter: Letter, files: Sequence[Attachment]) -> bytes:
    """The package as UTF-8 XML; the same letter gives the same bytes. Raises `Rejected` (field `number`)."""
    root = ET.Element("edXML", {"xmlns": NAMESPACE})
    envelope = ET.SubElement(root, "edXMLEnvelope")
    header = ET.SubElement(envelope, "edXMLHeader")
    name = document_id(letter)
    _message_header(header, letter, name)
    _trace(header, letter, name)
    manifest = ET.SubElement(ET.SubElement(envelope, "edXMLBody"), "edXMLManifest")
    encoded = ET.SubElement(root, "AttachmentEncoded")
    for position, file in enumerate(files, 1):
        content_id = f"{name};{position}"
        reference = ET.SubElement(manifest, "Reference")
        _add(reference, {"ContentId": content_id, "ContentType": file.media_type, "Description": file.name})
        attachment = ET.SubElement(encoded, "Attachment")
        _add(attachment, {"ContentId": content_id, "AttachmentName": file.name, "ContentType": file.media_type})
        _add(attachment, {"ContentTransferEncoded": b64encode(file.content).decode("ascii")})
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def document_id(letter: Letter) -> str:
    """`orgid,yyyy/MM/dd,number/notation`."""
    number, notation = _number(letter.number)
    return f"{letter.sender.id},{_day(letter.issued_at)},{number}/{notation}"


def _message_header(header: ET.Element, letter: Letter, name: str) -> None:
    message = ET.SubElement(header, "MessageHeader")
    for tag, organisations in (("From", [letter.sender]), ("To", letter.to)):
        for one in organisations:
            _add(ET.SubElement(message, tag), _organisation(one))
    number, notation = _number(letter.number)
    _add(message, {"DocumentId": name})
    _add(ET.SubElement(message, "Code"), {"CodeNumber": number, "CodeNotation": notation})
    promulgation = {"Place": letter.place, "PromulgationDate": _day(letter.issued_at)}
    _add(ET.SubElement(message, "PromulgationInfo"), promulgation)
    kind = {"Type": "", "TypeDetail": "", "TypeName": letter.type_name}
    _add(ET.SubElement(message, "DocumentType"), kind)
    _add(message, {"Subject": letter.subject, "Content": letter.content})
    signer = {tag: letter.signer.get(tag, "") for tag in ("Competence", "Position", "FullName")}
    _add(ET.SubElement(message, "SignerInfo"), signer)
    _add(message, {"DueDate": ""})
    _add(ET.SubElement(message, "OtherInfo"), {"Priority": "0"})
    _add(message, {"SteeringType": "", "ToPlaces": "; ".join(one.name for one in letter.to), "ResponseFor": ""})


def _trace(header: ET.Element, letter: Letter, name: str) -> None:
    traces = ET.SubElement(header, "TraceHeaderList")
    moment = letter.sent_at.astimezone(LOCAL_ZONE).strftime("%Y/%m/%d %H:%M:%S")
    _add(ET.SubElement(traces, "TraceHeader"), {"OrganId": letter.sender.id, "Timestamp": moment})
    business = {"DocumentId": name, "BussinessDocType": NEW, "BussinessDocReason": letter.reason, "Paper": "0"}
    _add(ET.SubElement(traces, "Bussiness"), {**business, "StaffInfo": ""})


def _organisation(one: Organisation) -> Mapping[str, str]:
    return {
        "OrganId": one.id,
        "OrganizationInCharge": one.in_charge,
        "OrganName": one.name,
        "OrganAdd": one.address,
        "Email": one.email,
        "Telephone": one.telephone,
        "Fax": "",
        "Website": "",
    }


def _add(parent: ET.Element, texts: Mapping[str, str]) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = _UNWRITABLE.sub("", text)


def _number(text: str) -> Iterable[str]:
    found = NUMBER.fullmatch(text.strip())
    if found is None:
        raise Rejected(
            f"số, ký hiệu {text!r} không dùng được cho trục văn bản; duyệt với --number 12/BC-VPUBND", field="number"
        )
    return found.groups()


def _day(moment: datetime) -> str:
    return moment.astimezone(LOCAL_ZONE).strftime("%Y/%m/%d")
