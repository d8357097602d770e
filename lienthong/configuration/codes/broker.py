"""LT8xx: the broker. Its adapter raises them; they concern a server, not a file."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

BROKER = {
    "LT801": Code(
        msgid("A different declaration on the broker"),
        msgid("RabbitMQ keeps the first declaration of a name and refuses another; nothing is deleted for you."),
    ),
    "LT802": Code(
        msgid("Not the URL of a broker"),
        msgid("LIENTHONG_BROKER names the server: amqp://user:password@host:5672/vhost."),
    ),
    "LT803": Code(
        msgid("The broker refuses the user"),
        msgid("User or password are wrong, or the user `guest` connects from another machine."),
    ),
    "LT804": Code(
        msgid("The broker refuses the virtual host"),
        msgid("The virtual host does not exist, or the user has no permissions in it."),
    ),
}
