"""A project whose parts go wrong on demand: by files in the folder that `ALARM_FOLDER` names."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.services.push_project import write_files

FILES = {
    "config/bus.yaml": "bundle: {size: 25}\nladder: [1s]\nhalt_after: 3\n",
    "config/sources/letters.yaml": "use: alarm_parts.Numbered\nevery: 1s\nwith: {name: letters}\n",
    "config/sources/broken-letters.yaml": "use: alarm_parts.Numbered\nevery: 1s\nwith: {name: broken-letters}\n",
    "config/sinks/kept.yaml": "use: alarm_parts.Kept\nretry: {rungs: [1s], attempts: 1000}\n",
    "config/sinks/noted.yaml": "use: alarm_parts.Noted\n",
    "config/requests/answers.yaml": "path: /v1/answers\naccepts: alarm_parts.Question\nanswers: alarm_parts.Answer\n"
    "within: 5s\ntype: answer.v1\n",
    "config/schedules/ticks.yaml": "start: '{start}'\ncron: '* * * * *'\n",
    "routes/letters.yaml": "description: Thư\nfrom: letters\nto: [kept]\n",
    "routes/letters.cases.yaml": """cases:
  - name: Thư được chuyển
    given: {type: letter.seen, subject: a, received_at: "2026-11-27T09:00:00+07:00", data: {code: a}}
    expect: {verdict: done, data: {code: a}}
""",
    "routes/broken-letters.yaml": "description: Thư hỏng\nfrom: broken-letters\n"
    "steps: [{apply: alarm_parts.refuse}]\nto: [noted]\n",
    "routes/broken-letters.cases.yaml": """cases:
  - name: Thư hỏng
    given: {type: letter.seen, subject: a, received_at: "2026-11-27T09:00:00+07:00", data: {code: a}}
    expect: {verdict: dead, field: code}
  - name: Thư lành
    given: {type: letter.seen, subject: well, received_at: "2026-11-27T09:00:00+07:00", data: {code: well}}
    expect: {verdict: done, data: {code: well}}
  - name: Không có thư
    given: {type: letter.seen, subject: none, received_at: "2026-11-27T09:00:00+07:00", data: {code: none}}
    expect: {verdict: dropped}
""",
    "routes/ticks.yaml": "description: Mỗi phút\nfrom: {schedule: ticks}\nto: [noted]\n",
    "routes/ticks.cases.yaml": """cases:
  - name: Mỗi phút
    given: {type: schedule.due.v1, subject: a, received_at: "2026-11-27T09:00:00+07:00", data: {code: a}}
    expect: {verdict: done, data: {code: a}}
""",
    "routes/answers.yaml": "description: Câu hỏi\nfrom: {request: answers}\n"
    "steps: [{apply: alarm_parts.answer}]\nto: []\n",
    "routes/answers.cases.yaml": """cases:
  - name: Trả lời
    asked: {how: well}
    answered: {how: well}
  - name: Từ chối
    asked: {how: refused}
    expect: {verdict: refused, field: how}
""",
    "alarm_parts.py": '''"""Parts that go wrong on demand."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from lienthong import Done, OpenAlarms, Page, Record, Rejected, Transient


def state(name):
    file = Path(os.environ["ALARM_FOLDER"], name)
    return file.read_text() if file.exists() else ""


class Numbered:
    """As many records as its file states."""

    def __init__(self, site, *, name: str):
        self._name = name

    def poll(self, cursor):
        if state(self._name) == "down":
            raise Transient("nguồn không trả lời")
        done, count = cursor.get("n", 0), int(state(self._name) or 0)
        if count > done:
            yield Page([Record("letter.seen", str(n), {"code": str(n)}) for n in range(done, count)], {"n": count})


class Kept:
    reaches_outside = False

    def __init__(self, site):
        pass

    def deliver(self, envelopes, transaction):
        if state("target"):
            raise Transient("nơi nhận không trả lời")
        return [Done(one) for one in envelopes]


class Noted:
    reaches_outside = False

    def __init__(self, site):
        pass

    def open_alarms(self):
        if state("alarm"):
            yield OpenAlarms("late-letter", 1, datetime.now(UTC), "một thư đến muộn")

    def deliver(self, envelopes, transaction):
        return [Done(one) for one in envelopes]


class Question(BaseModel):
    how: str


class Answer(BaseModel):
    how: str


def refuse(envelope):
    if envelope.data["code"] in ("well", "none"):
        return envelope if envelope.data["code"] == "well" else None
    raise Rejected("thư hỏng", field="code")


def answer(envelope):
    how = envelope.data["how"]
    if how == "refused":
        raise Rejected("không trả lời", field="how")
    if how == "slowly":
        time.sleep(0.7)
    if how == "wrongly":
        raise ZeroDivisionError
    return envelope.with_data("answer.v1", {**envelope.data, "answer": {"how": how}})
''',
}


def write_project(root: Path, now: datetime, *, since: timedelta) -> Path:
    """Write the project's files. Its schedule is due each minute from `since` before `now` (local time) on."""
    start = f"{now - since:%Y-%m-%d %H:%M}"
    return write_files(root, {name: text.replace("{start}", start) for name, text in FILES.items()})
