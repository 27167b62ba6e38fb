"""The number space: blocks of ten thousand mobiles, fixed lines, 400 and 95 numbers, and where their calls come in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from tests.performance.thirdtown.kinds import Floats, Ints, Rng

HEADS = {
    "own": (138, 139, 150, 158, 188),
    "a": (130, 155, 186),
    "b": (133, 153, 189),
    "mvno": (165, 167, 170, 171),
    "away": (152, 176, 183),
}
LOOKS = {"own": 0.55, "a": 0.55, "b": 0.55, "mvno": 0.38, "away": 0.33}
EXTRA_LOOKS = {"fixed": 0.6, "awayfixed": 0.4, "400": 0.42, "95": 0.5}
LOCAL_AREAS = ("0571", "0574", "0577")
AWAY_AREAS = ("010", "021", "0755", "028", "0592")


@dataclass
class Numbering:
    """All numbers by slot: first the mobiles block by block, then the others in the order they were handed out."""

    rng: Rng
    prefixes: Ints
    operator: list[str]
    person_slots: Ints
    free: dict[str, list[int]]
    extras: list[str] = field(default_factory=list)
    extra_look: list[float] = field(default_factory=list)
    extra_trunk: list[int] = field(default_factory=list)
    trunks: list[tuple[str, int]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    @property
    def mobiles(self) -> int:
        """How many slots the mobile blocks have."""
        return len(self.prefixes) * 10_000

    @property
    def slots(self) -> int:
        """How many slots there are at all."""
        return self.mobiles + len(self.extras)

    def draw(self, kind: str, trunk: int | None = None) -> int:
        """Hand out a number of a kind, coming in over `trunk` if that is given."""
        if kind == "mobile":
            kind = str(self.rng.choice(["own", "a", "b"], p=[0.5, 0.3, 0.2]))
        if kind in self.free:
            return self.free[kind].pop()
        text = self._extra(kind)
        while text in self.taken:
            text = self._extra(kind)
        self.taken.add(text)
        self.extras.append(text)
        self.extra_look.append(EXTRA_LOOKS[kind])
        self.extra_trunk.append(self._trunk(kind) if trunk is None else trunk)
        return self.slots - 1

    def _extra(self, kind: str) -> str:
        tail = int(self.rng.integers(10_000_000))
        if kind == "400":
            return f"400{int(self.rng.choice([0, 1, 6, 8, 9]))}{tail % 1_000_000:06d}"
        if kind == "95":
            return f"95{tail % 1000:03d}" if self.rng.random() < 0.3 else f"95{tail % 1_000_000:06d}"
        area = str(self.rng.choice(LOCAL_AREAS if kind == "fixed" else AWAY_AREAS))
        return f"{area}{int(self.rng.choice([2, 5, 6, 8]))}{tail:07d}"

    def _trunk(self, kind: str) -> int:
        share = 0.0 if kind == "awayfixed" else 0.65
        names = self._shared[0] if self.rng.random() < share else self._shared[1]
        return int(self.rng.choice(names))

    @property
    def _shared(self) -> tuple[list[int], list[int]]:
        own = [i for i, (name, _) in enumerate(self.trunks) if name.startswith("pbx")]
        other = [i for i, (name, _) in enumerate(self.trunks) if name.startswith("ic")]
        return own, other

    def new_trunk(self, own: int) -> int:
        """A trunk of one enterprise."""
        self.trunks.append((f"sip-{len(self.trunks):04d}", own))
        return len(self.trunks) - 1

    def looks(self) -> Floats:
        """How trustworthy each number looks on a stranger's display."""
        per_block = np.array([LOOKS[o] for o in self.operator])
        return np.concatenate([np.repeat(per_block, 10_000), np.array(self.extra_look)])

    def homes(self) -> tuple[Ints, Ints]:
        """First trunk of each slot and over how many from there its calls are spread."""
        first = {name: i for i, (name, _) in reversed(list(enumerate(self.trunks)))}
        spread = {"own": 6, "a": 3, "b": 2, "mvno": 1, "away": 2}
        names = {o: "ms-01" if o == "own" else f"ic-{o}-01" for o in spread}
        base = np.repeat(np.array([first[names[o]] for o in self.operator]), 10_000)
        span = np.repeat(np.array([spread[o] for o in self.operator]), 10_000)
        extra = np.array(self.extra_trunk, dtype=np.int64)
        return np.concatenate([base, extra]), np.concatenate([span, np.ones(len(extra), dtype=np.int64)])

    def national(self, slot: int) -> str:
        """A number as a Chinese switch writes it."""
        if slot >= self.mobiles:
            return self.extras[slot - self.mobiles]
        return str(int(self.prefixes[slot // 10_000]) * 10_000 + slot % 10_000)

    def e164(self, slot: int) -> str:
        """A number in E.164."""
        return "+86" + self.national(slot).removeprefix("0")


def _trunk_names() -> list[tuple[str, int]]:
    names = [(f"ms-{i:02d}", 1) for i in range(1, 7)] + [(f"pbx-{i:02d}", 1) for i in range(1, 9)]
    for operator, many in (("a", 3), ("b", 2), ("mvno", 1), ("away", 2)):
        names += [(f"ic-{operator}-{i:02d}", 0) for i in range(1, many + 1)]
    return names


def lay_out(rng: Rng, people: int) -> Numbering:
    """Blocks for `people` subscribers, between them numbers nobody has."""
    many = int(np.ceil(people / 4600)) + 4
    share = (np.arange(many) + 0.5) / many
    operator = [str(o) for o in rng.permutation(np.select([share < 0.6, share < 0.86], ["own", "a"], "b"))]
    density = rng.uniform(0.3, 0.85, many)
    given = rng.random(many * 10_000) < np.repeat(density, 10_000)
    taken = rng.permutation(np.flatnonzero(given))[:people]
    extra = max(2, people // 50_000)
    operator += ["mvno"] * extra + ["away"] * extra
    prefixes: list[int] = []
    while len(prefixes) < len(operator):
        head = int(rng.choice(HEADS[operator[len(prefixes)]]))
        prefix = head * 10_000 + int(rng.integers(10_000))
        if prefix not in prefixes:
            prefixes.append(prefix)
    used = np.zeros(len(operator) * 10_000, dtype=bool)
    used[taken] = True
    spare = rng.permutation(np.flatnonzero(~used))
    owner = np.array(operator)[spare // 10_000]
    free = {o: [int(s) for s in spare[owner == o][: max(500, people // 10)]] for o in HEADS}
    return Numbering(rng, np.array(prefixes), operator, taken, free, trunks=_trunk_names())
