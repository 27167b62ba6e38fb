#!/usr/bin/env python3
"""Pictures of a running demo for the documents: docs/images/*.png.

    make demo                                        (in another window)
    scripts/screenshots.py http://127.0.0.1:8000     [--chromium /usr/bin/chromium]

It goes through the demo as a newcomer would: picks a phone of the town, logs in with the code that arrives on it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PHONE, DESK = (390, 844), (1280, 800)


class Camera:
    """Opens pages of the demo and keeps pictures of them."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser, self._base = browser, base

    def visitor(self, size: tuple[int, int], *, dark: bool = False, locale: str = "zh-CN") -> Page:
        context = self._browser.new_context(
            base_url=self._base,
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=2,
            color_scheme="dark" if dark else "light",
            locale=locale,
            timezone_id="Asia/Shanghai",
        )
        return context.new_page()


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what the page shows as docs/images/<name>.png."""
    page.wait_for_load_state("networkidle", timeout=5000) if "console" not in name and "handset" not in name else None
    page.wait_for_timeout(400)
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(IMAGES / f"{name}.png"), full_page=whole)
    print(f"docs/images/{name}.png")


def log_in(page: Page, username: str, password: str) -> None:
    page.goto("/login/")
    page.fill("main [name=username]", username)
    page.fill("main [name=password]", password)
    page.click("main form button")


def my_calls(camera: Camera) -> None:
    """A phone of the town: let people call it, log in with its number and the code that arrives on it."""
    phone = camera.visitor(PHONE)
    phone.goto("/handset/")
    phone.locator("main a[href*='/handset/']").nth(1).click()
    number = re.findall(r"1[3-9]\d{9}", phone.inner_text("main"))[0]
    for i in range(phone.locator("form[action$='/ring/']").count()):
        phone.locator("form[action$='/ring/']").nth(i).locator("button").click()
        phone.wait_for_load_state()
    phone.reload()
    phone.wait_for_timeout(1500)
    shoot(phone, "handset")
    me = camera.visitor(PHONE)
    me.goto("/my/login/")
    me.fill("main [name=number]", number)
    me.click("main form button")
    me.fill("main [name=code]", code_on(phone))
    me.click("main form button")
    shoot(me, "my")
    me.goto("/my/calls/")
    shoot(me, "my-calls")


def code_on(phone: Page) -> str:
    """The code that arrives on a phone of the town."""
    for _ in range(40):
        phone.reload()
        if found := re.findall(r"(?<!\d)\d{6}(?!\d)", phone.inner_text("#screen")):
            return found[0]
        phone.wait_for_timeout(500)
    raise SystemExit("no code arrived on the phone")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("base", help="address of a running demo, such as http://127.0.0.1:8000")
    arguments.add_argument("--chromium", default="/usr/bin/chromium")
    arguments.add_argument("--firm", default="insurance")
    arguments.add_argument("--operator", default="admin")
    arguments.add_argument("--password", required=True, help="of the demo's accounts, as it prints at the start")
    given = arguments.parse_args()
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--disable-gpu", *sandbox])
        camera = Camera(browser, given.base)
        for name, dark, locale in (("home", False, "zh-CN"), ("home-dark", True, "zh-CN"), ("home-en", False, "en-GB")):
            page = camera.visitor(DESK, dark=dark, locale=locale)
            page.goto("/")
            shoot(page, name)
        page = camera.visitor(DESK)
        log_in(page, given.firm, given.password)
        shoot(page, "enterprise")
        page.goto("/enterprise/statistics/")
        shoot(page, "enterprise-figures")
        page = camera.visitor(DESK)
        log_in(page, given.operator, given.password)
        shoot(page, "console")
        my_calls(camera)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
