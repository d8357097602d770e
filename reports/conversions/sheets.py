"""Where a page and its mark stand on a sheet of paper. Pure geometry, in points of 1/72 inch.

The mark stands below the page and never on it, so that nothing of the page is hidden.
"""

from dataclasses import dataclass

A4 = (595.276, 841.89)
"""Width and height of the smallest sheet."""

LONGEST = 3370.4
"""The long side of A0: a larger page is shown smaller."""

MARK = (555.0, 84.0)
"""Width and height of a mark on A4."""

_MARGIN, _TOLERANCE = 8.0, 1.02

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page as its file states it, before it is turned; `unit` is the length of its unit."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int = 0
    unit: float = 1.0

    @property
    def seen(self) -> tuple[float, float]:
        """Width and height as a reader sees them."""
        width, height = (self.right - self.left) * self.unit, (self.top - self.bottom) * self.unit
        return (height, width) if self.turned in (90, 270) else (width, height)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its size, the matrices of page and mark, and the share of its size that the page keeps."""

    width: float
    height: float
    page: Matrix
    mark: Matrix
    share: float


def lay_out(frame: Frame) -> Sheet:
    """The sheet of a page: A4 as the page lies, or as large as the page. A page is never enlarged."""
    shown_width, shown_height = frame.seen
    width, height = _size(shown_width, shown_height)
    zoom = min(width, height) / A4[0]
    strip = (MARK[1] + 2 * _MARGIN) * zoom
    share = min(1.0, width / shown_width, (height - strip) / shown_height)
    at = ((width - shown_width * share) / 2, height - shown_height * share)
    mark = (zoom, 0.0, 0.0, zoom, (width - MARK[0] * zoom) / 2, _MARGIN * zoom)
    return Sheet(width, height, _placed(frame, share * frame.unit, at), mark, share)


def _size(width: float, height: float) -> tuple[float, float]:
    base = (A4[1], A4[0]) if width > height else A4
    if width <= base[0] * _TOLERANCE and height <= base[1] * _TOLERANCE:
        return base
    smaller = min(1.0, LONGEST / max(width, height))
    return max(base[0], width * smaller), max(base[1], height * smaller)


def _placed(frame: Frame, scale: float, at: tuple[float, float]) -> Matrix:
    """The matrix that turns the frame clockwise, scales it, and puts its lower left corner at `at`."""
    left, bottom, right, top = (scale * each for each in (frame.left, frame.bottom, frame.right, frame.top))
    match frame.turned:
        case 90:
            return (0.0, -scale, scale, 0.0, at[0] - bottom, at[1] + right)
        case 180:
            return (-scale, 0.0, 0.0, -scale, at[0] + right, at[1] + top)
        case 270:
            return (0.0, scale, -scale, 0.0, at[0] + top, at[1] - left)
        case _:
            return (scale, 0.0, 0.0, scale, at[0] - left, at[1] - bottom)
