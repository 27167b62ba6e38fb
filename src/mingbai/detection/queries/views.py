"""What the faces show of detection. Numbers appear as marks: the first half of a pseudonym's head, which names nobody.

A `mark` is the same for one number through its quarter; the number itself is read in a case, with a logged reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from mingbai.detection.states import UNSCORED


def mark(head: int) -> str:
    """How a pseudonym is shown: eight hexadecimal digits of its head, such as “3f9a-02c1”."""
    digits = f"{head & 0xFFFFFFFFFFFFFFFF:016x}"
    return f"{digits[:4]}-{digits[4:8]}"


class Term(NamedTuple):
    """One term of a score: `contribution` = weight times what was made of the value; they add up to the score."""

    name: str
    value: float
    weight: float
    contribution: float


class Reason(NamedTuple):
    """Why, as a code of detection.rules; of each measure that it rests on, [value, threshold]."""

    code: str
    values: dict[str, list[float]]


class FindingRow(NamedTuple):
    """A finding in a list. `mark` "" for a holder or trunk; `found` hour or day; `case` 0: none; `marked`: the
    terms that speak for it most."""

    id: int
    kind: str
    mark: str
    holder: int
    holder_name: str
    trunk: int
    rule: str
    verdict: str
    score: float
    reason: Reason
    day: date
    calls: int
    state: str
    case: int
    campaign: str
    found: str
    found_at: datetime
    marked: tuple[str, ...] = ()

    @property
    def scored(self) -> bool:
        """Whether there is a score: it is about who calls."""
        return self.kind not in UNSCORED


class CitedCall(NamedTuple):
    """A call that a finding rests on. `answered`, `ring_ms`, `talk_ms` None where nobody recorded them.

    `receipt`: id of the gate's record, "" for a switch's; `refused`: the gate refused it; `after_refusal`: the called
    person had refused or blocked the caller before, as the gate judged.
    """

    at: datetime
    caller: str
    callee: str
    receipt: str
    source: str
    answered: bool | None
    ring_ms: int | None
    talk_ms: int | None
    refused: bool
    after_refusal: bool


class OpenedCase(NamedTuple):
    """A case that a finding led to; `account` 0: by rule."""

    case: int
    account: int
    at: datetime


@dataclass(frozen=True)
class FindingView:
    """One finding with all that it rests on."""

    row: FindingRow
    quarter: str
    head: int
    tail: int
    rules: int
    terms: list[Term]
    against: list[str]
    figures: dict[str, int]
    cited: list[CitedCall]
    cases: list[OpenedCase]
    first: datetime
    last: datetime
    principal: int
    principal_name: str
    decided_by: int
    decided_at: datetime | None
    why: str
    index: int | None
    others: list[FindingRow] = field(default_factory=list)  # of the same subject, or the same campaign


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram: values from `low` up to but not `high` (None: and above)."""

    low: int
    high: int | None
    count: int


class Back(NamedTuple):
    """How somebody whom the number called called it back: `called` before, `returned` after."""

    callee: str
    called: int
    returned: int
    talk_s: int


@dataclass(frozen=True)
class Pictures:
    """How one number called from `first` to `last` (local days, both included).

    `hours` calls by local hour of the day, 24 of them, `answered` of those; `talk` answered calls by seconds of talk,
    `recorded` calls whose talk is known; `per_callee` people by how often each was called; `days` calls by day;
    `back` who called back, most first, `returned` how many people did.
    """

    first: date
    last: date
    calls: int
    callees: int
    hours: list[int]
    answered: list[int]
    days: list[tuple[date, int]]
    talk: list[Bin]
    recorded: int
    per_callee: list[Bin]
    back: list[Back]
    returned: int

    @property
    def dispersion(self) -> float | None:
        """Distinct people called by calls made: 1 is never the same person twice."""
        return self.callees / self.calls if self.calls else None


class Quality(NamedTuple):
    """How well a rule set did where cases were decided.

    `hits` subjects hit on a day, `decided` of them with a decided case, `right` of these found guilty; `guilty`: all
    subjects whose case found them guilty and who called in these days.
    """

    hits: int = 0
    decided: int = 0
    right: int = 0
    guilty: int = 0

    @property
    def precision(self) -> float | None:
        return self.right / self.decided if self.decided else None

    @property
    def recall(self) -> float | None:
        return self.right / self.guilty if self.guilty else None


class ShadowView(NamedTuple):
    """A shadow run. `before`: the rules in force (`against`, 0: the profile's), `after`: the rule set that ran."""

    id: int
    rules: int
    against: int
    first_day: date
    last_day: date
    days: int
    done_days: int
    state: str
    asked_by: int
    asked_at: datetime
    done_at: datetime | None
    calls: int
    new: int
    gone: int
    same: int
    before: Quality
    after: Quality
    problem: str


class Hit(NamedTuple):
    """Somebody whom a rule set hits otherwise than the rules in force: more (`new`), or less (`gone`).

    `verdict` is that of the rules that hit harder; `decided`: "", guilty or cleared.
    """

    id: int
    change: str
    kind: str
    mark: str
    holder: int
    holder_name: str
    day: date
    rule: str
    verdict: str
    score: float
    terms: list[Term]
    reason: Reason
    calls: int
    decided: str
    trunk: int = 0


class Changed(NamedTuple):
    """A setting that a rule set changes: as it is in force, and as it would be."""

    name: str
    now: Any
    wished: Any
    unit: str


@dataclass(frozen=True)
class RuleSetView:
    """A rule set and its shadow runs, newest first. Ids of accounts; 0: nobody yet."""

    id: int
    note: str
    changes: list[Changed]
    state: str
    proposed_by: int
    proposed_at: datetime
    shadowed_at: datetime | None
    live_by: int
    live_at: datetime | None
    over_at: datetime | None
    runs: list[ShadowView]
    index: int | None


class HolderSpot(NamedTuple):
    """A holder on the map: what its numbers did in the days asked for."""

    holder: int
    name: str
    numbers: int
    calls: int
    callees: int
    after_refusal: int
    refusers: int
    hopped: int
    findings: int
    cases: int


class DayView(NamedTuple):
    """The detection over one whole day."""

    day: date
    state: str
    calls: int
    findings: int
    took_ms: int
    done_at: datetime | None
