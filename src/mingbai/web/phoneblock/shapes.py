"""What goes in and out, in PhoneBlock's words (its api/phoneblock.json, v1.6): names, order and kinds are theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from mingbai.kernel import msisdn
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.terms import LabelKind
from mingbai.numbers.queries import Listed, Range

RatingWord = Literal["A_LEGITIMATE", "B_MISSED", "C_PING", "D_POLL", "E_ADVERTISING", "F_GAMBLE", "G_FRAUD"]
LEGITIMATE: RatingWord = "A_LEGITIMATE"
NEAR: RatingWord = "B_MISSED"  # of a number that is not listed itself, in a range that is
_RATINGS: dict[str, RatingWord] = {
    "criminal": "G_FRAUD",
    "malicious": "B_MISSED",  # “negatively rated without determining the call type”; some apps let C_PING through
    "marketing": "E_ADVERTISING",
}
KINDS: dict[RatingWord, str] = {
    "B_MISSED": "other", "C_PING": "malicious", "D_POLL": "other", "E_ADVERTISING": "marketing", "F_GAMBLE": "fraud",
    "G_FRAUD": "fraud",
}  # fmt: skip
"""What a report is about, by rating. A_LEGITIMATE is none."""
_BACK: dict[str, str] = {"criminal": "fraud", "malicious": "malicious", "marketing": "marketing"}


class PhoneInfo(Schema):
    """A number as the list has it. `votes`: people who reported it; `votesWildcard`: those near it too, if many are."""

    phone: str
    votes: int
    votesWildcard: int  # theirs
    rating: RatingWord
    whiteListed: bool = False
    blackListed: bool = False
    archived: bool = False
    dateAdded: int = Field(0, description="ms since 1970-01-01T00:00Z")
    lastUpdate: int = Field(0, description="ms since 1970-01-01T00:00Z")
    label: str | None = None


class Entry(Schema):
    """`votes` 0: to be removed."""

    phone: str
    votes: int
    rating: RatingWord
    lastActivity: int = Field(description="ms since 1970-01-01T00:00Z")


class Blocklist(Schema):
    """Everything, or what has changed since a version."""

    numbers: list[Entry]
    version: int


class RangeMatch(Schema):
    """Listed numbers that begin alike: their votes, how many they are."""

    prefix: str
    votes: int
    cnt: int


class PrefixCheckResult(Schema):
    """Everything whose hash begins as asked: the app looks for its own number among it."""

    numbers: list[PhoneInfo]
    range10: list[RangeMatch]
    range100: list[RangeMatch]


class RateRequest(Schema):
    """What a person thinks of a call."""

    phone: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    rating: RatingWord
    comment: Annotated[str, StringConstraints(max_length=1000)] = ""


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def rating_of(kind: LabelKind | None) -> RatingWord:
    return LEGITIMATE if kind is None else _RATINGS[kind.value.partition("_")[2]]


def report_kind(kind: LabelKind) -> str:
    """What a call of a listed number is reported as."""
    return _BACK[kind.value.partition("_")[2]]


def info(one: Listed, *, near: int = 0) -> PhoneInfo:
    """A listed number. `near`: people behind the numbers around it, itself included."""
    number = msisdn.of_digits(str(one.number))
    return PhoneInfo(
        phone=number.e164, votes=one.votes, votesWildcard=max(one.votes, near), rating=rating_of(one.kind),
        dateAdded=ms(one.added_at), lastUpdate=ms(one.active_at), label=one.text or None,
    )  # fmt: skip


def unlisted(number: Msisdn | None, *, near: int = 0, label: str = "") -> PhoneInfo:
    """A number that is not on the list; without it, one that is known by its hash alone."""
    rating: RatingWord = NEAR if near else LEGITIMATE
    phone = number.e164 if number is not None else "unknown"
    return PhoneInfo(
        phone=phone, votes=0, votesWildcard=near, rating=rating, dateAdded=0, lastUpdate=0, label=label or None
    )


def entry(one: Listed) -> Entry:
    phone = msisdn.of_digits(str(one.number)).e164
    return Entry(phone=phone, votes=one.votes, rating=rating_of(one.kind), lastActivity=ms(one.active_at))


def ranges(found: list[Range]) -> list[RangeMatch]:
    return [RangeMatch(prefix=one.prefix, votes=one.votes, cnt=one.count) for one in found]
