"""办理: kinds, states, what may follow what, and which replies are a yes. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What an order is. Each needs its own yes; none follows from another."""

    PURCHASE = "purchase"  # 办理
    GIFT = "gift"  # 赠送: of a tariff that costs nothing
    TRIAL = "trial"  # 试用: ends by itself
    AFTER_TRIAL = "after_trial"  # 试用期满续用: what follows a trial
    RENEWAL = "renewal"  # 续约: on other terms
    BILLING = "billing"  # 代扣费: something of a third party, charged with the phone bill


class State(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"  # a yes is there; the operator's system is called
    FULFILLED = "fulfilled"
    LEAVING = "leaving"  # to end; the operator's system is called
    FAILED = "failed"
    DECLINED = "declined"  # the subscriber said no
    CANCELLED = "cancelled"  # the seller or staff took the offer back
    EXPIRED = "expired"  # nobody answered in time
    LAPSED = "lapsed"  # what was offered may not be sold any more
    WITHDRAWN = "withdrawn"  # 退订
    ENDED = "ended"  # a trial is over


class How(StrEnum):
    """By which of the three a yes was given."""

    SMS = "sms"
    CODE = "code"
    SIGNATURE = "signature"


# Reasons to refuse an offer that tell of the seller, not of somebody who typed a wrong letter.
TELLING = (
    "orders.not_published", "orders.not_on_sale", "orders.channel", "orders.region", "orders.person", "orders.gift",
    "orders.seller", "orders.seller_state", "orders.single_missing", "orders.refused", "orders.declined",
    "orders.too_many", "orders.too_many_open",
)  # fmt: skip

WITHOUT_YES = (State.PROPOSED, State.DECLINED, State.CANCELLED, State.EXPIRED, State.LAPSED)
WAITING = (State.CONFIRMED, State.LEAVING)
NEXT: dict[State, tuple[State, ...]] = {
    State.PROPOSED: (State.CONFIRMED, State.DECLINED, State.CANCELLED, State.EXPIRED, State.LAPSED),
    State.CONFIRMED: (State.FULFILLED, State.FAILED, State.WITHDRAWN),
    State.FULFILLED: (State.LEAVING,),
    State.LEAVING: (State.WITHDRAWN, State.ENDED, State.FULFILLED),
    State.FAILED: (),
    State.DECLINED: (),
    State.CANCELLED: (),
    State.EXPIRED: (),
    State.LAPSED: (),
    State.WITHDRAWN: (),
    State.ENDED: (),
}


class Terms(NamedTuple):
    """What an offer says, frozen; texts in Chinese, as shown. `singles`: parts of a bundle with their own price."""

    code: str
    name: str
    seller: str
    price: str
    term: str
    penalty: str
    leave: str
    start: str
    beyond: str
    after: str  # what follows a trial; "" for others
    singles: tuple[str, ...]
    payee: str  # to whom a 代扣费 goes and for what
    changed: str  # what a renewal changes


class Reply(NamedTuple):
    """A reply that is a yes or a no; `word`: the number of the offer that it names, "" none."""

    yes: bool
    word: str


_WORD = re.compile(r"(\D+?) ?(\d{3})", re.ASCII)
_NOT_LEAVING = re.compile(
    r"(不可以?|不能|不得|不支持|无法|不予|不允许|不接受|不提供|不准|禁止|概不|恕不)(受理|办理|提供)?"
    r"(提前|中途|自行)?(退订|取消|退出|解约)"
)


def answer(text: str, yes: Collection[str], no: Collection[str]) -> Reply | None:
    """What a folded reply says: one of the words, alone or with the offer's three digits behind it. None: neither."""
    bare, word = text, ""
    if found := _WORD.fullmatch(text):
        bare, word = found[1], found[2]
    if bare in yes:
        return Reply(True, word)
    if bare in no:
        return Reply(False, word)
    return None


def looks_like_an_answer(text: str, yes: Collection[str]) -> bool:
    """Whether a reply that is no yes seems meant as an answer: it holds one of the words somewhere."""
    return any(word in text for word in yes)


def may_leave(leave: str) -> bool:
    """Whether the tariff's way to leave (退订方式) lets a subscriber withdraw: it says one, and does not deny it."""
    return bool(leave.strip()) and leave.strip() != "无" and not _NOT_LEAVING.search(leave)


def begins(start: str, agreed: date) -> str:
    """The day (ISO) from which an order holds: as it was offered, and never before the yes."""
    return max(start, agreed.isoformat())
