"""LT1xx: a file that is not YAML as we read it."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

YAML = {
    "LT101": Code(
        msgid("The file is not valid YAML"),
        msgid("Nothing in the file can be used until the marked place is corrected."),
        unreadable=True,
    ),
    "LT102": Code(
        msgid("A tab in the indentation"),
        msgid("YAML indents with spaces only; a tab looks the same and is not allowed."),
        msgid("indent with spaces: YAML allows no tabs there"),
    ),
    "LT103": Code(
        msgid("A key given twice"),
        msgid("YAML parsers keep the last one without a warning, so half of what you wrote is lost."),
        msgid("keep one of them"),
    ),
    "LT104": Code(
        msgid("An empty file"),
        msgid("A file without content is more often an accident than a decision."),
        msgid("write it, or remove it"),
    ),
    "LT105": Code(msgid("Not a mapping"), msgid("Every configuration file is a mapping of keys to values.")),
    "LT106": Code(
        msgid("Not UTF-8"),
        msgid("Vietnamese text in another encoding would be damaged without a sign."),
        msgid("save the file as UTF-8"),
    ),
    "LT107": Code(
        msgid("A byte order mark"),
        msgid("Some programs add one at the start of a file; other programs then do not find the first key."),
        msgid('save it as "UTF-8 without BOM"'),
    ),
    "LT108": Code(
        msgid("An environment variable is not set"),
        msgid("`${NAME}` without a default must have a value where the bus runs."),
        unreadable=True,
    ),
    "LT109": Code(
        msgid("A YAML tag or merge key"),
        msgid("Tags construct objects and merge keys hide values; configuration is plain data."),
        unreadable=True,
    ),
    "LT110": Code(
        msgid("Too large or too deep"), msgid("This limit exists so that a broken file cannot use up the machine.")
    ),
    "LT111": Code(
        msgid("A key that is not text"),
        msgid("YAML reads an unquoted 1, yes or 2023-11-01 as a number, a truth value or a date."),
    ),
    "LT112": Code(
        msgid("Text that YAML reads as something else"),
        msgid("Without quotes 1.10 becomes 1.1, no becomes false and 052 becomes 42. Quotes keep what you wrote."),
        msgid('put it in quotes: "{written}"'),
    ),
    "LT113": Code(
        msgid("A number or date that does not exist"),
        msgid("The value has the form of a number or a date, but the calendar has no such day."),
        msgid("correct it, or put it in quotes if it is text"),
        unreadable=True,
    ),
    "LT114": Code(
        msgid("A malformed `${...}`"),
        msgid("Only ${NAME} and ${NAME:-default} are replaced from the environment."),
        msgid("write ${NAME} or ${NAME:-default}; `$${` stands for `${` itself"),
        unreadable=True,
    ),
    "LT115": Code(
        msgid("A file that cannot be opened"),
        msgid("It may be a folder, a link to nothing, or a file that this account may not read."),
        msgid("check what it is"),
    ),
}
