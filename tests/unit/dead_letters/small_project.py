"""A small project over the parts of `parts.py`, with the stages of `LetterBus`."""

from pathlib import Path

FILES = {
    "config/bus.yaml": "personal: [name]\ntypes: {paper.v1: tests.unit.dead_letters.parts.Paper}\n",
    "config/sources/igate.yaml": "use: tests.unit.dead_letters.parts.Silent\nevery: 60s\n",
    "config/sinks/store.yaml": "use: tests.unit.dead_letters.parts.Store\nreplay: ask\nowner: Trung tâm dữ liệu\n",
    "routes/a.yaml": """description: Papers.
from: igate
steps: [{apply: tests.unit.dead_letters.parts.judge}]
to: [store]
owner: Tổ một cửa
""",
    "routes/a.cases.yaml": "cases:\n"
    + "".join(
        f"""  - name: {kind}
    given: {{type: paper.seen, subject: x, received_at: 2023-11-01T09:00:00+07:00, data: {{kind: {kind}}}}}
    expect: {{verdict: {verdict}}}
"""
        for kind, verdict in {"good": "done", "test": "dropped", "bad": "dead"}.items()
    ),
}


def write_small_project(folder: Path) -> None:
    """Write its files."""
    for place, text in FILES.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
