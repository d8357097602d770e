"""The process that converts one file: it limits itself before it reads anything, so that a hostile file ends it alone.

Standard input: a line of JSON (the mark), then the file. Standard output: a line of JSON, then the sheets.
"""

import json
import resource
import sys

MEMORY_BYTES = 1 << 30
PROCESSOR_SECONDS = 12
OUTPUT_BYTES = 256 << 20

NOT_STARTED, FAILED = 1, 3
"""Exit codes: the program is not whole; the file brought it down."""


def main() -> None:
    """Convert what comes. The line in front of the sheets has `pages`, or `why` there are none."""
    _limit()
    from reports.conversions.convert import NotConvertible, convert
    from reports.conversions.mark import Mark

    head = json.loads(sys.stdin.buffer.readline())
    mark = Mark(head["title"], [(label, text) for label, text in head["lines"]], head["seal"], head["address"])
    answer: dict[str, object] = {}
    sheets = b""
    try:
        sheets, answer["pages"] = convert(sys.stdin.buffer.read(), mark)
    except NotConvertible as not_convertible:
        answer["why"] = not_convertible.why
    except MemoryError:
        answer["why"] = "too-large"
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.write(sheets)
    sys.stdout.buffer.flush()


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    try:
        main()
    except ImportError:
        sys.exit(NOT_STARTED)
    except Exception:  # noqa: BLE001 - whatever a file does to the libraries costs this process alone
        sys.exit(FAILED)
