"""Sellers of the town, honest and not, and what each tries to sell to a phone of the town."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from mingbai.channels import actions as channels
from mingbai.channels import queries as sellers
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.orders import actions as orders
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.tariffs import queries as tariffs

AGENT, SHOP, PUSHY = "agent", "shop", "pushy"
NAMES = {AGENT: "诚信通信代理店", SHOP: "街角手机店", PUSHY: "快签地推队"}
ACCOUNTS = (("agent", AGENT, "CX-001"), ("pushy", PUSHY, "KQ-001"))  # login, seller, staff number
PLANS = {"small": "26QT000007", "large": "26QT000002", "senior": "26QT000006", "faulty": "26QT000010"}


class Pitch(NamedTuple):
    """Something that a seller tries on a phone. `more`: what it adds to the offer."""

    key: str
    seller: str
    plan: str
    title: object
    hint: object
    more: dict[str, Any]


def populate(operator: int, password: str) -> dict[str, int]:
    """Register the operator itself and three sellers, with what each may sell; organisations by key.

    The agent sells everything as an agent, the shop too but in Hebei alone, the pushy one by agent alone, one plan.
    """
    made = {key: people.create_organisation(name=name, kind="agent", industry="telecom") for key, name in NAMES.items()}
    begin = tariffs.today()
    own = channels.register(operator)
    channels.grant(own, operator=operator, from_date=begin)
    agent, shop, pushy = (channels.register(made[key]) for key in (AGENT, SHOP, PUSHY))
    channels.grant(agent, operator=operator, ways=["agent"], from_date=begin)
    channels.grant(shop, operator=operator, ways=["agent"], regions=["河北"], from_date=begin)
    small = tariffs.published(operator, [PLANS["small"]])[PLANS["small"]].plan
    channels.grant(pushy, operator=operator, ways=["agent"], plans=[small], from_date=begin)
    sellers_of = {AGENT: agent, SHOP: shop, PUSHY: pushy}
    for username, key, number in ACCOUNTS:
        account = people.create_account(username=username, password=password, organisation=made[key], role="operations")
        channels.add_staff(sellers_of[key], account=account, number=number)
    return made


# What was offered before the town was opened, and what each person answered; "" nothing.
_BEFORE = (
    ("honest", "Y"), ("honest", "不要"), ("addon", "确认"), ("unpublished", ""), ("honest", "Y吗"), ("beyond", ""),
    ("addon", "y"), ("honest", ""), ("unpublished", ""), ("away", ""), ("honest", "Ｙ"), ("person", ""),
    ("unpublished", ""), ("addon", "👍"), ("honest", "同意办理"),
)  # fmt: skip


def begin(operator: int, subscribers: Sequence[int]) -> None:
    """Let the sellers have sold for a while: offers, answers of every sort, and attempts that the house refused."""
    for (key, answer), subscriber in zip(_BEFORE, subscribers, strict=False):
        try:
            pitch(key, subscriber, operator)
        except Problem:
            continue  # what it was for: the house has noted it
        if answer:
            notices.receive(subscriber=subscriber, text=answer)
    while orders.fulfil_due():
        pass


def pitches() -> list[Pitch]:
    """What can be tried on a phone, the honest ones first."""
    elsewhere = {"region": "广东"}
    return [
        Pitch("honest", AGENT, "large", _("an honest agent offers a published plan"), _("answer Y, or do not"), {}),
        Pitch("addon", AGENT, "small", _("the same agent offers an add-on"), _("two open offers need their number"), {}),  # noqa: E501
        Pitch(
            "unpublished", PUSHY, "faulty", _("a pushy seller offers a plan that was never published"),
            _("its name says 59, its price 69"), {},
        ),
        Pitch("beyond", PUSHY, "large", _("it offers a plan that it may not sell"), _("outside its scope"), {}),
        Pitch("away", SHOP, "large", _("a shop of Hebei sells in Guangdong"), _("outside its region"), elsewhere),
        Pitch("person", AGENT, "senior", _("an agent offers the plan for seniors"), _("without saying why"), {}),
    ]  # fmt: skip


def pitch(key: str, subscriber: int, operator: int) -> int:
    """Carry one of `pitches` out; the order's id. Raises Problem with the reason to refuse it."""
    one = next(found for found in pitches() if found.key == key)
    organisation = known.organisation_by_name(NAMES[one.seller])
    assert organisation is not None
    seller = sellers.seller_of(organisation.id)
    assert seller is not None
    asked = {"channel": "agent", "region": "河北"} | one.more
    return orders.propose(
        plan=_plan(operator, PLANS[one.plan]), subscriber=subscriber, seller=seller.id, by="town", **asked
    )


def why(problem: Problem) -> object:
    """The house's reason to refuse a pitch, in the reader's language."""
    reasons = {
        "orders.not_published": _("the plan is not published, and what is not published cannot be sold."),
        "orders.seller": _("the seller may not sell this plan here."),
        "orders.person": _("the plan is for certain people, and nobody said why this person is one of them."),
        "orders.declined": _("this person turned the offer down."),
        "orders.refused": _("this person has refused this seller."),
        "orders.too_many_open": _("too many offers wait for this person's answer."),
        "orders.too_many": _("this person was asked too often today."),
    }
    return reasons.get(problem.code, problem.what)


def _plan(operator: int, code: str) -> int:
    """The plan of a code, published or not: whoever wants to cheat knows its number."""
    found = tariffs.published(operator, [code])
    if code in found:
        return found[code].plan
    return next(one.plan for one in tariffs.in_work(operator) if one.code == code)
