"""A small house with something on every page, served live, and a browser that may talk to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page

from mingbai.consent import actions as consent
from mingbai.gate import feed, journal
from mingbai.gate.decide import Code
from mingbai.gate.feed import segments
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.ledger import order
from mingbai.notices import queries as notices
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people
from mingbai.tariffs import actions as tariff_actions
from mingbai.tariffs import queries
from mingbai.town import tariffs as town_tariffs

PASSWORD = "spring-rain-2026"
PHONE = "13812345678"
MINUTE = 60_000_000


@dataclass(frozen=True)
class Scene:
    """Who is in the house. Accounts: `operator`, `firm`, `firm-auditor`, `other`; all with PASSWORD."""

    home: Home
    subscriber: int
    operator: int
    firm: int
    other: int
    claimed: int
    number: int


def build(home: Home) -> Scene:
    """People, firms, consents, blocks and two days of calls; the log in order, the facts made."""
    operator = people.create_organisation(name="海东移动", kind="operator", industry="telecom")
    firm = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
    other = people.create_organisation(name="白鹭湾地产", kind="enterprise", industry="property")
    loans = people.create_organisation(name="远帆贷款", kind="enterprise", industry="loans")
    for username, where, role in (
        ("operator", operator, "admin"),
        ("firm", firm, "admin"),
        ("firm-auditor", firm, "auditor"),
        ("other", other, "admin"),
    ):
        people.create_account(username=username, password=PASSWORD, organisation=where, role=role)
    trunk = numbers.create_trunk("haidong-1", operator)
    number = numbers.register_number(
        first=parse("4008109889"), holder=firm, use="marketing", label="青禾保险 推销", trunks=[trunk]
    )
    numbers.register_number(first=parse("95533"), holder=other, use="service", industry="property")
    subscriber = people.ensure_subscriber(parse(PHONE))
    claimed = _said(subscriber, firm, other, loans)
    _calls(home, subscriber, firm, number)
    while order.integrate():
        pass
    feed.rebuild(home)
    while segments.collect(home):
        pass
    while order.integrate():
        pass
    return Scene(home, subscriber, operator, firm, other, claimed, number)


def _said(subscriber: int, firm: int, other: int, loans: int) -> int:
    consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="web")
    consent.give(subscriber=subscriber, principal=firm, purpose="service", how="sms")
    claimed = consent.give(
        subscriber=subscriber, principal=other, purpose="marketing", how="recording", reference="LY-20261101-0093"
    )
    consent.refuse(subscriber=subscriber, principal=loans, how="sms")
    for i in range(12):
        somebody = people.ensure_subscriber(parse(f"139000012{i:02d}"))
        consent.give(subscriber=somebody, principal=firm, purpose="marketing", how="web", reference=f"QH-{i:04d}")
        if i % 3 == 0:
            consent.withdraw(subscriber=somebody, principal=firm, purpose="marketing", how="sms")
    consent.block(subscriber=subscriber, kind="category", value="loans")
    consent.block(subscriber=subscriber, kind="number", value="01088886666")
    return claimed


_SEEN = (
    (Decision.LABEL, Code.LABELLED),
    (Decision.REFUSE, Code.CONSENT_MISSING),
    (Decision.REFUSE, Code.CALLEE_REFUSED),
    (Decision.LABEL, Code.LABELLED),
    (Decision.REFUSE, Code.HOURS_OUTSIDE),
    (Decision.ALLOW, Code.PASSED),
)


def _calls(home: Home, subscriber: int, firm: int, number: int) -> None:
    now = clock.now_us()
    callee = int(parse(PHONE).digits)
    for days in (2, 1, 0):
        writer = journal.Writer(home.journal)
        for i in range(18):
            decision, code = _SEEN[(i + days) % len(_SEEN)]
            ordinary = code == Code.PASSED
            record = journal.Record(
                at_us=now - days * 86_400_000_000 - (18 - i) * MINUTE,
                caller=8613900001200 if ordinary else 864008109889,
                callee=callee if i % 3 == 0 else 8613900001201,
                consent=1 if code == Code.LABELLED else 0,
                position=0,
                trunk=1,
                resource=0 if ordinary else number,
                holder=0 if ordinary else firm,
                principal=0 if ordinary else firm,
                age_ms=12,
                code=int(code),
                sip=302,
                purpose=journal.NO_PURPOSE,
                use=USES.index(Use.PERSONAL if ordinary else Use.MARKETING),
                mode=0,
                decision=int(decision),
                caller_kind=int(Kind.MOBILE if ordinary else Kind.TOLL_400),
                callee_kind=int(Kind.MOBILE),
            )
            writer.append(tuple(record))
        writer.close()


@pytest.fixture
def scene(transactional_db: None, house: Home) -> Scene:
    cache.clear()  # codes asked for in other tests
    return build(house)


class Visitor:
    """A person at a browser: opens pages of the live server, notes what goes wrong on them."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"asks {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def log_in(self, username: str) -> None:
        """With an account, by the form."""
        page = self.open("/login/")
        page.fill("main [name=username]", username)
        page.fill("main [name=password]", PASSWORD)
        page.click("main button")

    def log_in_by_code(self, scene: Scene, code_of: Callable[[int], str]) -> None:
        """As the scene's subscriber, by the code in the SMS."""
        page = self.open("/my/login/")
        page.fill("main [name=number]", PHONE)
        page.click("main button")
        page.fill("main [name=code]", code_of(scene.subscriber))
        page.click("main button")


class Tariffs(NamedTuple):
    """Plans of the zone by the end of their code, “2” being one with a history; a version in review."""

    plan: dict[str, int]
    review: int


@pytest.fixture
def tariffs(scene: Scene) -> Tariffs:
    """The town's tariffs in the zone, the faulty ones as drafts, one with a question in review."""
    writer, reviewer = (
        people.create_account(username=name, password=PASSWORD, organisation=scene.operator, role="admin")
        for name in ("tariff-writer", "tariff-reviewer")
    )
    town_tariffs.publish(scene.operator, writer, reviewer)
    rows, _count = queries.listed(queries.Asked(), limit=100)
    plans = {row.code[-2:].lstrip("0"): row.plan for row in rows}
    row = queries.full(plans["1"])
    assert row is not None
    asked = msgspec.structs.replace(row.content, code="26QT000099", notes="赠品以实物为准")
    version = tariff_actions.draft(operator=scene.operator, content=asked, account=writer)
    tariff_actions.submit(version, account=writer)
    while order.integrate():
        pass
    return Tariffs(plans, version)


@pytest.fixture
def code_of() -> Callable[[int], str]:
    """The code in the latest SMS to a subscriber."""

    def read(subscriber: int) -> str:
        texts = [one.text for one in notices.messages(subscriber) if one.template == "code"]
        return re.findall(r"\d{4,8}", texts[0])[0]

    return read


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; when the test ends, none may have met an error or asked anybody else."""
    opened: list[Visitor] = []

    def make(*, width: int = 1280, dark: bool = False, locale: str = "zh-CN", javascript: bool = True) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale=locale,
            java_script_enabled=javascript,
        )
        opened.append(Visitor(context, live_server.url))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []
