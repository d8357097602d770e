"""Export the whole register of civil servants as a file: a real CCVC will probably deliver files first.

    python -m sandbox.files --recording DIR --out DIR [--format csv|xlsx] [--at ISO]

The file has one row for each line seen by then, in that order, with the wire field names as header; null is an empty
cell. CSV is UTF-8 with a byte order mark and `;` between cells, as Excel in Vietnam writes it. XLSX holds text in every
cell, so that identity numbers keep their leading zeros. A file gets its final name only when it is complete.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import xlsxwriter

from sandbox.clock import parse_instant
from sandbox.recording import BadRecording, Recording

Format = Literal["csv", "xlsx"]
Rows = list[list[str]]


def export(recording: Recording, out: Path, kind: Format = "csv", at: datetime | None = None) -> Path:
    """Write the lines visible at `at` (default: all) to `out`/ccvc-<local time>.<kind>. Returns its path."""
    lines = recording.lines.get("ccvc", ())
    moment = at or max((line.seen_at for line in lines), default=recording.before_first)
    local = moment.astimezone(recording.zone)
    rows = _rows([line.body for line in sorted(lines, key=lambda line: line.seen_at) if line.seen_at <= moment])
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"ccvc-{local:%Y%m%dT%H%M%S}.{kind}"
    unfinished = target.with_name(f".{target.name}.part")
    if kind == "csv":
        _write_csv(unfinished, rows)
    else:
        _write_xlsx(unfinished, rows, local)
    return unfinished.replace(target)


def _rows(bodies: Sequence[dict[str, object]]) -> Rows:
    header = list(dict.fromkeys(name for body in bodies for name in body))
    cells = [["" if body.get(name) is None else str(body[name]) for name in header] for body in bodies]
    return [header, *cells]


def _write_csv(file: Path, rows: Rows) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows)


def _write_xlsx(file: Path, rows: Rows, written: datetime) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        book.set_properties({"created": written.replace(tzinfo=None)})  # the same recording gives the same file
        sheet = book.add_worksheet("CCVC")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.files", description="Export the CCVC register as a file.")
    parser.add_argument("--recording", type=Path, required=True, metavar="DIR", help="the recording to export from")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for the file")
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv", help="default %(default)s")
    parser.add_argument("--at", metavar="ISO", help="export the lines visible at this time (default: all)")
    options = parser.parse_args(arguments)
    try:
        recording = Recording.load(options.recording)
        at = None if options.at is None else parse_instant(options.at, recording.zone)
        path = export(recording, options.out, options.format, at)
    except BadRecording as error:
        sys.stderr.write(f"Bad recording: {error}\n")
        return 2
    except ValueError:
        sys.stderr.write("--at is not an ISO 8601 time. Write it as 2023-11-01T06:00:00+07:00.\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"Cannot write to {options.out}: {error}.\n")
        return 2
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
