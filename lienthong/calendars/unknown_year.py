"""The error of a year of which nothing is known."""

from lienthong.errors import Rejected
from lienthong.messages import message


class UnknownYear(Rejected):
    """Working time is reckoned in a year of which no days off are known: no document states them, no law gives them."""

    def __init__(self, calendar: str, year: int) -> None:
        why = message(
            "the calendar `{calendar}` knows no days off of the year {year}: nothing is reckoned in it",
            calendar=calendar,
            year=year,
        )
        super().__init__(why)
        self.calendar = calendar
        self.year = year
