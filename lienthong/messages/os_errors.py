"""What the operating system reports about a file or a process, in the reader's language."""

import errno
from collections.abc import Callable, Mapping

from lienthong.messages import Message, message

_REASONS: Mapping[int, Callable[[], Message]] = {
    errno.ENOENT: lambda: message("it does not exist"),
    errno.EACCES: lambda: message("permission denied"),
    errno.EPERM: lambda: message("permission denied"),
    errno.EISDIR: lambda: message("it is a folder"),
    errno.ENOTDIR: lambda: message("a part of its path is not a folder"),
    errno.EEXIST: lambda: message("it already exists"),
    errno.ENOSPC: lambda: message("the disk is full"),
    errno.EDQUOT: lambda: message("the disk quota is used up"),
    errno.EROFS: lambda: message("the file system can only be read"),
    errno.EMFILE: lambda: message("too many files are open"),
    errno.ENFILE: lambda: message("too many files are open"),
    errno.ENOMEM: lambda: message("there is not enough memory"),
    errno.EAGAIN: lambda: message("there are too many processes, or not enough memory"),
    errno.EIO: lambda: message("the device reported a read or write error"),
}


def os_reason(error: OSError) -> Message:
    """Why the operating system refused, as a part of a sentence. A rare error is named by its code, such as `ELOOP`."""
    number = error.errno or 0
    if number in _REASONS:
        return _REASONS[number]()
    code = errno.errorcode.get(number, type(error).__name__)
    return message("the operating system reports `{code}`", code=code)
