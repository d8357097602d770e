"""Every code of `lienthong check`: what it means and why it matters. Codes are stable: a retired one is not reused."""

from typing import NamedTuple


class Meaning(NamedTuple):
    """A code in words: `title` in a line, `why` in a sentence or two."""

    title: str
    why: str


CODES: dict[str, Meaning] = {
    "LT101": Meaning("The file is not valid YAML", "Nothing of it can be used until the marked place is corrected."),
    "LT102": Meaning(
        "A tab in the indentation", "YAML indents with spaces only; a tab looks the same and means nothing."
    ),
    "LT103": Meaning(
        "A key given twice", "YAML parsers keep the last one in silence, so half of what you wrote is lost."
    ),
    "LT104": Meaning("An empty file", "A file without content is more often an accident than a decision."),
    "LT105": Meaning("Not a mapping", "Every configuration file is a mapping of keys to values."),
    "LT106": Meaning("Not UTF-8", "Vietnamese text in another encoding would be damaged without a sign."),
    "LT107": Meaning(
        "A byte order mark", "Some programs add one at the start of a file; others then do not find the first key."
    ),
    "LT108": Meaning(
        "An environment variable is not set", "`${NAME}` without a default must have a value where we run."
    ),
    "LT109": Meaning(
        "A YAML tag or merge key", "Tags construct objects and merge keys hide values; configuration is plain data."
    ),
    "LT110": Meaning("Too large or too deep", "A bound, so that a broken file cannot use up the machine."),
    "LT111": Meaning(
        "A key that is not text", "YAML reads an unquoted 1, yes or 2023-11-01 as a number, a truth value or a date."
    ),
    "LT112": Meaning(
        "Text that YAML reads as something else",
        "Without quotes 1.10 becomes 1.1, no becomes false and 052 becomes 42. Quotes keep what you wrote.",
    ),
    "LT113": Meaning(
        "A number or date that does not exist", "It has the form of one, but the calendar has no such day."
    ),
    "LT114": Meaning("A malformed `${...}`", "Only ${NAME} and ${NAME:-default} are replaced from the environment."),
    "LT115": Meaning("A file that cannot be opened", "It may be a folder, a dangling link, or not ours to read."),
    "LT201": Meaning("An unknown key", "A misspelt key would be ignored in silence, and its default used instead."),
    "LT202": Meaning("A missing key", "The file cannot be understood without it."),
    "LT203": Meaning("A value of the wrong type", "The key wants another kind of value."),
    "LT204": Meaning(
        "Not a duration", "Durations carry their unit: 500ms, 5s, 2m, 1h, 1d. A bare number does not say which."
    ),
    "LT205": Meaning("A value that is not allowed", "The key takes one of a few words, or a number within bounds."),
    "LT206": Meaning("A route that leads nowhere", "`to` is empty: every event would be transformed and forgotten."),
    "LT207": Meaning("The same sink twice", "Every event would be delivered there twice."),
    "LT208": Meaning("A step that is not one step", "A step either applies a function or enriches by a lookup."),
    "LT209": Meaning("A name that is not kebab-case", "File names are the names of queues, logs and commands."),
    "LT210": Meaning(
        "A file that does not belong here",
        "routes/ and config/ hold YAML data only; what else lies there is never read.",
    ),
    "LT211": Meaning(
        "One name in two files", "x.yaml and x.yml both claim the name x; which one counts would be chance."
    ),
    "LT301": Meaning("Not a Python name", "Functions and classes are named whole: package.module.name."),
    "LT302": Meaning("No such module", "The part before the last dot must be a module that can be imported."),
    "LT303": Meaning(
        "A module that cannot be imported", "The module exists, but its own code fails when it is loaded."
    ),
    "LT304": Meaning("No such name in the module", "The module was found; what stands after the last dot was not."),
    "LT305": Meaning(
        "Not of the right shape",
        "A step names a function of the envelope; `use` names a class that keeps its port's promise.",
    ),
    "LT306": Meaning("An unknown parameter", "The function or class has no parameter of this name."),
    "LT307": Meaning("A missing parameter", "The function or class cannot be called without it."),
    "LT308": Meaning("A parameter of the wrong type", "Parameters are checked against the annotations in the code."),
    "LT401": Meaning("A condition that is not CEL", "`when` is an expression of the Common Expression Language."),
    "LT402": Meaning("An unknown variable in a condition", "A condition sees type, source, subject and data."),
    "LT403": Meaning("An unknown function in a condition", "Only CEL's own functions can be used."),
    "LT404": Meaning("A condition that is not true or false", "`when` decides; a text or a number decides nothing."),
    "LT405": Meaning("A condition that never changes", "It does not look at the event, so it lets all pass or none."),
    "LT406": Meaning("A condition that is too long", "What needs this much logic belongs in a transform, with a test."),
    "LT501": Meaning(
        "Tries that will never happen",
        "The waits before the last tries add up to more than `limit`; events die earlier than `attempts` says.",
    ),
    "LT502": Meaning("Fewer than one attempt", "The first try counts as one."),
    "LT503": Meaning("Rungs that do not ascend", "Waits grow from try to try, so that an outage is not hammered."),
    "LT504": Meaning(
        "A rung that is not on the ladder",
        "The broker keeps one queue per rung of config/bus.yaml; others do not exist.",
    ),
    "LT505": Meaning("No rungs", "A retry needs at least one wait. For no retry write attempts: 1."),
    "LT601": Meaning("An unknown source", "`from`, or a parameter, names a file of config/sources/."),
    "LT602": Meaning("An unknown sink", "`to` names files of config/sinks/."),
    "LT603": Meaning("An unknown lookup", "An enriching step names a file of config/lookups/."),
    "LT604": Meaning("An unknown table", "The parameter names a file of config/tables/."),
    "LT605": Meaning("A sink nobody feeds", "No route leads to it: what depends on it receives nothing."),
    "LT606": Meaning("A source nobody reads", "No route begins with it; it is not polled."),
    "LT607": Meaning("A lookup nobody uses", "No step asks it."),
    "LT608": Meaning("A table nobody uses", "No parameter names it."),
    "LT609": Meaning(
        "An environment that does not fit",
        "LIENTHONG_ENV and config/env/ must name what exists; else settings are lost in silence.",
    ),
    "LT610": Meaning("Cases of no route", "x.cases.yaml belongs to x.yaml."),
    "LT611": Meaning(
        "No routes", "Without routes there is nothing to run; perhaps this is not the root of the project."
    ),
    "LT701": Meaning("A route without cases", "x.cases.yaml shows by example what the route does, and keeps it so."),
    "LT702": Meaning(
        "Cases that leave a verdict out", "Every route shows at least one event done, one dropped and one dead."
    ),
    "LT703": Meaning("Two cases of one name", "A failing case is found by its name."),
    "LT704": Meaning(
        "A case with a lookup the route does not ask", "What stands under `found` would never be looked at."
    ),
    "LT801": Meaning(
        "A different declaration on the broker",
        "RabbitMQ keeps the first declaration of a name and refuses another; nothing is deleted for you.",
    ),
    "LT802": Meaning(
        "Not the URL of a broker", "LIENTHONG_BROKER names the server: amqp://user:password@host:5672/vhost."
    ),
    "LT803": Meaning(
        "The broker does not know us", "User or password are wrong, or `guest` comes from another machine."
    ),
    "LT804": Meaning(
        "The broker does not let us into the virtual host", "It is not there, or the user has no permissions in it."
    ),
}


def explain_code(code: str) -> str | None:
    """The meaning of `code` in a paragraph, or None if there is no such code. `lt203` will do."""
    meaning = CODES.get(code.upper())
    return None if meaning is None else f"{code.upper()}: {meaning.title}. {meaning.why}"
