"""Receiving a question with a file: the body of the file is kept before the question is asked."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path

from lienthong.data.files import UploadedFile
from lienthong.http.form import FORM_BYTES, Form, is_form
from lienthong.http.refusals import form_unreadable, form_wanted, input_invalid, unavailable
from lienthong.ports import Draft, Files
from lienthong.requests.questions import InvalidQuestion
from lienthong.requests.responder import Responder

AT_ONCE = 16
"""Uploads that one process receives at one time. One more is asked to come again: disks and networks have an end."""

OF_ONE_CLIENT = AT_ONCE // 2
"""Uploads of one client at one time, so that a client that sends slowly leaves room for the others."""

_NO_FILE = UploadedFile(digest="sha256:" + "0" * 64, size=0, file_name="-", media_type="application/octet-stream")
"""Stands for the file of a form without one, so that all other faults are found, too."""


def upload_limits(responders: Iterable[Responder]) -> Mapping[re.Pattern[str], int]:
    """The limits of the bodies of forms, by the pattern of the path."""
    settings = (responder.settings for responder in responders)
    return {compile_path(one.path)[0]: one.max_bytes + FORM_BYTES for one in settings if one.body == "multipart"}


class Uploads:
    """Receives the forms of all requests of a process. `files` is where their files are kept."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._threads = CapacityLimiter(AT_ONCE)
        self._receiving: Counter[str] = Counter()

    async def read(self, responder: Responder, request: Request) -> Mapping[str, Any]:
        """The fields of the question, with the file, which is kept. Raises `Problem` and `Transient`."""
        if not is_form(request.headers.get("content-type", "")):
            raise form_wanted()
        client = request.state.client.name
        if self._receiving.total() >= AT_ONCE or self._receiving[client] >= OF_ONE_CLIENT:
            raise unavailable()
        self._receiving[client] += 1
        try:  # until the file is kept: a disk or a store that is slow counts, too
            form = await self._receive(responder, request)
            return await to_thread.run_sync(self._keep, responder, request.path_params, form, limiter=self._threads)
        except InvalidQuestion as invalid:
            raise input_invalid(invalid.faults) from None
        finally:
            self._receiving[client] -= 1
            self._receiving += Counter()  # forgets clients that have none

    async def _receive(self, responder: Responder, request: Request) -> Form:
        settings = responder.settings
        content_type = request.headers["content-type"]
        form = Form(content_type, self._files.draft, max_bytes=settings.max_bytes, media_types=settings.media_types)
        try:
            async for piece in request.stream():
                if piece:
                    await to_thread.run_sync(form.write, piece, limiter=self._threads)
            form.end()
        except ClientDisconnect:
            await to_thread.run_sync(form.discard, limiter=self._threads)
            raise form_unreadable() from None
        except BaseException:
            await to_thread.run_sync(form.discard, limiter=self._threads)
            raise
        return form

    def _keep(self, responder: Responder, path: Mapping[str, str], form: Form) -> Mapping[str, Any]:
        """Keep the file of a question without a fault, and drop any other."""
        try:
            file = _described(form, form.draft) if form.draft else _NO_FILE
            fields = responder.questions.read_form(
                bytes(form.metadata or b""), file.model_dump(mode="json"), path, form.faults
            )
            if form.draft:
                form.draft.keep()
            return fields
        finally:
            form.discard()


def _described(form: Form, draft: Draft) -> UploadedFile:
    stored = draft.finish()
    return UploadedFile(digest=stored.digest, size=stored.size, file_name=form.file_name, media_type=form.media_type)
