"""What every page must pass in a browser: no axe finding, nothing wider than the screen; pictures of it on request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

CHECKED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "preload": False}
SHOTS = os.environ.get("MINGBAI_SHOTS", "")  # a folder: keep pictures there, for people to look at


def shot(page: Any, name: str) -> None:
    """Keep a picture of the whole page as `name`-WIDTH.png, where MINGBAI_SHOTS names a folder."""
    if SHOTS:
        Path(SHOTS).mkdir(exist_ok=True)
        page.screenshot(path=Path(SHOTS) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def check(page: Any, name: str = "") -> None:
    """Fails where axe finds fault with the page or it is wider than the screen; with a name, keeps its picture.

    A click comes back once the next page's address is known, when there may be no document yet for axe to read.
    """
    page.wait_for_load_state()
    if name:
        shot(page, name)
    found = Axe().run(page, options=CHECKED).response["violations"]
    told = [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]
    assert told == [], f"{name} {page.url}"
    wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= inner, f"{name} {page.url} is {wide} px wide on a screen of {inner}"
