"""The folder in which the software of the document axis finds packages: each is whole, or not there."""

import os
from contextlib import suppress
from pathlib import Path

from connectors.notices.gateway import Answer, Verdict
from lienthong import Transient


class PackageFolder:
    """Writes packages. `folder` is made where it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, name: str) -> bool:
        """Whether a package of this name lies there. One that was taken away does not."""
        return (self._folder / name).exists()

    def write(self, name: str, package: bytes) -> Answer:
        """Write a package under its name, on disk when this returns. Raises `Transient` when it was not written."""
        unfinished = self._folder / f".{name}.{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(package)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._folder / name)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise Transient(f"không ghi được gói vào thư mục của trục văn bản ({error.strerror})") from None
        try:
            self._sync()
        except OSError as error:
            return Answer(Verdict.IN_DOUBT, f"không rõ gói đã nằm trên đĩa hay chưa ({error.strerror})")
        return Answer(Verdict.ACCEPTED, "gói đã nằm trong thư mục của trục văn bản")

    def _sync(self) -> None:
        place = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
