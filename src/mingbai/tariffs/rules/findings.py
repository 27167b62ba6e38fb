"""What is missing, vague or contradictory in a plan version. Pure.

An **error** keeps the version from being published; a **question** has to be answered on record by the reviewer. Each
names the field, the text and the rule. Basis of all: 工信部 2025-04-30 明白办、放心用 (notice): complete, concise, no
vague words, restrictions not hidden. How a text is read is ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mingbai.tariffs import places
from mingbai.tariffs.content import TEXTS, Audience, Content, Kind, Price, PriceKind
from mingbai.tariffs.rules import agreement, conditions, mentions, texts
from mingbai.tariffs.rules.mentions import Mention


class Level(StrEnum):
    ERROR = "error"
    QUESTION = "question"


class Finding(NamedTuple):
    """`rule` names the wording, `field` where it stands, `text` the words it is about, `other` what they meet."""

    rule: str
    field: str
    text: str
    level: Level
    other: str = ""


def key(found: Finding) -> str:
    """The same finding on the same words has the same key: an answer holds until the words change."""
    return hashlib.sha256("\0".join((found.rule, found.field, found.text, found.other)).encode()).hexdigest()[:16]


def check(content: Content, today: date) -> list[Finding]:
    """Everything that a careful reader would stop at, errors first. `today`: the day it would be published."""
    found = [*_missing(content), *_prices(content), *_volumes(content), *_unlimited(content), *_dates(content, today)]
    found += [*_terms(content), *_trial(content), *_places(content), *_kind(content), *_bundle(content)]
    found += [*texts.vague(content, _finding), *texts.cut_off(content, _finding), *_inferred(content)]
    found += [*conditions.conditions(content, _finding), *agreement.agreement(content, _finding), *_too_long(content)]
    return sorted(dict.fromkeys(found), key=lambda one: one.level != Level.ERROR)


Measure = Callable[[Content], tuple[int, int]]  # → characters that an offer of it takes, and how many it may
_measures: list[Measure] = []


def register_measure(measure: Measure) -> None:
    """Have `measure` tell how long an offer of a plan will be, so that a reviewer learns it before any seller does."""
    if measure not in _measures:
        _measures.append(measure)


def _too_long(content: Content) -> Iterator[Finding]:
    for measure in _measures:
        takes, most = measure(content)
        if takes > most:
            field = max(("beyond", "penalty", "leave", "term"), key=lambda one: len(getattr(content, one)))
            yield _question("too_long", field, str(takes), str(most))


def errors(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if one.level == Level.ERROR]


def questions(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if one.level == Level.QUESTION]


def open_questions(found: Iterable[Finding], answered: Collection[str]) -> list[Finding]:
    """Questions whose key is not among those answered."""
    return [one for one in questions(found) if key(one) not in answered]


def _finding(rule: str, field: str, text: str, *, error: bool, other: str = "") -> Finding:
    return Finding(rule, field, text, Level.ERROR if error else Level.QUESTION, other)


def _error(rule: str, field: str, text: str = "", other: str = "") -> Finding:
    return Finding(rule, field, text, Level.ERROR, other)


def _question(rule: str, field: str, text: str = "", other: str = "") -> Finding:
    return Finding(rule, field, text, Level.QUESTION, other)


_NEEDED = (
    "code", "name", "kind", "prices", "audience", "audience_text", "regions", "channels", "on_date", "off_date",
    "term", "in_network", "leave", "penalty", "beyond",
)  # fmt: skip


def _missing(content: Content) -> Iterator[Finding]:
    for field in _NEEDED:
        value = getattr(content, field)
        if value is None or value == () or (isinstance(value, str) and not value.strip()):
            yield _error("missing", field)
    for price in content.prices:
        if price.fen is None and not price.tiers:
            yield _error("price_blank", "prices", price.what)
    if content.kind == Kind.PACKAGE and content.allowances.data_mb is None and not content.allowances.unlimited:
        yield _question("allowance_blank", "allowances.data_mb")


def _amounts(prices: Iterable[Price]) -> set[int]:
    stated = list(prices)
    found = {price.fen for price in stated if price.fen is not None}
    return found | {tier.fen for price in stated for tier in price.tiers}


def _name_prices(content: Content, stated: set[int]) -> Iterator[Finding]:
    """What the name gives as the price must be one of the plan's own; what it gives for each GB used, one of use."""
    own = _amounts(price for price in content.prices if price.kind != PriceKind.USAGE) or stated
    claims = mentions.prices(content.name)
    if content.kind == Kind.PACKAGE and not claims:
        claims = mentions.grades(content.name)
    for claim in claims:
        fits = stated if claim.each else own
        if claim.value not in fits:
            yield _error("name_price", "prices", claim.text, _yuan(fits))


