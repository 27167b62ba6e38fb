"""举报的分诊: whether a report counts, and for how many people reports speak. Pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem

HUNDRED = 100  # one person, in the unit of weights
LONGEST_TEXT = 1000  # characters of a description
_HOUR_US, _DAY_US = 3_600_000_000, 86_400_000_000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing in it is mistaken for another
_SIZE = 16  # 80 bits
_MISREAD = str.maketrans("OIL", "011")


class Kind(StrEnum):
    """What a call was like, in the classes of 工信部联信管〔2018〕138号 and 12321's own words for them."""

    MARKETING = "marketing"  # 商业营销
    MALICIOUS = "malicious"  # 恶意骚扰, 响一声 and 呼死你 too
    FRAUD = "fraud"  # 涉嫌违法犯罪
    OTHER = "other"


class Outcome(StrEnum):
    """What became of a report: a case's finding, or what triage saw."""

    MARKETING = "marketing"
    AFTER_REFUSAL = "after_refusal"
    MALICIOUS = "malicious"
    FRAUD = "fraud"
    LEGITIMATE = "legitimate"
    QUARREL = "quarrel"
    NOT_PROVEN = "not_proven"
    NO_CALL = "no_call"
    ACQUAINTANCE = "acquaintance"
    FORMER_USER = "former_user"


ASIDE = (Outcome.NO_CALL, Outcome.ACQUAINTANCE, Outcome.QUARREL, Outcome.FORMER_USER)
"""Why a report may be set aside."""
UPHELD = (Outcome.MARKETING, Outcome.AFTER_REFUSAL, Outcome.MALICIOUS, Outcome.FRAUD)
FAILED = (Outcome.NO_CALL, Outcome.LEGITIMATE)
"""What counts against the reporter. An acquaintance or a quarrel does not: the call was there."""


class Note(StrEnum):
    """What triage saw of a report that counts."""

    FOUND = "found"  # the call is in the records
    AFTER_REFUSAL = "after_refusal"  # and the reporter had refused it before
    NO_RECORDS = "no_records"  # the records do not reach back so far
    NO_REPORTER = "no_reporter"  # nobody to look up calls for
    REINSTATED = "reinstated"  # staff wants it to count


class Terms(Protocol):
    """The settings that triage goes by, as `kernel.profile.Reports` has them."""

    @property
    def call_hours(self) -> int: ...
    @property
    def acquaintance_days(self) -> int: ...
    @property
    def acquaintance_calls(self) -> int: ...
    @property
    def quarrel_hours(self) -> int: ...
    @property
    def quarrel_calls(self) -> int: ...


class Call(Protocol):
    """A call between the two; `out`: the reported number called the reporter."""

    @property
    def at_us(self) -> int: ...
    @property
    def out(self) -> bool: ...
    @property
    def id(self) -> str: ...


class Seen(NamedTuple):
    """What is known of a report when it is judged. Times in µs since the epoch.

    `called_us`: when the reporter says that it rang, None when they do not; `known_since_us`: from when on calls are on
    record, None for never. `private`: neither number is registered for anybody; `declared_marketing`: the reported one
    is, for calls that need consent. `refused_us`: since when the reporter wants no calls from it. `mutual`: the
    reported person reports the reporter too. `moved`: somebody else has the number now.
    """

    received_us: int
    called_us: int | None = None
    calls: Sequence[Call] = ()
    known_since_us: int | None = None
    reporter: bool = True
    private: bool = False
    declared_marketing: bool = False
    refused_us: int | None = None
    mutual: bool = False
    moved: bool = False


class Judged(NamedTuple):
    """`counts`, and why; `call`: the receipt id of the call that it is about, and when that was."""

    counts: bool
    reason: str
    call: str = ""
    at_us: int | None = None


