"""Selling, from the seller's desk to the subscriber's proof: clean pages in both languages and widths, and the path."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect
from tests.looks import check

from mingbai.channels import actions as channels
from mingbai.kernel.problems import Problem
from mingbai.ledger import order as integrator
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import actions as orders
from mingbai.people import actions as people
from mingbai.tariffs import queries as zone

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
PASSWORD, PHONE = "spring-rain-2026", "13812345678"  # as the scene has them
LOOKS = ((390, False, "zh-CN"), (1280, True, "en-GB"))
CROSSED = ((390, True, "en-GB"), (1280, False, "zh-CN"))


class Shop(NamedTuple):
    """An agent of the scene's operator, its seller; orders of the scene's subscriber: waiting and done."""

    agency: int
    seller: int
    waiting: int
    done: int


@pytest.fixture
def shop(scene: Any, tariffs: Any, settings: Any) -> Shop:
    """An agent with an order done, one that waits, one turned down, and one that the house refused."""
    settings.FULFIL_URL = "sandbox"
    agency = people.create_organisation(name="诚信通信代理店", kind="agent")
    account = people.create_account(username="agent", password=PASSWORD, organisation=agency, role="admin")
    own, seller = channels.register(scene.operator), channels.register(agency)
    channels.grant(own, operator=scene.operator, from_date=zone.today())
    channels.grant(seller, operator=scene.operator, ways=["agent"], from_date=zone.today())
    channels.add_staff(seller, account=account, number="CX-001")

    def offer(plan: int) -> int:
        return orders.propose(
            plan=plan, subscriber=scene.subscriber, seller=seller, channel="agent", region="河北", by="key:1"
        )

    done = offer(tariffs.plan["2"])
    notices.receive(subscriber=scene.subscriber, text="Y")
    orders.fulfil_due()
    orders.decline(offer(tariffs.plan["4"]), subscriber=scene.subscriber)
    (faulty,) = [one.plan for one in zone.in_work(scene.operator) if one.code == "26QT000010"]
    with pytest.raises(Problem):
        offer(faulty)
    waiting = offer(tariffs.plan["7"])
    while integrator.integrate():
        pass
    return Shop(agency, seller, waiting, done)


@pytest.mark.parametrize(("width", "dark", "locale"), [*LOOKS, *CROSSED])
def test_what_a_subscriber_sees_of_orders_and_messages(
    scene: Any, shop: Shop, visitor: Visitors, code_of: Any, width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in_by_code(scene, code_of)
    own = ("", f"{shop.waiting}/", f"{shop.done}/", "?state=expired")
    for path in (*(f"orders/{one}" for one in own), "notices/", "notices/wishes/"):
        check(who.open(f"/my/{path}"))


@pytest.mark.parametrize(("width", "dark", "locale"), CROSSED)
def test_the_pages_of_seller_and_staff(
    scene: Any, shop: Shop, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    look = {"width": width, "dark": dark, "locale": locale}
    seller, staff = visitor(**look), visitor(**look)
    seller.log_in("agent")
    for path in ("", f"{shop.waiting}/", f"{shop.done}/", "?state=expired"):
        check(seller.open(f"/enterprise/offers/{path}"))
    staff.log_in("operator")
    for path in ("sellers/", f"sellers/{shop.seller}/", "orders/", f"orders/{shop.done}/", "notices/"):
        check(staff.open(f"/console/{path}"))


def _code(subscriber: int) -> str:
    texts = [one.text for one in messages.messages(subscriber) if one.template == "code"]
    return re.findall(r"验证码 (\d+)", texts[0])[0]


def test_an_offer_is_read_made_confirmed_and_proved(scene: Any, shop: Shop, visitor: Visitors, code_of: Any) -> None:
    seller, me = visitor(), visitor(width=390)
    seller.log_in("agent")
    page = seller.open("/enterprise/offers/")
    page.fill("main [name=code]", "畅聊")
    page.fill("main [name=number]", PHONE)
    page.fill("main [name=region]", "河北")
    page.click("button[value=look]")
    page.check("[name=code][value='26QT000003']")
    page.click("button[value=look]")
    check(page)
    text = page.locator("#preview > p").first.inner_text()
    assert "79.00元/月" in text
    page.click("button[value=offer]")
    expect(page.locator(".title")).to_contain_text("待确认")
    me.log_in_by_code(scene, code_of)
    mine = me.open("/my/orders/")
    mine.locator("section", has_text="青山畅聊5G套餐79元").get_by_role("button", name="查看并答复").first.click()
    expect(mine.locator("main")).to_contain_text(text)
    mine.click("form[action$='/code/'] button")
    mine.fill("main [name=code]", _code(scene.subscriber))
    mine.click("form[action$='/confirm/'] button")
    assert orders.fulfil_due() == 1
    while integrator.integrate():
        pass
    mine.reload()
    expect(mine.locator(".title")).to_contain_text("已办理")
    with mine.expect_download() as taken:
        mine.click("text=下载凭证")
    assert Path(taken.value.path()).read_bytes().startswith(b"PK")
    seller.open("/enterprise/offers/?state=fulfilled")
    expect(seller.page.locator("tbody").first).to_contain_text("青山畅聊5G套餐79元")


def test_an_unpublished_plan_is_refused_in_plain_words_and_seen_by_staff(
    scene: Any, shop: Shop, visitor: Visitors
) -> None:
    seller, staff = visitor(width=390, javascript=False), visitor()
    seller.log_in("agent")
    page = seller.open("/enterprise/offers/?code=26QT000011")
    page.fill("main [name=number]", PHONE)
    page.fill("main [name=region]", "河北")
    page.click("button[value=look]")
    expect(page.locator("[role=alert]")).to_contain_text("该资费方案未公示，不得销售")
    expect(page.locator("main")).to_contain_text("26QT000011")
    staff.log_in("operator")
    console = staff.open("/console/sellers/")
    row = console.locator("tr", has_text="26QT000011")
    expect(row).to_contain_text("方案未公示")
    row.get_by_role("link").click()
    console.fill("form:has([value=state]) [name=reason]", "推销未公示方案")
    console.get_by_role("button", name="暂停").click()
    expect(console.locator(".title")).to_contain_text("已暂停")
    seller.faults.clear()  # the browser's own remark on an answer 409
    expect(seller.open("/enterprise/offers/").locator("[role=alert]")).to_contain_text("您目前不能销售")


def test_i_choose_the_language_of_my_messages(scene: Any, shop: Shop, visitor: Visitors, code_of: Any) -> None:
    who = visitor(width=390)
    who.log_in_by_code(scene, code_of)
    page = who.open("/my/notices/wishes/")
    page.check("main [value=en]")
    page.check("main [name=second]")
    page.click("main form button")
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator("main [value=en]")).to_be_checked()
    assert messages.wish_of(scene.subscriber) == ("en", True)
    notices.receive(subscriber=scene.subscriber, text="maybe")
    expect(who.open("/my/notices/").locator("main")).to_contain_text("Until then nothing is done or charged")
