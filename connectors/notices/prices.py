"""What an SMS costs, in đồng: parts, by the price of the carrier (`config/tables/sms-prices.yaml`)."""

from connectors.notices.gsm import count_parts
from connectors.notices.phones import carrier_of
from lienthong import Table

DEFAULT = "default"
"""The row for carriers without one of their own."""


class Prices:
    """Đồng for one part, by carrier. Raises `ValueError` for a price that is no whole number, or without `default`."""

    def __init__(self, table: Table) -> None:
        self.by_carrier = {carrier: _price(carrier, text) for carrier, text in table.items()}
        if DEFAULT not in self.by_carrier:
            raise ValueError(f"bảng giá SMS thiếu dòng {DEFAULT!r}")

    def cost(self, text: str, number: str) -> int:
        """Of one SMS to "84…"."""
        return count_parts(text).parts * self.part(number)

    def part(self, number: str) -> int:
        """Of one part to "84…"."""
        carrier = carrier_of(number) or DEFAULT
        return self.by_carrier.get(carrier, self.by_carrier[DEFAULT])


def _price(carrier: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"bảng giá SMS: giá của {carrier!r} phải là số nguyên đồng")
    return int(text)
