"""LT6xx: files that name each other. LT7xx: routes and their cases."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

LINKS = {
    "LT601": Code(msgid("An unknown source"), msgid("`from`, or a parameter, names a file of config/sources/.")),
    "LT602": Code(
        msgid("An unknown sink"), msgid("`to` names files of config/sinks/, and so does `from: {sink: NAME}`.")
    ),
    "LT603": Code(msgid("An unknown lookup"), msgid("An enriching step names a file of config/lookups/.")),
    "LT604": Code(msgid("An unknown table"), msgid("The parameter names a file of config/tables/.")),
    "LT605": Code(
        msgid("A sink without a route"),
        msgid("No route leads to it: whatever depends on it receives nothing."),
        msgid("name it under `to` of a route, or write enabled: false in it, or remove the file"),
    ),
    "LT606": Code(
        msgid("A source without a route"),
        msgid("No route begins with it; it is not polled."),
        msgid("write a route `from` it, or write enabled: false in it, or remove the file"),
        level="warning",
    ),
    "LT607": Code(
        msgid("A lookup without a step"),
        msgid("No step queries it."),
        msgid("name it in an enriching step, or write enabled: false in it, or remove the file"),
        level="warning",
    ),
    "LT608": Code(
        msgid("A table without a parameter"),
        msgid("No parameter names it."),
        msgid("name it, or remove the file"),
        level="warning",
    ),
    "LT609": Code(
        msgid("An environment that does not fit"),
        msgid("LIENTHONG_ENV and config/env/ must name files that exist; else settings are lost without a sign."),
    ),
    "LT610": Code(msgid("Cases without a route"), msgid("x.cases.yaml belongs to x.yaml.")),
    "LT611": Code(
        msgid("No routes"),
        msgid("Without routes there is nothing to run; perhaps this is not the root of the project."),
        msgid("write routes/NAME.yaml, or check the root"),
    ),
    "LT612": Code(
        msgid("A route that needs a disabled file"),
        msgid("A sink or lookup with enabled: false does not run, so the events of the route could not go on."),
        msgid("enable it there, or name another one, or write enabled: false in the route"),
    ),
    "LT613": Code(
        msgid("A route whose source is disabled"),
        msgid("What the route begins with has enabled: false and brings nothing, so the route receives nothing."),
        msgid("enable it, or write enabled: false in the route too"),
        level="warning",
    ),
    "LT614": Code(
        msgid("An unknown name under `after`"),
        msgid(
            "`after` names files of config/sources/, or other routes, whose sources are meant. A project that lacks "
            "one does not wait for it."
        ),
        level="warning",
    ),
    "LT615": Code(
        msgid("Routes that wait for each other"),
        msgid("None of their sources would ever be polled."),
        msgid("leave the name out of one of the routes"),
    ),
    "LT616": Code(
        msgid("A route that waits for a source that is never polled"),
        msgid("A source that is disabled, or from which no enabled route begins, is never read to its end."),
        msgid("enable it, or leave the name out"),
    ),
    "LT617": Code(
        msgid("A source of changes with `lists_everything`"),
        msgid("With `since` a poll shows only what has changed: every other record would be marked as absent."),
        msgid("remove `lists_everything`, or `since`"),
    ),
    "LT618": Code(msgid("An unknown inbox"), msgid("`from: {inbox: NAME}` names a file of config/inboxes/.")),
    "LT619": Code(msgid("An unknown schedule"), msgid("`from: {schedule: NAME}` names a file of config/schedules/.")),
    "LT620": Code(
        msgid("An inbox or a schedule without a route"),
        msgid("No route begins with it: an inbox refuses what is pushed, and of a schedule nothing is due."),
        msgid("write a route from it, or write enabled: false in it, or remove the file"),
        level="warning",
    ),
    "LT621": Code(
        msgid("A sink that would receive what it hands back"),
        msgid("Each delivery would cause the next one, without end."),
        msgid("lead the route to other sinks"),
    ),
    "LT622": Code(
        msgid("`after` in a route whose events are not polled"),
        msgid("Only a source or a schedule can wait. What is pushed, and what a sink hands back, is there already."),
        msgid("leave `after` out"),
    ),
    "LT623": Code(msgid("An unknown request"), msgid("`from: {request: NAME}` names a file of config/requests/.")),
}
CALENDARS = {
    "LT624": Code(
        msgid("An unknown calendar"), msgid("`extends`, `calendar` or a parameter names a file of config/calendars/.")
    ),
    "LT625": Code(
        msgid("Calendars that extend each other in a circle"),
        msgid("Each takes from the other what it does not state itself, without end."),
        msgid("remove `extends` from one of them"),
    ),
    "LT626": Code(
        msgid("Not exactly one default calendar"),
        msgid("Agencies that no calendar names, and schedules that name none, follow the default one."),
    ),
    "LT627": Code(
        msgid("An agency with two calendars"),
        msgid("Its deadlines would depend on chance."),
        msgid("name it in one of them"),
    ),
    "LT628": Code(
        msgid("A year without announced days off"),
        msgid(
            "Deadlines in it are reckoned by the law alone. Days that are exchanged, and the days of Tết, are known "
            "only from the notice."
        ),
        msgid("add the notice under `notices`, with its document, date and year"),
        level="warning",
    ),
    "LT629": Code(
        msgid("An unknown file of the project's own"),
        msgid("`settings` of config/bus.yaml names files of config/ and their shapes; parameters name these files."),
    ),
    "LT630": Code(
        msgid("Files of the project's own that do not fit together"),
        msgid("Each file of the folder is sound by itself, but not beside the others."),
        msgid("change one of them, as the sentence states"),
    ),
}

CASES = {
    "LT701": Code(
        msgid("A route without cases"),
        msgid("x.cases.yaml shows by example what the route does, and proves that it still does so."),
    ),
    "LT702": Code(
        msgid("Cases that leave a verdict out"),
        msgid(
            "Every route shows at least one event done, one dropped and one dead; a route that answers a request, one "
            "question that is answered and one that is not."
        ),
    ),
    "LT703": Code(
        msgid("Two cases of one name"),
        msgid("A failing case is found by its name."),
        msgid("give each case its own name"),
    ),
    "LT704": Code(
        msgid("A case with a lookup that the route does not query"),
        msgid("The answers under `found` would never be read."),
    ),
    "LT705": Code(
        msgid("A case with a sink that the route does not have"), msgid("No event of the route could ever go there.")
    ),
    "LT706": Code(
        msgid("A question in the cases of a route that answers none"),
        msgid("Only a route `from: {request: NAME}` is asked."),
        msgid("write `given` with the event that the route receives"),
    ),
    "LT707": Code(
        msgid("A case with a lookup that is not known in time, and no step with a budget"),
        msgid("Without a budget the events wait until the lookup answers: `not-known` never comes."),
        msgid("give the step a budget, or state what the lookup answers"),
    ),
}
