"""Messages between a pool and its processes: each has its length in front. Late or cut off ones raise an error."""

import socket
import struct
import time

_HEAD = struct.Struct(">Q")
MOST = 1 << 31
"""Bytes of one message at most."""


class Ended(Exception):  # noqa: N818 - what the other side did
    """The other side has closed its end."""


def send(channel: socket.socket, *parts: bytes) -> None:
    """Send a message of several parts. Raises `TimeoutError` or `Ended`."""
    try:
        for part in parts:
            channel.sendall(_HEAD.pack(len(part)))
            channel.sendall(part)
    except (BrokenPipeError, ConnectionError):
        raise Ended from None


def receive(channel: socket.socket, *, until: float | None = None) -> bytes:
    """One part. `until`: the monotonic second by which it must be complete. Raises `TimeoutError` or `Ended`."""
    (length,) = _HEAD.unpack(_exactly(channel, _HEAD.size, until))
    if length > MOST:
        raise Ended
    return _exactly(channel, length, until)


def _exactly(channel: socket.socket, length: int, until: float | None) -> bytes:
    received = bytearray(length)
    view, filled = memoryview(received), 0
    while filled < length:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            channel.settimeout(left)
        try:
            count = channel.recv_into(view[filled:])
        except ConnectionError:
            raise Ended from None
        if not count:
            raise Ended
        filled += count
    return bytes(received)
