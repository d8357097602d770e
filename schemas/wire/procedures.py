"""A procedure of the catalogue: keys of LayThuTuc, and what the province keeps beside them.

The portal's record has no online level, no authentication level and no date of effect (MUCDO, MUCXACTHUC, HIEULUCTU):
that part of the contract is ASSUMED.
"""

from schemas.shapes import WireShape

Text = str | int | None
"""A value that some code bases send as a number."""


class Paper(WireShape):
    """One paper to be handed in. MA_KQ_THAYTHE: the code of the result (KETQUATHUCHIEN) that replaces it, or ""."""

    MAGIAYTO: Text = None
    TENGIAYTO: str | None = None
    MA_KQ_THAYTHE: Text = None


class Papers(WireShape):
    """The papers of one case (trường hợp) of the procedure."""

    GIAYTO: list[Paper] | None = None


class Result(WireShape):
    """What the procedure hands out."""

    MAKETQUA: Text = None
    TENKETQUA: str | None = None


class CatalogueProcedure(WireShape):
    """A procedure from HIEULUCTU (`yyyyMMdd`, local) on.

    MUCDO: 2 information, 3 one part online (một phần), 4 wholly online (toàn trình). MUCXACTHUC: 1, 2 or 3.
    """

    MATTHC: Text = None
    TENTTHC: str | None = None
    MALINHVUC: Text = None
    MUCDO: Text = None
    MUCXACTHUC: Text = None
    HIEULUCTU: Text = None
    THANHPHANHOSO: list[Papers] | None = None
    KETQUATHUCHIEN: list[Result] | None = None
