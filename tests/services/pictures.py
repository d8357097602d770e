"""Takes the pictures of the README of a running `make demo`:

.venv/bin/python -m tests.services.pictures http://localhost:8700 "$(cat var/demo/password)"
"""

import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.services.chromium import chromium

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SIZE = {"width": 1100, "height": 620}


def main(address: str, password: str) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]  # a plain dict will do
        page.context.add_cookies([{"name": "lienthong-language", "value": "en", "url": f"{address}/console"}])
        page.goto(f"{address}/console/")
        page.fill("[name=login]", "demo")
        page.fill("[name=password]", password)
        page.click("main button[type=submit]")
        take_pictures(page, address, FOLDER)


def take_pictures(page: Page, address: str, folder: Path) -> list[Path]:
    """Pictures of Today and of the largest group of dead letters, by a person who has logged in."""
    folder.mkdir(parents=True, exist_ok=True)
    page.goto(f"{address}/console/")
    page.screenshot(path=folder / "today.png")
    page.click(".tile a[href*='/dead/groups/']")
    page.wait_for_load_state()
    page.screenshot(path=folder / "dead-letters.png")
    return [folder / "today.png", folder / "dead-letters.png"]


if __name__ == "__main__":
    main(*sys.argv[1:])
