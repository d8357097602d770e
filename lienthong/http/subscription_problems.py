"""The problems of subscriptions and of pulling."""

from lienthong.errors import LienthongError
from lienthong.http.problems import Problem
from lienthong.http.refusals import input_invalid
from lienthong.messages import Message, message
from lienthong.operations.pulling import CursorRefused, NotPulled
from lienthong.subscriptions.model import NoSuchSubscription, NotThere


def refused(error: LienthongError) -> Problem:
    """The problem that stands for an error of `operations`."""
    sentence = _sentence(error)
    match error:
        case CursorRefused():
            problem = _cursor(error)
        case NotPulled():
            text = message("The subscription is not one to fetch from now: {state}.", state=str(error))
            problem = Problem(409, "not-pulled", message("Nothing can be fetched"), detail=text)
        case NotThere():
            problem = Problem(404, "no-such-subscription", message("No such subscription"), detail=sentence)
        case NoSuchSubscription():
            problem = Problem(409, "subscription-state", message("It cannot be done now"), detail=sentence)
        case _:
            problem = input_invalid([("", sentence)])
    return problem


def _cursor(error: CursorRefused) -> Problem:
    more = {"cursor": error.current}
    if error.why == "cursor-passed":
        text = message("Events up to the cursor in `cursor` were acknowledged; go on from there.")
        return Problem(409, "cursor-passed", message("The cursor was passed"), detail=text, more=more)
    text = message("Call without `after`, or with the cursor in `cursor`: it is where your system has come to.")
    return Problem(409, "cursor-unknown", message("The cursor is not known"), detail=text, more=more)


def _sentence(error: LienthongError) -> Message:
    given = error.args[0]
    return given if isinstance(given, Message) else Message(str(given))
