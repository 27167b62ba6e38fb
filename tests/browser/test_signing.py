"""A hand draws in a real browser, on a phone and on a shop's tablet: clean pages, and nothing taken for a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_selling import Shop, Visitors, _code, shop  # noqa: F401  # a fixture
from tests.looks import SHOTS, check, shot

from mingbai.orders import queries

pytestmark = pytest.mark.browser


def _draw(page: Page) -> None:
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None

    def to(x: float, y: float) -> tuple[float, float]:
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    # 李: a bar, a stem, two legs
    for start, end in (((0.2, 0.3), (0.5, 0.3)), ((0.35, 0.15), (0.35, 0.8)), ((0.35, 0.3), (0.2, 0.6)),
                       ((0.35, 0.3), (0.52, 0.62))):  # fmt: skip
        page.mouse.move(*to(*start))
        page.mouse.down()
        page.mouse.move(*to(*end), steps=12)
        page.mouse.up()


def _agree(page: Page) -> None:
    page.click("[data-sign] button:not([type=button])")


def test_on_my_phone(scene: Any, shop: Shop, visitor: Visitors, code_of: Any) -> None:  # noqa: F811
    me = visitor(width=390)
    me.log_in_by_code(scene, code_of)
    page = me.open(f"/my/orders/{shop.waiting}/")
    page.click(f"a[href='/my/orders/{shop.waiting}/sign/']")
    check(page)
    _agree(page)  # nothing is drawn: the page itself stays and says so
    expect(page.locator("#drawn")).to_have_class("small wrong")
    page.locator("canvas.pad").click()
    _agree(page)  # a dot: the server refuses it
    expect(page.locator("[role=alert]")).to_contain_text("笔迹太少")
    assert [fault for fault in me.faults if "422" not in fault] == []
    me.faults.clear()  # the browser notes every refusal
    _draw(page)
    page.click("[data-clear]")
    expect(page.locator("#drawn")).to_have_text("还没有签字。")
    _draw(page)
    shot(page, "my-sign")
    _agree(page)
    page.wait_for_url(f"**/my/orders/{shop.waiting}/")
    expect(page.locator(".note").first).to_contain_text("已签字")
    check(page)
    shot(page, "my-signed")
    found = queries.signature(shop.waiting)
    assert found is not None
    paper = me.context.request.get(f"{me.base}/my/orders/{shop.waiting}/signed.pdf")
    assert paper.body()[:5] == b"%PDF-"
    if SHOTS:
        (Path(SHOTS) / "signed.pdf").write_bytes(paper.body())


@pytest.mark.parametrize(("dark", "locale"), [(False, "zh-CN"), (True, "en-GB")])
def test_on_a_tablet_in_the_shop(scene: Any, shop: Shop, visitor: Visitors, dark: bool, locale: str) -> None:  # noqa: F811
    clerk = visitor(width=1024, dark=dark, locale=locale)
    clerk.log_in("agent")
    page = clerk.open(f"/enterprise/offers/{shop.waiting}/")
    page.click(f"a[href='/enterprise/offers/{shop.waiting}/sign/']")
    check(page)
    shot(page, f"shop-first-{locale}")
    assert page.locator("nav[aria-label] a").count() == 0
    page.click(f"form[action$='/offers/{shop.waiting}/sign/code/'] button")
    page.check("[name=identity]")
    page.fill("[name=code]", _code(scene.subscriber))
    page.click("form:has([name=identity]) button")
    check(page)
    _draw(page)
    shot(page, f"shop-sign-{locale}")
    if dark:
        return  # looked at; signed once is enough
    _agree(page)
    page.wait_for_url("**/signed/")
    check(page)
    shot(page, "shop-signed")
    found = queries.signature(shop.waiting)
    assert found is not None
    assert found.place == "shop"
