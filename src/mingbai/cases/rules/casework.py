"""案件: ground → verification → finding → measures → appeal; what may follow what, and who may not do it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from mingbai.kernel.problems import Problem


class Ground(StrEnum):
    """On what a case was opened."""

    REPORTS = "reports"  # enough different people
    DETECTION = "detection"
    DIRECTIVE = "directive"  # an authority's
    HAND = "hand"


class State(StrEnum):
    OPEN = "open"  # nobody has taken it up
    VERIFYING = "verifying"
    FOUND = "found"  # a finding stands; measures may follow
    CLOSED = "closed"
    OVERTURNED = "overturned"  # an appeal succeeded: finding and measures are undone


NEXT: dict[State, tuple[State, ...]] = {
    State.OPEN: (State.VERIFYING,),
    State.VERIFYING: (State.FOUND,),
    State.FOUND: (State.CLOSED, State.OVERTURNED),
    State.CLOSED: (State.OVERTURNED,),
    State.OVERTURNED: (),
}
UNDER_WAY = (State.OPEN, State.VERIFYING, State.FOUND)


class Check(StrEnum):
    """What is looked at. Live calls never are: 电信条例 65."""

    PATTERN = "pattern"
    SAMPLE = "sample"
    TEST_CALL = "test_call"
    HOLDER = "holder_answer"


class Seen(StrEnum):
    """What a check showed."""

    CONFIRMS = "confirms"
    CONTRADICTS = "contradicts"
    UNDECIDED = "undecided"
    IMPOSSIBLE = "impossible"  # it could not be made; the note says why


class Source(StrEnum):
    """Where a content sample may come from; there is no other, and none of them is a live call."""

    REPORTER = "reporter"  # the reporter's own recording
    CENTRE = "centre"  # the recording that a call centre has to keep
    TEST = "test_call"  # our own test call


class Finding(StrEnum):
    MARKETING = "marketing"  # marketing without consent
    AFTER_REFUSAL = "after_refusal"
    MALICIOUS = "malicious"
    FRAUD = "fraud"  # suspected
    LEGITIMATE = "legitimate"
    QUARREL = "quarrel"
    NOT_PROVEN = "not_proven"


class Measure(StrEnum):
    BLOCK = "block"  # for those who reported
    LABEL = "label"
    LIMIT = "limit"
    SUSPEND = "suspend"  # 停呼
    SHUT = "shut"  # 关停
    WARN = "warn"  # under the contract
    END_CONTRACT = "end_contract"  # 解约
    BAR = "bar"  # 入网限制
    POLICE = "police"


class Stage(StrEnum):
    """Where a measure is."""

    PROPOSED = "proposed"  # heavy: waits for a second person
    WAITING = "waiting"  # decided, begins later
    STANDING = "standing"
    ENDED = "ended"  # by itself
    LIFTED = "lifted"  # before its time
    DECLINED = "declined"  # the second person said no
    DROPPED = "dropped"  # taken back before anybody approved it


STAGES: dict[Stage, tuple[Stage, ...]] = {
    Stage.PROPOSED: (Stage.WAITING, Stage.STANDING, Stage.DECLINED, Stage.DROPPED),
    Stage.WAITING: (Stage.STANDING, Stage.LIFTED, Stage.ENDED),
    Stage.STANDING: (Stage.ENDED, Stage.LIFTED),
    Stage.ENDED: (),
    Stage.LIFTED: (),
    Stage.DECLINED: (),
    Stage.DROPPED: (),
}
NOT_OVER = (Stage.PROPOSED, Stage.WAITING, Stage.STANDING)


class Scope(StrEnum):
    """Whom a measure hits."""

    NUMBER = "number"
    HOLDER = "holder"
    PRINCIPAL = "principal"


GUILTY = frozenset({Finding.MARKETING, Finding.AFTER_REFUSAL, Finding.MALICIOUS, Finding.FRAUD})
CLEARED = (Finding.LEGITIMATE, Finding.QUARREL, Finding.NOT_PROVEN)
_ANY, _FIRMS, _NUMBER = tuple(Scope), (Scope.HOLDER, Scope.PRINCIPAL), (Scope.NUMBER,)
SCOPES: dict[Measure, tuple[Scope, ...]] = {
    Measure.BLOCK: (Scope.NUMBER, Scope.PRINCIPAL),
    Measure.LABEL: _NUMBER,
    Measure.LIMIT: _ANY,
    Measure.SUSPEND: _ANY,
    Measure.SHUT: _NUMBER,
    Measure.WARN: (Scope.HOLDER,),
    Measure.END_CONTRACT: (Scope.HOLDER,),
    Measure.BAR: _FIRMS,
    Measure.POLICE: _ANY,
}
AFTER: dict[Measure, frozenset[Finding]] = {
    **dict.fromkeys(Measure, GUILTY),
    Measure.POLICE: frozenset({Finding.MALICIOUS, Finding.FRAUD}),
}
"""After which findings a measure may be taken; after no other, and never without one."""


class Done(NamedTuple):
    """One check as made: what it showed."""

    check: str
    seen: str


class People(NamedTuple):
    """Who had a part in a case: accounts. `others` opened it, verified it before, made checks, added samples, asked,
    proposed; `seconds` approved, declined or ended measures or rejected an appeal, which bars them from deciding
    the next one, but not from looking at a further measure."""

    verifier: int
    others: frozenset[int] = frozenset()
    seconds: frozenset[int] = frozenset()

    @property
    def workers(self) -> frozenset[int]:
        return self.others | {self.verifier}

    @property
    def all(self) -> frozenset[int]:
        return self.workers | self.seconds


def check_finding(kind: str, done: Iterable[Done], required: Collection[str], *, answer_awaited: bool) -> Finding:
    """Raises Problem unless a case may be found so: every required check is made, the holder's time to answer is not
    still running, and for a finding that leads to measures at least one check confirms it."""
    try:
        found = Finding(kind)
    except ValueError:
        raise Problem(
            "cases.unknown_finding", f"no finding “{kind}”", where="finding", mend=", ".join(Finding)
        ) from None
    made = {one.check: one.seen for one in done}
    missing = [name for name in required if name not in made]
    if missing:
        what = "not verified yet: " + ", ".join(missing)
        raise Problem("cases.unverified", what, where="checks", mend="make these checks first", status=409)
    if answer_awaited:
        what = "the holder was asked and its time to answer is still running"
        raise Problem("cases.answer_awaited", what, where="holder_answer", mend="wait for the answer", status=409)
    if found in GUILTY and Seen.CONFIRMS not in made.values():
        what = "no check confirms it"
        raise Problem("cases.unfounded", what, where="finding", mend="find it not proven", status=409)
    return found


def check_measure(kind: str, scope: str, finding: str | None) -> tuple[Measure, Scope]:
    """Raises Problem for a measure that there is not, that does not hit such a thing, or that no finding allows."""
    try:
        sort, hit = Measure(kind), Scope(scope)
    except ValueError:
        raise Problem("cases.unknown_measure", f"no measure “{kind}” of a {scope}", where="measure") from None
    if hit not in SCOPES[sort]:
        raise Problem(
            "cases.measure_scope", f"“{kind}” does not hit a {scope}", where="scope", mend=", ".join(SCOPES[sort])
        )
    if finding is None or Finding(finding) not in AFTER[sort]:
        what = "no measure without a finding that allows it"
        raise Problem("cases.no_finding", what, where="finding", mend="find first", status=409)
    return sort, hit


def check_second(account: int, people: People, proposer: int) -> None:
    """Raises Problem when the second person of a heavy measure is its first, or verified or worked on the case."""
    if account == proposer or account in people.workers:
        what = "a heavy measure is approved by somebody who neither verified the case nor worked on it"
        raise Problem("cases.same_person", what, where="account", mend="ask a colleague", status=403)


def check_stranger(account: int, people: People) -> None:
    """Raises Problem when who decides an appeal had a part in the case."""
    if account in people.all:
        what = "an appeal is decided by somebody who had no part in the case"
        raise Problem("cases.had_a_part", what, where="account", mend="ask a colleague", status=403)


def check_days(kind: str, days: int, most: Mapping[str, int]) -> int:
    """Days that a measure lasts. Raises Problem beyond what the profile lets it."""
    if not 1 <= days <= most[kind]:
        what = f"a “{kind}” lasts between 1 and {most[kind]} days"
        raise Problem("cases.measure_days", what, where="days", mend="choose a time within")
    return days


def check_details(kind: Measure, *, limits: tuple[int, int, int], label: str) -> None:
    """Raises Problem for a limit that limits nothing, limits on what is none, a label without its kind."""
    if (kind is Measure.LIMIT) != any(limits) or min(limits) < 0:
        raise Problem("cases.measure_limits", "say how many calls a minute, hour or day", where="limits")
    if (kind is Measure.LABEL) != bool(label):
        raise Problem("cases.measure_label", "say which label", where="label")