def _prices(content: Content) -> Iterator[Finding]:
    stated = _amounts(content.prices)
    if stated:
        yield from _name_prices(content, stated)
        for claim in mentions.reduced(content.name):
            if claim.value not in stated and content.trial is None:
                yield _question("name_reduced", "trial", claim.text)
    if stated == {0} and content.trial is None:
        yield _question("free", "prices", "0")
    for price in content.prices:
        if (price.fen is not None and price.fen < 0) or any(tier.fen < 0 for tier in price.tiers):
            yield _error("price_negative", "prices", price.what)
        bounds = [tier.upto for tier in price.tiers]
        known = [bound for bound in bounds if bound is not None]
        if known != sorted(set(known)) or None in bounds[:-1]:
            yield _error("tiers_order", "prices", price.what)
    labels = [(p.unit, p.what) for p in content.prices if p.kind == PriceKind.RECURRING]
    if len(set(labels)) != len(labels):
        yield _question("price_twice", "prices", _yuan(stated))


def _yuan(fens: Iterable[int]) -> str:
    return "、".join(f"{fen // 100}.{fen % 100:02d}" for fen in sorted(fens))


_COUNTS: tuple[tuple[str, Callable[[str], list[Mention]], str], ...] = (
    ("voice_min", mentions.voice, "name_voice"),
    ("sms", mentions.sms, "name_sms"),
    ("broadband_mbps", mentions.broadband, "name_broadband"),
)


def _volumes(content: Content) -> Iterator[Finding]:
    allowed = content.allowances
    for field, read, rule in _COUNTS:
        yield from _claimed(read(content.name), getattr(allowed, field), f"allowances.{field}", rule)
    general, directed = allowed.data_mb, allowed.directed_mb
    claims = mentions.data(content.name)
    if general is None and directed is None:
        yield from _claimed(claims, None, "allowances.data_mb", "name_data")
        return
    fits = {general, directed, (general or 0) + (directed or 0)}
    if len(claims) > 1 and sum(claim.value for claim in claims) in fits:  # 30G+10G, and the field gives 40 GB in all
        return
    fits |= {allowed.broadband_mbps} if allowed.broadband_mbps else set()  # 融合500M, and 500 Mbit/s are in it
    for claim in claims:
        if not any(_same(claim.value, one) for one in fits if one is not None):
            yield _error("name_data", "allowances.data_mb", claim.text, _gb(general, directed))
    if not claims and content.name:
        for claim in mentions.generations(content.name):
            if claim.value not in fits:
                yield _question("generation", "allowances.data_mb", claim.text, _gb(general, directed))


def _claimed(claims: Iterable[Mention], stated: int | None, field: str, rule: str) -> Iterator[Finding]:
    for claim in claims:
        if stated is None:
            yield _error("name_only", field, claim.text)
        elif claim.value != stated:
            yield _error(rule, field, claim.text, str(stated))


def _same(claimed: int, stated: int) -> bool:
    """Equal, or equal where an operator counts 1 GB as 1000 MB."""
    return claimed == stated or any(
        a % 1024 == 0 and a // 1024 * 1000 == b for a, b in ((claimed, stated), (stated, claimed))
    )


def _gb(general: int | None, directed: int | None) -> str:
    return " + ".join(f"{mb / 1024:g} GB" for mb in (general, directed) if mb is not None)


_NO_LIMIT = (
    "无限", "不限量", "不限流量", "流量不限", "畅用不限", "畅享不限", "不封顶", "任意用", "随意用", "随便用", "無限",
    "不限时", "无上限", "不设上限", "敞开用", "Unlimited", "unlimited", "UNLIMITED",
)  # fmt: skip
_LIMITS = (
    "限速", "降速", "降至", "降为", "降到", "达量", "上限", "封顶", "不超过", "最多", "限用", "关停", "停止使用",
)  # fmt: skip
# What a claim of no limit is about, where the words beside it say so; elsewhere it is about everything.
_ABOUT = (("voice_min", ("通话", "语音", "分钟", "不限时")), ("sms", ("短信",)), ("data_mb", ("流量", "上网")))


