"""A town drawn from a seed: the same seed gives the same people, lines, wishes, every time. Pure; nothing is stored.

Every number is made: mobiles are 1xx-0000-nnnn, fixed lines 010-8000-xxxx, call centres 952 0xxxx and 951 0xxxx.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from mingbai.town import firms
from mingbai.town.firms import Firm, Line, Trunk

_PREFIXES = ("135", "138", "139", "150", "158", "177", "186", "188", "189", "199")
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建文玉兰红玲宇浩欣怡子涵梓轩雨桐思远"
_SHOP_NAMES = ("面馆", "书店", "药房", "花店", "理发店", "水果铺", "五金店", "洗衣店", "修车行", "茶庄")


class Person(NamedTuple):
    """One inhabitant. `number` as dialled in China; `knows`: ids of family and friends, who call each other."""

    id: int
    name: str
    number: str
    household: int
    knows: tuple[int, ...]
    courier: bool = False


class Wish(NamedTuple):
    """What a person said to a firm about marketing calls, and how: given, imported, refused, withdrawn."""

    person: int
    principal: str
    said: str
    how: str


class Blocked(NamedTuple):
    """A personal block: kind as in consent, value a number, a prefix, a firm's key or an industry."""

    person: int
    kind: str
    value: str


@dataclass(frozen=True)
class Town:
    """Everything there is before the first call."""

    seed: int
    people: tuple[Person, ...]
    firms: tuple[Firm, ...]
    trunks: tuple[Trunk, ...]
    lines: tuple[Line, ...]
    wishes: tuple[Wish, ...]
    blocks: tuple[Blocked, ...]

    def of(self, principal: str, said: frozenset[str]) -> list[int]:
        """Who said one of these to that firm, in order."""
        return [wish.person for wish in self.wishes if wish.principal == principal and wish.said in said]


def make(seed: int = 1, people: int = 3000) -> Town:
    """A town of so many people. Raises ValueError below 200: there would be nobody to fill each role."""
    if not 200 <= people <= 90_000:
        raise ValueError("a town has 200 to 90,000 people")
    rng = random.Random(seed)  # noqa: S311  # a made town must be the same again, not secret
    inhabitants = _inhabitants(rng, people)
    shops, shop_lines = _shops(rng, max(5, people // 100))
    wishes = _wishes(rng, people)
    blocks = _blocks(rng, wishes)
    return Town(
        *(seed, inhabitants, firms.FIRMS + shops, firms.TRUNKS, firms.LINES + shop_lines, tuple(wishes), tuple(blocks))
    )


def _inhabitants(rng: random.Random, count: int) -> tuple[Person, ...]:
    numbers = rng.sample(range(len(_PREFIXES) * 10_000), count)
    households: list[list[int]] = []
    while sum(map(len, households)) < count:
        first = sum(map(len, households))
        households.append(list(range(first, min(count, first + rng.choice((1, 2, 2, 3, 3, 4, 5))))))
    people = []
    for house, members in enumerate(households):
        family = rng.choice(_FAMILY)
        for member in members:
            friends = {rng.randrange(count) for _ in range(rng.randint(3, 8))} - {member}
            name = family + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
            prefix, rest = divmod(numbers[member], 10_000)
            knows = tuple(sorted(friends.union(members) - {member}))
            number = f"{_PREFIXES[prefix]}0000{rest:04d}"
            people.append(Person(member, name, number, house, knows, courier=member % 100 == 7))
    return tuple(people)


def _shops(rng: random.Random, count: int) -> tuple[tuple[Firm, ...], tuple[Line, ...]]:
    shops, lines = [], []
    for i in range(count):
        name = f"{rng.choice(_FAMILY)}记{rng.choice(_SHOP_NAMES)}（{i + 1}号）"
        shops.append(Firm(f"shop{i}", name, "enterprise", "retail"))
        lines.append(
            Line(f"0108000{2000 + i:04d}", f"shop{i}", f"shop{i}", "service", "town-fixed", "retail", label=name[:40])
        )
    return tuple(shops), tuple(lines)


def _wishes(rng: random.Random, people: int) -> list[Wish]:
    """For each marketing firm: some agreed (by every way there is), some refused or withdrew, most said nothing."""
    wishes = []
    for principal in firms.MARKETERS:
        crowd = rng.sample(range(people), people // 5)
        imported = principal in ("insurance", "bank")
        for place, person in enumerate(sorted(crowd)):
            share = place % 20
            if share < 3:
                wishes.append(Wish(person, principal, "refused", ("sms", "web", "api")[share]))
            elif share == 3:
                wishes.append(Wish(person, principal, "withdrawn", "web"))
            elif share < 12 and imported:
                wishes.append(Wish(person, principal, "imported", "imported"))
            else:
                wishes.append(Wish(person, principal, "given", ("web", "sms", "signature", "recording")[share % 4]))
    return wishes


def _blocks(rng: random.Random, wishes: list[Wish]) -> list[Blocked]:
    """Among those who agreed, a few block a caller all the same: a personal block goes before a consent."""
    agreed = [wish for wish in wishes if wish.said == "given" and wish.principal in ("insurance", "education")]
    blocks, seen = [], set[int]()
    for wish in rng.sample(agreed, max(8, len(agreed) // 20)):
        if wish.person in seen:
            continue
        seen.add(wish.person)
        blocks.append(Blocked(wish.person, *rng.choice(_ways_to_block(wish.principal))))
    return _with_every_kind(blocks, {wish.person: wish.principal for wish in agreed})


def _ways_to_block(principal: str) -> tuple[tuple[str, str], ...]:
    number = {"insurance": "95200011", "education": "95200021"}[principal]
    return (("number", number), ("prefix", "952"), ("firm", principal), ("category", principal))


def _with_every_kind(blocks: list[Blocked], agreed: dict[int, str]) -> list[Blocked]:
    """A kind that the draw left out takes the place of a doubled one: small towns have few blocks."""
    for place, kind in enumerate(("number", "prefix", "firm", "category")):
        kinds = Counter(block.kind for block in blocks)
        if not kinds[kind]:
            at = max(i for i, block in enumerate(blocks) if kinds[block.kind] > 1)
            person = blocks[at].person
            blocks[at] = Blocked(person, *_ways_to_block(agreed[person])[place])
    return blocks
