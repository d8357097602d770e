"""`python -m sandbox --recording DIR`: serve the outside systems of a province from a recording.

Prints one JSON line once it listens (`sandbox.serve`). Exit codes: 0 stopped, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.recording import BadRecording, Recording
from sandbox.serve import serve


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Stand-in servers for the outside systems.")
    parser.add_argument("--recording", type=Path, required=True, metavar="DIR", help="the recording to serve")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when stdin ends")
    options = parser.parse_args(arguments)
    try:
        serve(
            Recording.load(options.recording), options.host, options.port, until_stdin_closes=options.until_stdin_closes
        )
    except BadRecording as error:
        sys.stderr.write(f"Bad recording: {error}\n")
        return 2
    except (OSError, OverflowError) as error:
        sys.stderr.write(f"Cannot listen on {options.host}:{options.port}: {error}.\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
