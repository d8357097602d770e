"""LT64x: contracts, the schemas that were released to subscribers."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

CONTRACTS = {
    "LT641": Code(
        msgid("A contract that cannot be read"),
        msgid("docs/contracts/TYPE.json holds the schema of an event type as it was released."),
        msgid("take the file from the history of the project, or run `lienthong schema --contracts`"),
    ),
    "LT642": Code(
        msgid("A released type without a schema"),
        msgid("Its readers would get nothing any more, and nothing states any more what was promised."),
        msgid("name its class under `types` again; remove the contract only when the type has ended for its readers"),
    ),
    "LT643": Code(
        msgid("A change that breaks readers of a released type"),
        msgid("Systems that we do not know were built on the schema as it was."),
        msgid(
            "take the change back, and make it in a new version: a new file beside the old one, such as dossier_v2.py, "
            "with its own type; state DEPRECATION in the old one, and announce both for a time"
        ),
    ),
    "LT644": Code(
        msgid("A contract that is older than its schema"),
        msgid("Nothing in it breaks a reader, but what was added is not promised yet."),
        msgid("run `lienthong schema --contracts`"),
        level="warning",
    ),
    "LT645": Code(
        msgid("A released type that no case shows"),
        msgid("Perhaps no route announces it any more; then its readers wait for nothing."),
        msgid(
            "write a case whose result has this type, or remove the contract when the type has ended for its readers"
        ),
        level="warning",
    ),
    "LT646": Code(
        msgid("An announced type without a contract"),
        msgid("A change that breaks its readers would not be noticed."),
        msgid("run `lienthong schema --contracts`"),
        level="warning",
    ),
}
