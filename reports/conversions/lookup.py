"""The lookup that converts an electronic document to sheets with a mark, and keeps them among the files."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast

from lienthong import NoSuchFile, Site, Transient
from reports.conversions.process import NOT_STARTED

_PROJECT = Path(__file__).parents[2]
_MOST_MIB = 100
_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})


class PaperConversions:
    """Converts. A key is JSON with the `digest` of a document and its `mark` (`title, lines, seal, address`).

    - Found is `digest, size, pages` of the sheets, a PDF that is among the files of the bus then; or `why` there are
      none: `password`, `damaged`, `not-on-paper` or `too-large`. A key whose body is not there is absent.
    - The same key has the same sheets, so one that is asked again is kept once.
    - Each file is read in a process of its own with limits of memory and processor time; `at_once` of them run. One
      that gets no processor time within `timeout` is no fault of the file: it is `Transient`.
    """

    reaches_outside = False

    def __init__(self, site: Site, *, at_once: int = 2, timeout: timedelta = timedelta(seconds=25)) -> None:
        self._files = site.files
        self._timeout = timeout.total_seconds()
        self._slots = threading.BoundedSemaphore(at_once)

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """One process for each key. Raises `Transient`."""
        found = {key: self._convert(json.loads(key)) for key in keys}
        return {key: sheets for key, sheets in found.items() if sheets is not None}

    def _convert(self, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        digest = asked["digest"]
        size = self._files.size(digest)
        if size is None:
            return None
        if size > _MOST_MIB << 20:
            return {"why": "too-large"}
        if not self._slots.acquire(timeout=self._timeout):
            raise Transient("nhiều giấy tờ đang được chuyển đổi; hãy gửi lại sau ít phút")
        try:
            # Files without a name: nothing of a document is left behind by a process that dies.
            with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
                given.write(json.dumps(asked["mark"]).encode() + b"\n")
                with self._files.open(digest) as body:
                    shutil.copyfileobj(body, given)
                given.seek(0)
                answer = self._run(given, output)
                return answer if "why" in answer else self._keep(output, answer)
        except NoSuchFile:
            return None
        except OSError as error:
            raise Transient(f"không chuyển đổi được: {error.strerror}") from None
        finally:
            self._slots.release()

    def _run(self, given: IO[bytes], output: IO[bytes]) -> Mapping[str, Any]:
        """What the process answers. Raises `Transient` where its end is not the doing of the file."""
        paths = os.pathsep.join(filter(None, (str(_PROJECT), *sys.path)))
        try:
            done = subprocess.run(
                [sys.executable, "-m", "reports.conversions.process"],
                stdin=given,
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
                timeout=self._timeout,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:  # a file that is too much work ends at its processor time
            raise Transient("máy chủ đang bận, chưa chuyển đổi được giấy tờ; hãy gửi lại sau ít phút") from None
        if done.returncode in _FROM_OUTSIDE or done.returncode == NOT_STARTED:
            raise Transient(f"tiến trình chuyển đổi giấy tờ bị ngắt (mã {done.returncode}); hãy gửi lại")
        if done.returncode != 0:
            return {"why": "too-large" if done.returncode in (-signal.SIGXCPU, -signal.SIGXFSZ) else "damaged"}
        output.seek(0)
        return cast("Mapping[str, Any]", json.loads(output.readline(1_000)))

    def _keep(self, output: IO[bytes], answer: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = self._files.put(cast("Any", output))
        return {"digest": kept.digest, "size": kept.size, "pages": answer["pages"]}