def _unlimited(content: Content) -> Iterator[Finding]:
    """“无限” with a limit below: an amount in a field, or words of a limit in a text."""
    claim = next((word for word in _NO_LIMIT if word in content.name), "")
    fields = ("data_mb", "voice_min", "sms")
    flagged = [field for field in fields if field in content.allowances.unlimited]
    if claim:
        about = _about(content.name, claim)
        stated = [f for f in about or fields if getattr(content.allowances, f) and (about or not flagged)]
        if stated:
            value = getattr(content.allowances, stated[0])
            yield _error("unlimited_limit", f"allowances.{stated[0]}", claim, str(value))
    for field in flagged:
        if getattr(content.allowances, field):
            yield _error(
                "unlimited_limit", f"allowances.{field}", claim or "不限", str(getattr(content.allowances, field))
            )
    if claim or flagged:
        for field in TEXTS:
            limit = next((one for one in _LIMITS if one in _without_denied(getattr(content, field))), "")
            if limit:
                yield _error("unlimited_limit", field, limit, claim)


def _about(name: str, claim: str) -> list[str]:
    """The fields that a claim of no limit names: 无限通话, 流量不限量."""
    begin = name.index(claim)
    beside = name[max(0, begin - 2) : begin + len(claim) + 4]
    return [field for field, words in _ABOUT if any(word in beside for word in words)]


def _without_denied(text: str) -> str:
    """The text without limits that it denies: 不限速, 不降速, 无上限."""
    for word in _LIMITS:
        for no in ("不", "无", "不设"):
            text = text.replace(no + word, "")
    return text


def _dates(content: Content, today: date) -> Iterator[Finding]:
    on, off = content.on_date, content.off_date
    if on and off and off < on:
        yield _error("dates", "off_date", off.isoformat(), on.isoformat())
    elif off and off < today:
        yield _error("off_sale", "off_date", off.isoformat(), today.isoformat())


def _terms(content: Content) -> Iterator[Finding]:
    for field, claims in (("name", mentions.months(content.name)), ("term", mentions.months(content.term))):
        for claim in claims:
            if content.term_months is None:
                yield _error("name_only", "term_months", claim.text)
            elif claim.value != content.term_months:
                yield _error("name_term", "term_months" if field == "name" else "term", claim.text,
                             str(content.term_months))  # fmt: skip
    if content.term_months and content.penalty.strip() in ("", "无"):
        yield _question("term_no_penalty", "penalty", content.penalty, str(content.term_months))


_TRIAL = ("试用", "免费体验", "首月免费", "体验期", "免费领取")


def _trial(content: Content) -> Iterator[Finding]:
    if content.trial is not None:
        if not content.trial.then.strip():
            yield _error("trial_then", "trial")
        if content.trial.days <= 0:
            yield _error("trial_days", "trial", str(content.trial.days))
        return
    for field in ("name", "services", "notes"):
        word = next((one for one in _TRIAL if one in getattr(content, field)), "")
        if word:
            yield _question("trial_unsaid", field, word)


def _places(content: Content) -> Iterator[Finding]:
    """Places that name and audience give must lie within the regions; a smaller one than the region is asked about."""
    if not content.regions:
        return
    for place in mentions.regions(content.name):
        if not places.within(place, content.regions) and not any(
            places.within(one, [place]) for one in content.regions
        ):
            yield _error("name_region", "regions", place, "、".join(content.regions))
        elif place not in content.regions:
            yield _question("name_region_part", "regions", place, "、".join(content.regions))
    for place in mentions.places_in(content.audience_text):
        if place not in content.regions and places.WHOLE not in content.regions:
            inside = places.within(place, content.regions)
            narrow = inside or not any(places.within(one, [place]) for one in content.regions)
            if narrow:
                yield _question("audience_region", "audience_text", place, "、".join(content.regions))


_ADDON_WORDS = ("流量包", "语音包", "短信包", "加油包", "叠加包", "加装包", "加餐包", "权益包")
_NARROW = ("专属", "指定", "特定", "受邀", "目标用户", "基于用户", "符合条件", "邀约")


def _kind(content: Content) -> Iterator[Finding]:
    word = next((one for one in _ADDON_WORDS if one in content.name), "")
    if word and content.kind not in (None, Kind.ADDON, Kind.ROAMING):
        yield _question("name_kind", "kind", word, content.kind or "")
    if content.audience == Audience.PUBLIC:
        narrow = next((one for one in _NARROW if one in content.name or one in content.audience_text), "")
        if narrow:
            yield _question("audience_narrow", "audience", narrow)


def _bundle(content: Content) -> Iterator[Finding]:
    """Bundles must also be offered as single items: 工信部 2018-08-23 (notice)."""
    allowed = content.allowances
    if allowed.broadband_mbps and (allowed.data_mb or allowed.voice_min) and not content.singles:
        yield _question("bundle", "singles", f"{allowed.broadband_mbps} Mbit/s")


def _inferred(content: Content) -> Iterator[Finding]:
    for field in content.inferred:
        yield _question("inferred", field, content.name)
