"""A report of papers, with the events behind its figures, for tests of the proof of a figure."""

from datetime import UTC, datetime

from sqlalchemy import select

from lienthong import WHOLE, Document, Figure, Scope
from lienthong.adapters.sql.schema import bodies
from lienthong.errors import Rejected
from lienthong.ports import Site


class Papers:
    """Counts all papers of the ledger, of them those of the dossier `d`, and a paper that the ledger does not have."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The document of 2023-11, the only period there is."""
        if period != "2023-11":
            raise Rejected("no such period", field="period")
        with self.site.database.connect() as connection:
            rows = connection.execute(select(bodies.c.event_id, bodies.c.subject)).all()
        of_d = [row.event_id for row in rows if row.subject == "d"]
        everything = [row.event_id for row in rows]
        return document(
            {
                "by_unit.H08.31.online": Figure("d / all", of_d, everything),
                "total": Figure("all", everything),
                "lost": Figure("lost", ["gone"]),
            }
        )


def document(figures: dict[str, Figure]) -> Document:
    """A document with these figures."""
    online = {"numerator": 1, "denominator": 4, "cases": [{"name": "A"}]}
    return Document(
        name="papers-2023-11",
        title="Papers",
        subtitle="",
        period="2023-11",
        agency="",
        place="",
        issued_on=datetime(2023, 12, 1, tzinfo=UTC),
        payload={
            "total": 4,
            "rate": None,
            "cases": [{"code": "1"}, {"code": "2"}],
            "by_unit": {"H08": {"online": 7}, "H08.31": {"online": online}},
            "letters": [{"unit": "H08", "cases": 2}, {"unit": "H08.31", "cases": 1}],
        },
        sheets=(),
        figures=figures,
    )
