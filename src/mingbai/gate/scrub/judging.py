"""`decide` over a column of numbers: every distinct combination of facts goes through it once.

What `decide` can see of a called person, for one campaign, is little: what was said to this principal, and whether a
block meets this caller, this firm or this industry. Rows that agree in that get the same verdict; only the id of the
consent cited differs, and is put in afterwards.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingbai.gate.decide import Call, Verdict, decide, policy_of
from mingbai.gate.facts import Gathered, SubscriberFacts, View
from mingbai.gate.scrub.columns import CATEGORIES, FIRM, NUMBER, PREFIX, Blocks, Finder
from mingbai.gate.scrub.snapshot import Snapshot
from mingbai.kernel import columns as numbers_columns
from mingbai.kernel import msisdn
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.profile import Profile

Numbers = NDArray[np.int64]
_MOBILE_FIRST, _MOBILE_END = 86 * 10**11 + 13 * 10**9, 86 * 10**11 + 20 * 10**9
_SOMEBODY = Msisdn("8613800000000", Kind.MOBILE)
_BY_NUMBER, _BY_PREFIX, _BY_PRINCIPAL, _BY_HOLDER, _BY_CATEGORY = 1, 2, 4, 8, 16
MALFORMED = 0  # the first verdict of every scrub: the row holds no number


@dataclass(frozen=True)
class Campaign:
    """Who wants to call, for what, when: `call` and `gathered` lack nothing but the called person."""

    call: Call
    gathered: Gathered
    profile: Profile

    @property
    def industry(self) -> int:
        """1 + index of the industry whose opt-out `decide` looks at; 0 none."""
        number, principal = self.gathered.number, self.gathered.principal_org
        return (number.industry if number else 0) or (principal.industry if principal else 0)

    def verdict(self, facts: SubscriberFacts, callee: Msisdn = _SOMEBODY) -> Verdict:
        return decide(self.call._replace(callee=callee), self.gathered._replace(subscriber=facts), self.profile)


class Judge:
    """Judges columns of numbers for one campaign. Threads may share it; `verdicts` grows as new ones are met."""

    def __init__(self, campaign: Campaign, snapshot: Snapshot, view: View, lookup_key: bytes) -> None:
        self._campaign, self._snapshot, self._view, self._key = campaign, snapshot, view, lookup_key
        self._consents = snapshot.columns.of(campaign.gathered.principal)
        self._single = _single(self._consents.starts)
        self._finder = Finder(self._consents.keys, self._consents.begin)
        self._block_keys, self._block_bits = _relevant(snapshot.columns.blocks, campaign)
        self._blocks = Finder(self._block_keys)
        self._touched = Finder(snapshot.touched)
        self._always_pass = policy_of(campaign.profile).always_pass
        self._lock = threading.Lock()
        self._thread = threading.local()
        self.verdicts: list[Verdict | None] = [None]
        self._places: dict[Verdict, int] = {}
        self._known: dict[int, tuple[int, int]] = {}

    def judge(self, numbers: Numbers) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        """For each number (0: malformed) the place of its verdict in `verdicts`, and the consent cited (0: none)."""
        keys = numbers_columns.keys(numbers, self._lookup())
        place = self._finder.find(keys)
        said = place >= 0
        codes = np.zeros(len(numbers), np.int64)
        codes[said] = self._consents.codes[place[said]].astype(np.int64) + 1
        blocked = self._blocks.find(keys)
        bits = np.where(blocked >= 0, self._block_bits.take(blocked, mode="clip"), 0) if len(self._block_bits) else 0
        passing = self._passing(numbers)
        combined = (codes << 6 | bits << 1 | passing) + 1
        combined[numbers == 0] = 0
        verdicts, cited = self._looked_up(combined)
        consents = self._cited(place, cited)
        self._honour_touched(numbers, keys, verdicts, consents)
        return verdicts, consents

    @property
    def gathered(self) -> Gathered:
        """The facts about the campaign itself."""
        return self._campaign.gathered

    def _lookup(self) -> Lookup:
        if not hasattr(self._thread, "lookup"):
            self._thread.lookup = Lookup(self._key)
        lookup: Lookup = self._thread.lookup
        return lookup

    def _passing(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Which numbers can always be called; a mobile number's kind is seen from its size."""
        passing = np.zeros(len(numbers), bool)
        others = np.flatnonzero(((numbers < _MOBILE_FIRST) | (numbers >= _MOBILE_END)) & (numbers > 0))
        if len(others):
            distinct, back = np.unique(numbers[others], return_inverse=True)
            kinds = [msisdn.of_digits(str(number)).kind in self._always_pass for number in distinct.tolist()]
            passing[others] = np.array(kinds, bool)[back]
        return passing

    def _looked_up(self, combined: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
        """Verdict and number of the consent cited for each combination; there are few, so a table finds them."""
        met = np.zeros(int(combined.max(initial=0)) + 1, bool)
        met[combined] = True
        verdicts, cited = np.zeros(len(met), np.int32), np.zeros(len(met), np.int8)
        for one in np.flatnonzero(met).tolist():
            verdicts[one], cited[one] = self._combination(one)
        return verdicts[combined], cited[combined]

    def _combination(self, combined: int) -> tuple[int, int]:
        """Place of the verdict on a combination, and which of its consents it cites (1, 2, …; 0 none)."""
        with self._lock:
            if combined not in self._known:
                self._known[combined] = self._decided(combined)
            return self._known[combined]

    def _decided(self, combined: int) -> tuple[int, int]:
        if combined == 0:
            return MALFORMED, 0
        combined -= 1
        code, bits, passing = combined >> 6, combined >> 1 & 0x1F, combined & 1
        callee = _SOMEBODY._replace(kind=Kind.EMERGENCY) if passing else _SOMEBODY
        verdict = self._campaign.verdict(self._facts(code, bits), callee)
        return self._place(verdict._replace(consent=0)), verdict.consent

    def _place(self, verdict: Verdict) -> int:
        named = verdict._replace(reason=frozenset(verdict.reason.items()))  # type: ignore[arg-type]  # hashable
        if named not in self._places:
            self._places[named] = len(self.verdicts)
            self.verdicts.append(verdict)
        return self._places[named]

    def _facts(self, code: int, bits: int) -> SubscriberFacts:
        """A subscriber of whom all is true that the combination says, and nothing else."""
        gathered, digits = self._campaign.gathered, self._campaign.call.caller.digits
        consents = self._snapshot.columns.combinations[code - 1] if code else ()
        firms: tuple[int, ...] = (gathered.principal,) if bits & _BY_PRINCIPAL else ()
        if bits & _BY_HOLDER and gathered.number is not None:
            firms += (gathered.number.holder,)
        return SubscriberFacts(
            tuple(consent._replace(principal=gathered.principal) for consent in consents),
            (int(digits),) if bits & _BY_NUMBER else (),
            (digits,) if bits & _BY_PREFIX else (),
            firms,
            1 << (self._campaign.industry - 1) if bits & _BY_CATEGORY else 0,
        )

    def _cited(self, place: NDArray[np.int64], cited: NDArray[np.int8]) -> NDArray[np.uint64]:
        consents = np.zeros(len(place), np.uint64)
        rows = np.flatnonzero(cited)
        begin = place[rows] + self._single if self._single >= 0 else self._consents.starts[place[rows]].astype(np.int64)
        consents[rows] = self._consents.consents[begin + cited[rows] - 1]
        return consents

    def _honour_touched(
        self, numbers: Numbers, keys: NDArray[np.uint64], verdicts: NDArray[np.int32], consents: NDArray[np.uint64]
    ) -> None:
        """Subscribers who changed since the columns were taken are looked up in the facts themselves."""
        rows = np.flatnonzero((self._touched.find(keys) >= 0) & (numbers > 0))
        for row in rows.tolist():
            callee = msisdn.of_digits(str(numbers[row]))
            with self._lock:
                facts = self._view.subscriber(int(keys[row]).to_bytes(8, "big"))
                verdict = self._campaign.verdict(facts, callee)
                verdicts[row] = self._place(verdict._replace(consent=0))
            consents[row] = verdict.consent


def _single(starts: NDArray[np.uint32]) -> int:
    """Where the consents begin when every subscriber has one, so that they lie side by side; else -1."""
    alone = len(starts) > 0 and int(starts[-1]) - int(starts[0]) == len(starts) - 1
    return int(starts[0]) if alone else -1


def _relevant(blocks: Blocks, campaign: Campaign) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The subscribers who have a block that meets this campaign, ascending, and which kinds of it."""
    digits, number = campaign.call.caller.digits, campaign.gathered.number
    bits = np.zeros(len(blocks.keys), np.int64)
    kinds, values = blocks.kinds, blocks.values
    if digits:
        prefixes = np.array([int(digits[:size]) for size in range(1, len(digits) + 1)], np.uint64)
        bits[(kinds == NUMBER) & (values == np.uint64(int(digits)))] |= _BY_NUMBER
        bits[(kinds == PREFIX) & np.isin(values, prefixes)] |= _BY_PREFIX
    bits[(kinds == FIRM) & (values == np.uint64(campaign.gathered.principal))] |= _BY_PRINCIPAL
    if number is not None:
        bits[(kinds == FIRM) & (values == np.uint64(number.holder))] |= _BY_HOLDER
    if campaign.industry:
        mask = np.uint64(1 << (campaign.industry - 1))
        bits[(kinds == CATEGORIES) & (values & mask > 0)] |= _BY_CATEGORY
    rows = np.flatnonzero(bits)
    if not len(rows):
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    keys, begin = np.unique(blocks.keys[rows], return_index=True)
    return keys, np.bitwise_or.reduceat(bits[rows], begin)
