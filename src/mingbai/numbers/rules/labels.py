"""号码标注: which of the things said of a number is shown, and how a count of people fades. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import LabelKind

MOST_COUNTED = 1_000_000
LONGEST_TEXT = 28  # characters of 40, so that “ 1000000人举报” stands behind it
SHORTEST_WORDS, LONGEST_WORDS = 4, 2000  # characters of a request for correction, or of its answer
LONGEST_REASON = 200
_NOBODY = frozenset({Kind.EMERGENCY, Kind.PUBLIC_INTEREST})


class Family(StrEnum):
    """What a label is about. Of one family, source and case one label stands at a time."""

    NUISANCE = "nuisance"
    CERTIFIED = "certified"
    SERVICE = "service"


class Source(StrEnum):
    """Who says so."""

    REPORTS = "reports"  # people, counted
    CASE = "case"  # a finding
    HAND = "hand"  # staff, with a reason
    REGISTRY = "registry"  # the number's registration


class Ending(StrEnum):
    REPLACED = "replaced"  # by another count, kind or text
    EXPIRED = "expired"
    FADED = "faded"  # nobody has reported it for so long that nothing is left to count
    DROPPED = "dropped"  # the case that it stood on was decided otherwise
    CORRECTED = "corrected"  # it was wrong
    RECYCLED = "recycled"  # the number has another user


class Wish(StrEnum):
    """State of a request for correction."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class Ask(NamedTuple):
    """What the profile's `labels` say: the order of kinds, words by kind and language, days and people."""

    precedence: Sequence[LabelKind]
    words: Mapping[LabelKind, Mapping[str, str]]
    half_life_days: int
    shown_from: int


@dataclass(frozen=True)
class Said:
    """One standing label."""

    id: int
    kind: LabelKind
    text: str
    count: int
    counted_at: datetime
    expires_at: datetime | None


class Shown(NamedTuple):
    """What is shown of a number: `votes` people now, `until` when it expires, None never."""

    id: int
    kind: LabelKind
    text: str
    votes: int
    until: datetime | None


@dataclass(frozen=True)
class Wanted:
    """A label that somebody wants to set, checked."""

    kind: LabelKind
    family: Family
    source: Source
    text: str
    count: int
    reason: str


def check(number: Msisdn, *, kind: str, source: str, text: str, count: int, reason: str) -> Wanted:
    """What is wanted, in order. Raises Problem for what cannot be said of this number, or not like this.

    A suspicion stands on people, and counts them; what staff says by hand has a reason; a certified name and a service
    line have a text, and nobody counts them. Emergency and public-interest numbers are no nuisance.
    """
    if not number.valid:
        raise Problem("numbers.label_number", "this is no number", where="number", mend="name one number")
    if kind not in tuple(LabelKind) or source not in tuple(Source):
        raise Problem("numbers.label_kind", "there is no such kind of label, or source", where="kind")
    wanted, whose = LabelKind(kind), Source(source)
    family = family_of(wanted)
    said = " ".join(text.split())
    if len(said) > LONGEST_TEXT or not said.isprintable():
        raise Problem("numbers.label", f"a label has at most {LONGEST_TEXT} plain characters", where="text")
    if family is not Family.NUISANCE and not said:
        raise Problem("numbers.label_text", "a name or a service has a text", where="text", mend="write it out")
    if family is Family.NUISANCE and number.kind in _NOBODY:
        raise Problem("numbers.label_public", "emergency and public-interest numbers are no nuisance", where="number")
    least = 1 if whose is Source.REPORTS else 0
    if not least <= count <= (MOST_COUNTED if family is Family.NUISANCE else 0):
        raise Problem("numbers.label_count", "so many people do not go with this label", where="count")
    why = reason.strip()[:LONGEST_REASON]
    if whose is Source.HAND and not why:
        raise Problem("numbers.no_reason", "a reason is needed", where="reason", mend="say why")
    return Wanted(wanted, family, whose, said, count, why)