def judge(seen: Seen, terms: Terms, *, back_days: int) -> Judged:
    """Whether a report counts. `back_days`: how far back a call is looked for whose time nobody says.

    Whoever calls on after a clear refusal is a nuisance, however well the two know each other.
    """
    if seen.moved:
        return Judged(False, Outcome.FORMER_USER)
    if not seen.reporter:
        return Judged(True, Note.NO_REPORTER)
    first, last = span(seen.called_us, seen.received_us, terms.call_hours, back_days)
    near = [call for call in seen.calls if call.out and first <= call.at_us <= last]
    if not near:
        known = seen.known_since_us is not None and seen.known_since_us <= first
        return Judged(False, Outcome.NO_CALL) if known else Judged(True, Note.NO_RECORDS)
    call = nearest(near, seen.called_us)
    if seen.refused_us is not None and seen.refused_us <= call.at_us:
        return Judged(True, Note.AFTER_REFUSAL, call.id, call.at_us)
    if seen.private and (seen.mutual or quarrel(seen.calls, call.at_us, terms)):
        return Judged(False, Outcome.QUARREL, call.id, call.at_us)
    if not seen.declared_marketing and acquainted(seen.calls, call.at_us, terms):
        return Judged(False, Outcome.ACQUAINTANCE, call.id, call.at_us)
    return Judged(True, Note.FOUND, call.id, call.at_us)


def span(called_us: int | None, received_us: int, hours: int, back_days: int) -> tuple[int, int]:
    """Between which times the call must lie: around the time that was said, else up to when the report came."""
    if called_us is None:
        return received_us - back_days * _DAY_US, received_us
    return called_us - hours * _HOUR_US, min(called_us + hours * _HOUR_US, received_us)


def nearest(calls: Sequence[Call], called_us: int | None) -> Call:
    """The call nearest to the time said; without one the latest."""
    if called_us is None:
        return max(calls, key=lambda call: call.at_us)
    return min(calls, key=lambda call: abs(call.at_us - called_us))


