"""LT8xx: servers and systems: the broker, whose adapter raises some of them, and the addresses of all."""

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
    "LT805": Code(
        msgid("An address that is not understood"),
        msgid(
            "LIENTHONG_BROKER, LIENTHONG_DATABASE and LIENTHONG_FILES name servers, and what they do not name is "
            "embedded; a parameter such as `url` names an outside system."
        ),
    ),
    "LT806": Code(
        msgid("An insecure link to another machine"),
        msgid("A third machine on the way can read data and passwords, or take the place of the other one."),
        msgid(
            "write https://, amqps:// or ?sslmode=verify-full; or, where the way is secured otherwise, "
            "`insecure: true`: in the file of the source, sink or lookup, and in config/bus.yaml for the bus's broker, "
            "database and files"
        ),
    ),
    "LT807": Code(
        msgid("A default of the sandbox for a real system"),
        msgid("The sandbox's addresses and secrets stand in the repository, so everybody knows them."),
        msgid("set the variable to the value that this system has; a file may contain it: NAME_FILE"),
    ),
    "LT808": Code(
        msgid("The sandbox's address beside real systems"),
        msgid("A variable was perhaps forgotten: this system is looked for where the sandbox would be."),
        msgid("set the variable, or write enabled: false for a system that is not used"),
        level="warning",
    ),
    "LT809": Code(
        msgid("An empty variable"),
        msgid("The default would be taken without a sign, where a value was perhaps forgotten."),
    ),
    "LT810": Code(
        msgid("A store of files that cannot be opened"),
        msgid("LIENTHONG_FILES names an S3-compatible store, which takes nothing without a key."),
    ),
}
