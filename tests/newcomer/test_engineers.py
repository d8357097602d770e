"""docs/engineers.md is true: its files are written, its commands run, and what they show is what it shows."""

from dataclasses import replace

from tests.documents import Command, File, parts_of
from tests.newcomer.conftest import ROOT, Newcomer
from tests.newcomer.outside import Outside, outside

PAGE = ROOT / "docs" / "engineers.md"
ADDRESSES = {
    "https://hotline.example.gov.vn": "{}",
    "https://departments.example.gov.vn": "{}",
}


def follow(newcomer: Newcomer, systems: Outside) -> int:
    """Follow the page in its order; the number of commands that were run."""
    count = 0
    for part in parts_of(PAGE):
        if isinstance(part, File):
            text = part.text
            for address, ours in ADDRESSES.items():
                text = text.replace(address, ours.format(systems.url))
            path = newcomer.folder / part.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        elif part.text.startswith("cd "):
            newcomer = replace(newcomer, folder=newcomer.folder / part.text.removeprefix("cd "))
        elif not part.text.startswith("pip "):  # the fixture has installed the wheel
            run(newcomer, part)
            count += 1
    return count


def run(newcomer: Newcomer, command: Command) -> None:
    done = newcomer.run("sh", "-c", command.text)
    output = done.stdout + done.stderr
    assert done.returncode == command.code, f"{command.text}\n{output}"
    assert not command.missing_from(output), f"{command.text}\n{output}"


def test_the_worked_example_delivers_its_events(newcomer: Newcomer) -> None:
    with outside() as systems:
        assert follow(replace(newcomer, language=""), systems) > 10  # the page's .env sets the language
    assert [event["subject"] for event in systems.received] == ["PA-0001", "PA-0004", "PA-0003"]
    assert systems.received[0]["data"]["department"] == "SO-XD"
    assert systems.tokens == {"Bearer a-secret-of-the-hotline"}