def acquainted(calls: Iterable[Call], at_us: int, terms: Terms) -> bool:
    """Whether each had called the other on several days before this call: who calls back once knows nobody."""
    since = at_us - terms.acquaintance_days * _DAY_US
    before = [call for call in calls if since <= call.at_us < at_us]
    return all(
        len({call.at_us // _DAY_US for call in before if call.out is out}) >= terms.acquaintance_calls
        for out in (True, False)
    )


def quarrel(calls: Iterable[Call], at_us: int, terms: Terms) -> bool:
    """Whether the two called each other again and again around this call; one who alone calls and calls molests."""
    wide = terms.quarrel_hours * _HOUR_US
    near = [call.out for call in calls if abs(call.at_us - at_us) <= wide]
    return len(near) >= terms.quarrel_calls and 3 * min(near.count(True), near.count(False)) >= len(near)


class Voice(NamedTuple):
    """A report that counts, as far as it tells who speaks. `reporter` 0: nobody knows; `failed`: how many of the
    reporter's reports failed. `verified`: somebody checked that the reporter's number is the reporter's."""

    reporter: int
    verified: bool = True
    device: bytes | None = None
    contract: bytes | None = None
    batch: str = ""
    organisation: int = 0
    failed: int = 0


class Count(NamedTuple):
    """How many different people reports speak for, and what they weigh in hundredths of a person."""

    people: int
    weight: int


def count(voices: Iterable[Voice], *, linked_by: Collection[str], weights: Sequence[int]) -> Count:
    """Count each person once, and linked ones as one, who then weighs as the most trusted among them.

    Reports without a reporter that one house handed in cannot be told apart, so they are one person.
    """
    above: dict[object, object] = {}

    def root(one: object) -> object:
        while one in above:
            one = above[one]
        return one

    marks: list[tuple[object, int]] = []
    for voice in voices:
        names = _names(voice, linked_by)
        for other in names[1:]:
            if root(other) != root(names[0]):
                above[root(other)] = root(names[0])
        marks.append((names[0], weight(voice.failed, weights)))
    heaviest: dict[object, int] = {}
    for name, weighs in marks:
        heaviest[root(name)] = max(heaviest.get(root(name), 0), weighs)
    return Count(len(heaviest), sum(heaviest.values()))


def weight(failed: int, weights: Sequence[int]) -> int:
    """What somebody weighs of whose reports so many failed."""
    return weights[min(failed, len(weights) - 1)]


def _names(voice: Voice, linked_by: Collection[str]) -> list[tuple[str, object]]:
    """By what this voice may be recognised as another's."""
    links = {"device": voice.device, "contract": voice.contract, "batch": "" if voice.verified else voice.batch}
    names: list[tuple[str, object]] = [("reporter", voice.reporter)] if voice.reporter else []
    names += [(name, links[name]) for name in ("contract", "device", "batch") if name in linked_by and links[name]]
    return names or [("nobody", voice.organisation)]


def enough(counted: Count, people_to_open: int) -> bool:
    """Whether these reports open a case."""
    return counted.weight >= people_to_open * HUNDRED


def new_follow() -> str:
    """A number to follow a report by: 80 random bits, that a person can read out."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SIZE))


def shown_follow(follow: str) -> str:
    """In groups of four."""
    return "-".join(follow[at : at + 4] for at in range(0, _SIZE, 4))


def read_follow(typed: str) -> str:
    """A number to follow as somebody typed it; "" when it is none."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    bare = re.sub(r"[\s\-－—·.]", "", narrow).upper().translate(_MISREAD)
    return bare if len(bare) == _SIZE and set(bare) <= set(_ALPHABET) else ""


_SEPARATORS = " \t:：#＃*＊+,，;；、。.!！-－—_=/|"
_NUMBER = re.compile(r"[+＋(（]?\d(?:[\d\s\-－—()（）]{0,22}\d)?")
_NUMBER_FIRST = re.compile(r"([+＋(（]?\d[\d\s\-－—()（）]{1,22}\d)\s*[*＊#＃]+\s*(.+)", re.DOTALL)
_WORDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.FRAUD: ("诈骗", "欺诈", "骗", "冒充", "违法", "犯罪", "赌", "FRAUD", "SCAM"),
    Kind.MALICIOUS: ("恶意", "呼死", "响一声", "辱骂", "威胁", "骚扰", "HARASS", "SILENT"),
    Kind.MARKETING: ("推销", "营销", "广告", "推广", "贷款", "保险", "房产", "理财", "培训", "商业", "SALES",
                     "MARKETING", "ADVERT"),
}  # fmt: skip


class Typed(NamedTuple):
    """What an SMS report says. `number` as typed, "" for the last call."""

    number: str
    kind: Kind
    text: str


def read_sms(text: str, words: Collection[str]) -> Typed | None:
    """A folded SMS as a report: one of the words, then a number, then what the call was like; None for anything else.

    “JB 02160876100 推销房产”, “举报13812345678诈骗”, “JB#4008109889#推销”, and as at 12321 “02160876100*推销房产”; a
    bare “JB” is about the last call. A word that goes on into another (“举报人您好”) is none.
    """
    if behind := _NUMBER_FIRST.fullmatch(text):
        return Typed(behind[1], kind_of(behind[2]), behind[2]) if parse(behind[1]).valid else None
    word = next((word for word in sorted(words, key=len, reverse=True) if text.startswith(word)), None)
    if word is None:
        return None
    rest = text[len(word) :]
    if word.isascii() and rest[:1].isascii() and rest[:1].isalpha():
        return None
    if number := _number_in(rest):
        before, _found, behind_it = rest.partition(number)
        said = " ".join(part for part in (before.strip(_SEPARATORS), behind_it.strip(_SEPARATORS)) if part)
        return Typed(number, kind_of(said), said)
    said = rest.strip(_SEPARATORS)
    if said and said == rest.rstrip(_SEPARATORS) and kind_of(said) is Kind.OTHER:
        return None
    return Typed("", kind_of(said), said)


def _number_in(text: str) -> str:
    """The first telephone number in a text, else the first that looks like one; “” when there is none."""
    found = [part for one in _NUMBER.finditer(text) for part in (one[0].strip(), *one[0].split())]
    return next((one for one in found if parse(one).valid), found[0] if found else "")


def kind_of(said: str) -> Kind:
    """The class that somebody's words mean."""
    folded = said.strip().upper()
    if folded.lower() in set(Kind):
        return Kind(folded.lower())
    return next((kind for kind, words in _WORDS.items() if any(word in folded for word in words)), Kind.OTHER)


def check_kind(kind: str) -> Kind:
    """Raises Problem for a class that there is not."""
    try:
        return Kind(kind)
    except ValueError:
        raise Problem("reports.kind", f"no kind of call “{kind[:20]}”", where="kind", mend=", ".join(Kind)) from None


def description(text: str) -> str:
    """What somebody wrote, trimmed. Raises Problem when it is too long."""
    kept = text.replace("\r\n", "\n").strip()
    if len(kept) > LONGEST_TEXT:
        what = f"at most {LONGEST_TEXT} characters"
        raise Problem("reports.long", what, where="text", mend="say it shorter")
    return kept
