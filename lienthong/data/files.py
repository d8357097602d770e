"""A file in a question and in an answer. The data of an event names its body by the digest, and never holds it."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lienthong.masking import Personal

LONGEST_NAME = 255
"""Characters of a file's name: what file systems take."""

LONGEST_ENDING = 16
"""Characters of what follows the last point of a name, where a name that is too long is cut before it."""

_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""Characters that are never a part of a name: controls, and what turns or hides the letters beside it."""

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", examples=["sha256:" + "9f" * 32])]
MediaType = Annotated[str, Field(max_length=127, pattern=r"^[!-~]+/[!-~]+$", examples=["application/pdf"])]
FileName = Annotated[str, Field(max_length=LONGEST_NAME, examples=["giay-phep-xay-dung.pdf"]), Personal("other")]


class UploadedFile(BaseModel):
    """The file of a question of a request with `body: multipart`: what the engine has kept of it."""

    model_config = ConfigDict(frozen=True)

    digest: Digest = Field(description="The SHA-256 of its body.")
    size: int = Field(ge=0, description="The length of its body, in bytes.")
    file_name: FileName = Field(description="Its name, as the caller wrote it, without folders.")
    media_type: MediaType = Field(description="Its media type, as the caller wrote it.")


class FileAnswer(BaseModel):
    """An answer that is a file: the body of `digest` is sent, to be saved under `name`."""

    digest: Digest = Field(description="The SHA-256 of the body.")
    file_name: FileName = Field(description="The name under which it is saved.")
    media_type: MediaType = Field("application/octet-stream", description="What it is.")


def file_name(written: str) -> str:
    """The name of a file as a caller wrote it, without folders and without what hides in it; `file` if none is left."""
    name = _NO_NAME.sub("", written).replace("\\", "/").rpartition("/")[2].strip().strip(".")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if dot and len(ending) <= LONGEST_ENDING else ""
        name = (stem if ending else name)[: LONGEST_NAME - len(ending)] + ending
    return name or "file"
