"""What there is to tell about one file of a folder: into the log, and into the summary of a run."""

import structlog

from lienthong.connectors.protocols.table_rows import Tally
from lienthong.masking import mask_text
from lienthong.messages import message, message_n
from lienthong.notices import Notices

_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz")

log = structlog.get_logger(__name__)


class FileNotices:
    """The notices of the file `file`. As a function it takes a sentence about it."""

    def __init__(self, notices: Notices, file: str) -> None:
        self._notices = notices
        self._file = file

    def __call__(self, text: str) -> None:
        self._notices.add(message("{file}: {notice}", file=self._file, notice=text))

    def not_read(self) -> None:
        """A file of another kind lies in the folder."""
        if self._file.casefold().endswith(_ARCHIVES):
            self(message("it is not read: unpack it, and put its .xlsx or .csv files into the folder"))
        else:
            self(message("it is not read: save it as .xlsx or .csv"))

    def no_file(self) -> None:
        """A folder or link lies among the files."""
        self(message("it is a folder or a link and is not read: put the files themselves into the folder"))

    def unwanted(self, pattern: str) -> None:
        """The name of a file does not fit the pattern of its source."""
        self(message("it is not read: its name does not match {pattern}", pattern=pattern))

    def count(self, tally: Tally) -> None:
        """The file was read to its end: what became of its lines."""
        log.info(
            "file read",
            file=mask_text(self._file),
            lines=tally.lines,
            above=tally.above,
            rows=tally.rows,
            unreadable=tally.unreadable,
            empty=tally.empty,
        )
        if tally.unreadable:
            self(
                message_n(
                    "{count} of {lines} lines cannot be read; each is a dead letter that names its line",
                    "{count} of {lines} lines cannot be read; each is a dead letter that names its line",
                    count=tally.unreadable,
                    lines=tally.lines,
                )
            )
