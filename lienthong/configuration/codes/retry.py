"""LT5xx: retries and the ladder of waits."""

from lienthong.configuration.codes.code import Code
from lienthong.messages import msgid

RETRY = {
    "LT501": Code(
        msgid("Attempts that will never happen"),
        msgid(
            "The waits before the last attempts add up to more than `limit`; events die earlier than `attempts` states."
        ),
    ),
    "LT502": Code(
        msgid("Fewer than one attempt"), msgid("The first attempt counts as one."), msgid("write at least 1")
    ),
    "LT503": Code(
        msgid("Rungs that do not ascend"),
        msgid("Waits grow from attempt to attempt, so that a system that is down is not asked all the time."),
    ),
    "LT504": Code(
        msgid("A rung that is not on the ladder"),
        msgid("The broker keeps one queue per rung of config/bus.yaml; it has no queue for any other wait."),
    ),
    "LT505": Code(
        msgid("No rungs"),
        msgid("A retry needs at least one wait. For no retry write attempts: 1."),
        msgid("write at least one wait, such as [5s, 30s]"),
    ),
}
