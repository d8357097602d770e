"""How the engine informs a person by e-mail: by a sink of the project that has a mail server."""

from typing import Protocol

from lienthong.ports.connectors import Sink


class SendsMail(Sink, Protocol):
    """A sink that can send an e-mail. It is found by its method `send_mail`."""

    def send_mail(self, recipient: str, subject: str, text: str, *, key: str) -> None:
        """Send one. `key` is the same when it is sent again, and has letters, digits and hyphens only.

        Raises `Transient` when it was surely not sent and may be later, `Rejected` when it never will be.
        """
