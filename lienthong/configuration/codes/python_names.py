"""LT3xx: names of functions and classes, and the parameters that are given to them."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

PYTHON_NAMES = {
    "LT301": Code(
        msgid("Not a Python name"),
        msgid("Functions and classes are named in full: package.module.name."),
        msgid("write package.module.name"),
    ),
    "LT302": Code(
        msgid("No such module"), msgid("The part before the last dot must be a module that can be imported.")
    ),
    "LT303": Code(
        msgid("A module that cannot be imported"), msgid("The module exists, but its own code fails when it is loaded.")
    ),
    "LT304": Code(
        msgid("No such name in the module"), msgid("The module was found; the name after the last dot was not.")
    ),
    "LT305": Code(
        msgid("Not of the right shape"),
        msgid("A step names a function of the envelope; `use` names a class that has the method of its port."),
    ),
    "LT306": Code(msgid("An unknown parameter"), msgid("The function or class has no parameter of this name.")),
    "LT307": Code(msgid("A missing parameter"), msgid("The function or class cannot be called without it.")),
    "LT308": Code(
        msgid("A parameter of the wrong type"), msgid("Parameters are checked against the annotations in the code.")
    ),
    "LT309": Code(
        msgid("Personal data without a mark"),
        msgid(
            "The name of the field speaks of a person, and only what the schema marks is hidden where data is shown."
        ),
        msgid('mark it: `Annotated[str | None, Personal("phone")]`, or `Personal("none")` if it is no personal data'),
        level="warning",
    ),
}
