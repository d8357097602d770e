"""A PDF as an archive keeps it, PDF/A-2b (ISO 19005-2): what its colours mean, and what it is, are inside the file.

The rest the pages themselves keep to: embedded fonts, no letter without a shape, nothing transparent, nothing loaded.
"""

import io
from datetime import datetime, time
from importlib.resources import files
from typing import Any

from lienthong import LOCAL_ZONE, Document
from reports.rendering.cells import agency_lines, clean, local_day

_TOOL, _PRODUCER = "Lienthong", "ReportLab, qpdf"
"""What made the file. Without versions: they would change the bytes of a report that is made again."""


def archived(content: bytes, document: Document) -> bytes:
    """The same pages as PDF/A-2b. Equal documents give equal bytes, on every machine."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        profile = pdf.make_stream(files("reports.rendering").joinpath("fonts/sRGB2014.icc").read_bytes(), N=3)
        pdf.Root.OutputIntents = pikepdf.Array(
            [
                pdf.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.OutputIntent,
                        S=pikepdf.Name.GTS_PDFA1,
                        OutputConditionIdentifier="sRGB",
                        Info="sRGB IEC61966-2.1",
                        DestOutputProfile=profile,
                    )
                )
            ]
        )
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=False)
        for page in pdf.pages:
            del page.obj["/Trans"]  # how a slide is faded in: an empty one on each page
        _describe(pdf, document)
        pdf.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            # Compressed by qpdf, which comes with its version, and not by what the machine has.
            recompress_flate=True,
            min_version="1.7",
            deterministic_id=True,
        )
    return out.getvalue()


def _describe(pdf: Any, document: Document) -> None:
    """State title, agency and day twice, as readers old and new look for them, and that this is PDF/A-2b."""
    day = datetime.combine(local_day(document.issued_on), time(), LOCAL_ZONE)
    title, agency, subject = clean(document.title), " - ".join(agency_lines(document)), clean(document.subtitle)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "2", "B"
        metadata["dc:title"], metadata["dc:creator"], metadata["dc:description"] = title, [agency], subject
        metadata["dc:language"] = {"vi-VN"}
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = day.isoformat()
        metadata["xmp:CreatorTool"], metadata["pdf:Producer"] = _TOOL, _PRODUCER
    stamp = f"D:{day:%Y%m%d%H%M%S}+07'00'"
    for key in list(pdf.docinfo):
        del pdf.docinfo[key]
    for key, value in (
        ("/Title", title),
        ("/Author", agency),
        ("/Subject", subject),
        ("/Creator", _TOOL),
        ("/Producer", _PRODUCER),
        ("/CreationDate", stamp),
        ("/ModDate", stamp),
    ):
        pdf.docinfo[key] = value
