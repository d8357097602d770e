"""`python -m sandbox --recording DIR`: serve the outside systems of a province from a recording.

Prints one JSON line once it listens (`sandbox.serve`). Exit codes: 0 stopped, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from sandbox.pushes import Order
from sandbox.recording import BadRecording, Recording
from sandbox.serve import serve


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Stand-in servers for the outside systems.")
    parser.add_argument("--recording", type=Path, required=True, metavar="DIR", help="the recording to serve")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when stdin ends")
    parser.add_argument("--push-to", metavar="URL", help="push what the recording has to push to the bus at URL")
    parser.add_argument("--push-key-file", type=Path, metavar="FILE", help="the file with the key that the bus takes")
    options = parser.parse_args(arguments)
    try:
        serve(
            Recording.load(options.recording),
            options.host,
            options.port,
            until_stdin_closes=options.until_stdin_closes,
            push_to=_order(options.push_to, options.push_key_file),
        )
    except ValidationError:
        sys.stderr.write("--push-to is the address of a bus, such as http://127.0.0.1:8700.\n")
        return 2
    except BadRecording as error:
        sys.stderr.write(f"Bad recording: {error}\n")
        return 2
    except _NoKey as error:
        sys.stderr.write(f"The key cannot be read: {error}\n")
        return 2
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"Cannot listen on {options.host}:{options.port}: {error}.\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _order(url: str | None, key_file: Path | None) -> Order | None:
    if url is None:
        return None
    try:
        return Order(url=url, key=key_file.read_text().strip() if key_file else "")
    except (OSError, UnicodeError) as error:
        raise _NoKey(f"{key_file} ({type(error).__name__})") from error


class _NoKey(Exception):  # noqa: N818 - it names the cause
    """The file of the key cannot be read."""


if __name__ == "__main__":
    sys.exit(main())
