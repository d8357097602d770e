"""The error tables of gateways (`config/tables/*-errors.yaml`): what each of their codes means for a notice.

A value is a word, and after a colon what an operator reads: `"-108": "other_channel: số điện thoại không hợp lệ"`.
The words are those of `Verdict`, and:

    night          not during the night; again from `NIGHT_ENDS`
    refresh        the token is not valid: it is renewed once, then the same notice is sent
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple

from connectors.notices.gateway import Answer, Message, Verdict
from lienthong import LOCAL_ZONE, Table

NIGHT_ENDS = time(6, 0)
"""Local time. ASSUMED for Zalo (recalled: nothing between 22:00 and 06:00)."""

TRIES_OF_UNKNOWN = 3
"""How often a notice is tried that is refused with a code that no table has; then it is dead."""

NIGHT, REFRESH = "night", "refresh"
_WORDS = frozenset({*Verdict, NIGHT, REFRESH})


class Rule(NamedTuple):
    """What a code means: a word of the table, and the text for operators."""

    word: str
    why: str


class ErrorTable:
    """The codes of one gateway, which `system` names. Raises `ValueError` for a word that is none."""

    def __init__(self, system: str, table: Table) -> None:
        self.system = system
        self._rules: Mapping[str, Rule] = {code: _rule(system, code, text) for code, text in table.items()}

    def rule(self, code: str) -> Rule | None:
        """What the table tells about `code`; None for an unknown one."""
        return self._rules.get(code)

    def answer(self, code: str, message: Message, now: datetime) -> Answer:
        """The answer for a code with which the gateway refused: what is unknown is tried a few times."""
        rule = self.rule(code)
        if rule is None:
            is_last = message.attempt >= TRIES_OF_UNKNOWN
            why = f"{self.system} trả mã {code!r} chưa có trong bảng mã lỗi"
            return Answer(Verdict.DEAD if is_last else Verdict.RETRY, why, code)
        why = f"{self.system} trả mã {code}: {rule.why}" if rule.why else f"{self.system} trả mã {code}"
        if rule.word == NIGHT:
            return Answer(Verdict.RETRY, why, code, not_before=after_the_night(now))
        if rule.word == REFRESH:  # after the renewal of the token
            return Answer(Verdict.CONFIGURATION, f"{why}; mã truy cập vừa làm mới cũng bị từ chối", code)
        verdict = Verdict(rule.word)
        return Answer(verdict, why, code, not_before=next_day(now) if verdict is Verdict.NEXT_DAY else None)


def after_the_night(now: datetime) -> datetime:
    """The next `NIGHT_ENDS`, in local time."""
    local = now.astimezone(LOCAL_ZONE)
    end = datetime.combine(local.date(), NIGHT_ENDS, LOCAL_ZONE)
    return end if local < end else end + timedelta(days=1)


def next_day(now: datetime) -> datetime:
    """`NIGHT_ENDS` of tomorrow, in local time: quotas are those of a local day."""
    local = now.astimezone(LOCAL_ZONE)
    return datetime.combine(local.date() + timedelta(days=1), NIGHT_ENDS, LOCAL_ZONE)


def _rule(system: str, code: str, text: str) -> Rule:
    word, _, why = text.partition(":")
    if word.strip() not in _WORDS:
        raise ValueError(f"bảng mã lỗi của {system}: {code} có loại {word.strip()!r}; viết {', '.join(sorted(_WORDS))}")
    return Rule(word.strip(), why.strip())
