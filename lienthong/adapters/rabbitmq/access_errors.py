"""Access errors of RabbitMQ: a refused login or virtual host. Only a changed configuration helps, not a retry."""

import re

from lienthong.adapters.rabbitmq.requests import error_text
from lienthong.errors import Finding
from lienthong.messages import message

_LOGIN_REFUSED = re.compile(r"\(403\)|^403 ")
_VHOST_REFUSED = re.compile(r"(\(530\)|^530 ).*(not found|refused for user)")
_LIMIT_REACHED = re.compile(r"limit .*is reached")  # this passes: other connections may close


def access_finding(error: BaseException, address: str) -> Finding | None:
    """What to correct when the broker refused our login or our virtual host; None for every other error.

    pika names every connection that breaks during login a "probable" access error. Only the broker's reply counts.
    """
    text = error_text(error)
    if _LOGIN_REFUSED.search(text):
        return Finding(
            f"amqp://{address}",
            0,
            0,
            "LT803",
            message("RabbitMQ refused the login: wrong user or password, or this user may only log in on the server"),
            message(
                "correct user and password in LIENTHONG_BROKER (special characters are written as %40),"
                " or set a new password with `rabbitmqctl change_password`"
            ),
        )
    if _VHOST_REFUSED.search(text) and not _LIMIT_REACHED.search(text):
        return Finding(
            f"amqp://{address}",
            0,
            0,
            "LT804",
            message("RabbitMQ has no such virtual host, or the user has no permissions in it"),
            message(
                "correct the name of the virtual host at the end of LIENTHONG_BROKER,"
                " or run `rabbitmqctl add_vhost` and `rabbitmqctl set_permissions`"
            ),
        )
    return None
