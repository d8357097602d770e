"""LT4xx: `when`, the conditions of routes and of their sinks."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

CONDITIONS = {
    "LT401": Code(
        msgid("A condition that is not CEL"), msgid("`when` is an expression of the Common Expression Language.")
    ),
    "LT402": Code(
        msgid("An unknown variable in a condition"), msgid("A condition sees type, source, subject and data.")
    ),
    "LT403": Code(msgid("An unknown function in a condition"), msgid("Only the functions of CEL itself can be used.")),
    "LT404": Code(
        msgid("A condition that is not true or false"),
        msgid("`when` decides; a text or a number decides nothing."),
        msgid("compare it with something, such as ... == ..."),
    ),
    "LT405": Code(
        msgid("A condition that never changes"),
        msgid("It does not look at the event, so it lets every event pass or none."),
        msgid("remove `when`, or look at the event"),
        level="warning",
    ),
    "LT406": Code(
        msgid("A condition that is too long"),
        msgid("A decision that needs this much logic belongs in a transform, with a test."),
        msgid("move the decision into a transform that returns None"),
    ),
}
