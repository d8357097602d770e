"""LT9xx: requests, the routes that answer them, and the time that they have."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

REQUESTS = {
    "LT901": Code(
        msgid("A path that no request can have"),
        msgid("It begins with `/`, has whole steps without an empty one, and is none of the engine's own paths."),
    ),
    "LT902": Code(
        msgid("Two requests under one path"),
        msgid("Which of them a caller reaches would be chance."),
        msgid("give one of them another path or another method"),
    ),
    "LT903": Code(
        msgid("A field that cannot stand in a path or a query"),
        msgid("There, a field of the question is one text, number, date or truth value."),
    ),
    "LT904": Code(
        msgid("Personal data in a path or a query"),
        msgid("Addresses of the web stand in logs, histories and proxies: numbers and names of persons do not."),
        msgid("ask with method: POST, and leave the field out of the path"),
    ),
    "LT905": Code(
        msgid("A question with a field of the engine"),
        msgid("The engine itself adds `client`, `answer`, what the steps answer, and `answer_status` to the event."),
        msgid("give the field another name"),
    ),
    "LT910": Code(
        msgid("A question that has no place for its file, or no file for its keys"),
        msgid("With `body: multipart`, the engine keeps the file and puts its digest and name into the question."),
    ),
    "LT911": Code(
        msgid("A reply that no caller can receive"),
        msgid("The HTTP document states the statuses of the answers and of the refusals, as the file names them."),
    ),
    "LT912": Code(
        msgid("An open request that asks for more than everybody may"),
        msgid("A caller without a key has no scopes, and could fill the disk with files."),
        msgid("write access: key, or leave the other key out"),
    ),
    "LT906": Code(
        msgid("A request that not exactly one route answers"),
        msgid("A caller waits for one answer."),
    ),
    "LT907": Code(
        msgid("`retry` in a route that answers a request"),
        msgid("The caller receives a refusal at once and asks again itself: nothing is tried again for it."),
        msgid("leave `retry` out"),
    ),
    "LT908": Code(
        msgid("A budget that leaves no time to answer"),
        msgid("The budget of a lookup is a part of the time in which the request is answered (`within`)."),
    ),
}