def words(text: str, where: str) -> str:
    """What somebody wrote, trimmed. Raises Problem when it is too short to say anything, or too long."""
    kept = text.replace("\r\n", "\n").strip()
    if not SHORTEST_WORDS <= len(kept) <= LONGEST_WORDS:
        what = f"between {SHORTEST_WORDS} and {LONGEST_WORDS} characters are needed"
        raise Problem("numbers.words", what, where=where, mend="say in a few sentences what is wrong")
    return kept


def listed_votes(shown: Shown | None) -> int:
    """How many people the published list names for what is shown: nothing but nuisance stands there, and counts one."""
    return max(1, shown.votes) if shown is not None and family_of(shown.kind) is Family.NUISANCE else 0


def family_of(kind: LabelKind) -> Family:
    if kind is LabelKind.CERTIFIED:
        return Family.CERTIFIED
    return Family.SERVICE if kind is LabelKind.SERVICE else Family.NUISANCE


def is_suspicion(kind: LabelKind) -> bool:
    """Whether it is what people say and nobody has verified."""
    return kind.value.startswith("suspected_")


def count_at(count: int, counted_at: datetime, at: datetime, half_life_days: int) -> int:
    """How many of the people still count: half of them after each half-life in which nobody new was counted.

    A half-life of 0 days: all of them, for ever.
    """
    if half_life_days <= 0 or at <= counted_at:
        return count
    halvings = (at - counted_at) // timedelta(days=half_life_days)
    return count >> min(halvings, 64)


def next_change(said: Said, at: datetime, half_life_days: int) -> datetime | None:
    """When a label next fades or expires after `at`; None when it stays as it is."""
    times = [said.expires_at] if said.expires_at is not None else []
    if half_life_days > 0 and count_at(said.count, said.counted_at, at, half_life_days) > 0:
        step = timedelta(days=half_life_days)
        done = max(0, (at - said.counted_at) // step)
        times.append(said.counted_at + (done + 1) * step)
    return min(times, default=None)


def ending_at(said: Said, at: datetime, ask: Ask) -> Ending | None:
    """Whether a standing label is over at a moment, and how."""
    if said.expires_at is not None and said.expires_at <= at:
        return Ending.EXPIRED
    if is_suspicion(said.kind) and count_at(said.count, said.counted_at, at, ask.half_life_days) == 0:
        return Ending.FADED
    return None


def shown(standing: Iterable[Said], at: datetime, ask: Ask, *, registered: bool = False) -> Shown | None:
    """The label that goes before the others: by kind, then by people, then the newest.

    A suspicion is shown from `ask.shown_from` people on. `registered`: the number's own registration names a firm;
    None is answered where that goes before, so that the registration's own words are shown.
    """
    best: tuple[int, int, int] | None = None
    found: Shown | None = None
    for said in standing:
        if said.kind not in ask.precedence or ending_at(said, at, ask) is not None:
            continue
        votes = count_at(said.count, said.counted_at, at, ask.half_life_days)
        if is_suspicion(said.kind) and votes < ask.shown_from:
            continue
        rank = -ask.precedence.index(said.kind), votes, said.id
        if best is None or rank > best:
            best = rank
            found = Shown(said.id, said.kind, wording(said, votes, ask), votes, said.expires_at)
    if found is not None and registered and LabelKind.CERTIFIED in ask.precedence:
        own = ask.precedence.index(LabelKind.CERTIFIED)
        if ask.precedence.index(found.kind) > own:
            return None
    return found


def wording(said: Said, votes: int, ask: Ask) -> str:
    """“骚扰电话 32人举报”: its own text, else the word for its kind, and how many people said so."""
    text = said.text or ask.words[said.kind]["zh"]
    return f"{text} {votes}人举报" if votes and family_of(said.kind) is Family.NUISANCE else text
