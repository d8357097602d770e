"""LT2xx: keys and values that a kind of file does not have, and files that do not belong where they are."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

VALUES = {
    "LT201": Code(
        msgid("An unknown key"), msgid("A misspelt key would be ignored without a sign, and its default used instead.")
    ),
    "LT202": Code(msgid("A missing key"), msgid("The file cannot be understood without it.")),
    "LT203": Code(msgid("A value of the wrong type"), msgid("The key takes another kind of value.")),
    "LT204": Code(
        msgid("Not a duration"),
        msgid("Durations carry their unit: 500ms, 5s, 2m, 1h, 1d. A bare number has no unit."),
        msgid("write a number and a unit, such as 500ms, 5s, 2m, 1h or 1d"),
    ),
    "LT205": Code(
        msgid("A value that is not allowed"), msgid("The key takes one of a few words, or a number within bounds.")
    ),
    "LT206": Code(
        msgid("A route that leads nowhere"),
        msgid("`to` is empty: every event would be transformed and then lost."),
        msgid("name at least one sink: to: [NAME]"),
    ),
    "LT207": Code(
        msgid("The same sink twice"),
        msgid("Every event would be delivered there twice."),
        msgid("name each sink once"),
    ),
    "LT208": Code(
        msgid("A step that is not one step"), msgid("A step either applies a function or enriches by a lookup.")
    ),
    "LT209": Code(
        msgid("A name that is not kebab-case"),
        msgid("File names are the names of queues, and stand in logs and commands."),
    ),
    "LT210": Code(
        msgid("A file that does not belong here"),
        msgid("routes/ and config/ hold YAML data only; any other file there is never read."),
    ),
    "LT211": Code(
        msgid("One name in two files"),
        msgid("x.yaml and x.yml both claim the name x; which of them counts would be chance."),
        msgid("keep one of the two files"),
    ),
    "LT212": Code(
        msgid("Not exactly one of several keys"),
        msgid("Several keys say the same thing in different ways, and one of them is needed."),
    ),
}
