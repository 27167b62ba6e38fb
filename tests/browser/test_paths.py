"""The main paths, as people walk them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mingbai.calls import queries as calls
from mingbai.consent import queries as consents
from mingbai.ledger import queries as ledger
from mingbai.web import jobs

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]


def _check(page: Page, name: str, text: str) -> None:
    page.set_input_files(
        "main input[type=file]", {"name": f"{name}.tlog-proof", "mimeType": "text/plain", "buffer": text.encode()}
    )
    page.wait_for_selector("#outcome .outcome")


def test_a_receipt_is_checked_in_the_browser(scene: Any, visitor: Visitors) -> None:
    entry = ledger.of_subject(f"subscriber:{scene.subscriber}")[0]
    text = ledger.receipt(entry.id)
    assert text is not None
    who = visitor(width=360)
    sent: list[str] = []
    page = who.open("/receipt/")
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    _check(page, "good", text)
    expect(page.locator("#outcome strong")).to_contain_text("这张凭证是真的。")
    expect(page.locator("#outcome")).to_contain_text(f"第 {entry.index} 条")
    expect(page.locator("#outcome .checks li.none")).to_have_count(2)
    expect(page.locator("#outcome")).to_contain_text("营销")
    assert [one for one in sent if not one.endswith("mark.svg")] == []  # nothing left the browser


def test_a_row_of_the_journal_is_checked_too(scene: Any, visitor: Visitors) -> None:
    attempt = calls.attempts_to(scene.subscriber, 5)[-1]
    text = calls.attempt_receipt(attempt.receipt_id)
    assert text is not None
    page = visitor().open("/receipt/")
    _check(page, "row", text)
    expect(page.locator("#outcome strong")).to_contain_text("这张凭证是真的。")
    expect(page.locator("#outcome .checks li")).to_have_count(6)
    expect(page.locator("#outcome")).to_contain_text("4008109889")


def _tampered(text: str) -> dict[str, tuple[str, str]]:
    """Receipts that do not hold, and a word of the sentence that says why."""
    import base64
    import json

    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
    changed = {**extra, "content": extra["content"].replace("marketing", "survey")}
    encoded = base64.b64encode(json.dumps(changed, separators=(",", ":"), ensure_ascii=False).encode()).decode()
    signed = note.rstrip("\n").rsplit(" ", 1)
    raw = bytearray(base64.b64decode(signed[1]))
    raw[-1] ^= 1
    size = note.split("\n")[1]
    return {
        "content": ("\n".join([lines[0], f"extra {encoded}", *lines[2:]]) + blank + note, "签署的日志里没有这一条"),
        "signature": (head + blank + f"{signed[0]} {base64.b64encode(raw).decode()}\n", "签名不是"),
        "size": (head + blank + note.replace(f"\n{size}\n", f"\n{int(size) + 1}\n", 1), "签名不是"),
        "proof": ("\n".join(lines[:-1]) + blank + note, "签署的日志里没有这一条"),
        "cut": (text[: len(text) // 2], "读不出"),
        "nothing": ("hello", "读不出"),
    }


def test_a_tampered_receipt_is_refused_with_its_reason(scene: Any, visitor: Visitors) -> None:
    text = ledger.receipt(ledger.of_subject(f"subscriber:{scene.subscriber}")[0].id)
    assert text is not None
    page = visitor().open("/receipt/")
    for name, (bad, why) in _tampered(text).items():
        page.reload()
        _check(page, name, bad)
        expect(page.locator("#outcome strong"), name).to_contain_text("这张凭证不成立。")
        expect(page.locator("#outcome p"), name).to_contain_text(why)


def test_another_key_refuses(scene: Any, visitor: Visitors) -> None:
    text = ledger.receipt(ledger.of_subject(f"subscriber:{scene.subscriber}")[0].id)
    assert text is not None
    page = visitor(locale="en-GB").open("/receipt/")
    page.click("text=Key of the log")
    page.fill("[name=vkey]", "example.org/log+12345678+AQ==")
    _check(page, "good", text)
    expect(page.locator("#outcome")).to_contain_text("The key cannot be read")


def test_without_javascript_forms_suffice(scene: Any, visitor: Visitors, code_of: Callable[[int], str]) -> None:
    who = visitor(javascript=False, width=360)
    page = who.open("/number/")
    page.fill("main [name=number]", "4008109889")
    page.click("main button")
    assert "青禾保险" in page.inner_text("main")
    who.log_in_by_code(scene, code_of)
    page.click("text=全部停掉")
    assert "没有企业可以向您推销" in page.inner_text("main")


def test_a_subscriber_stops_disputes_and_lets_call_again(
    scene: Any, visitor: Visitors, code_of: Callable[[int], str]
) -> None:
    who = visitor(width=360)
    who.log_in_by_code(scene, code_of)
    page = who.page
    expect(page.locator("h1")).to_have_text("2 家企业可以打给您")
    page.click("text=我从没同意过")
    expect(page.locator("[role=status]")).to_contain_text("要求它举证")
    page.click("text=停掉“青禾保险”")
    expect(page.locator("h1")).to_have_text("没有企业可以向您推销")
    assert consents.status(subscriber=scene.subscriber, principal=scene.firm, purpose="marketing") == "refused"
    page.locator("li", has_text="青禾保险").get_by_text("允许它再打").click()
    page.check("[value=service]")
    page.click("text=我同意 >> nth=-1")
    expect(page.locator("h1")).to_have_text("1 家企业可以打给您")


def test_a_whitelist_is_imported_with_progress(scene: Any, visitor: Visitors, tmp_path: Path) -> None:
    who = visitor()
    who.log_in("firm")
    page = who.open("/enterprise/whitelist/")
    proof = hashlib.sha256(b"proof").hexdigest()
    table = tmp_path / "八月名单.csv"
    table.write_text(
        f"号码,证明编号,证明哈希,同意时间\n13700000001,QH-1,{proof},2026-01-05\n1,QH-2,{proof},2026-01-05\n", "utf-8"
    )
    page.set_input_files("main input[type=file]", table)
    page.check("[value=yes]")
    page.click("main form button")
    expect(page.locator("#job")).to_contain_text("排队中")
    assert jobs.run_due(scene.home) == 1
    expect(page.locator("#job")).to_contain_text("名单已生效", timeout=5000)
    expect(page.locator("#job table")).to_contain_text("不是有效的号码")
    with page.expect_download() as download:
        page.click("text=全部问题行的报告")
    assert "QH-2" not in Path(download.value.path()).read_text("utf-8-sig")


def test_switches_of_language_and_light(scene: Any, visitor: Visitors) -> None:
    page = visitor().open("/number/")
    page.click("text=English")
    expect(page.locator("h1")).to_have_text("Look a number up")
    page.click("[data-theme-switch] button")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_console_by_keyboard(scene: Any, visitor: Visitors) -> None:
    who = visitor()
    who.log_in("operator")
    page = who.open("/console/organisations/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr[aria-selected=true]")).to_contain_text("海东移动")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("青禾保险")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("h1")).to_have_text("查询号码")
