"""What is said of numbers: to the gate, to anybody who looks one up, to partners, to staff."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from mingbai.kernel import clock, msisdn, profile
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.terms import LABEL_KINDS, LabelKind, Use
from mingbai.ledger import queries as ledger
from mingbai.numbers.models import Label, LabelFetch, LabelledNumber, NumberResource, Restriction
from mingbai.numbers.queries.restrictions import bounds_of_number
from mingbai.numbers.rules import WIDEST
from mingbai.numbers.rules.labels import Ask, Family, Said, Shown, shown
from mingbai.numbers.rules.restrictions import Bounds, State, Target

_AT_ONCE = 5_000


@dataclass(frozen=True)
class LabelView:
    """One thing said of a number, whose row pages call `labelled`.

    `index`, `end_index`: places of its entries in the log, None while they wait.
    """

    id: int
    labelled: int
    number: int
    kind: LabelKind
    text: str
    count: int
    source: str
    case: int
    account: int | None
    reason: str
    began_at: datetime
    counted_at: datetime
    expires_at: datetime | None
    index: int | None
    ended_at: datetime | None
    ending: str
    end_reason: str
    end_index: int | None


class MarkView(NamedTuple):
    """What the gate is told of one number: the label shown, and what measures come to. `kind` 1 + index, 0 none."""

    kind: int
    label: str
    until: int
    bounds: Bounds


class Listed(NamedTuple):
    """A number as the published list has it: `votes` 0 tells that it is on it no more."""

    number: int
    kind: LabelKind | None
    votes: int
    active_at: datetime
    added_at: datetime
    text: str


def ask() -> Ask:
    """What the profile says of labels."""
    said = profile.load(settings.HOME).labels
    return Ask(said.precedence, said.words, said.half_life_days, said.shown_from)


def label_for(number: Msisdn, at: datetime | None = None) -> Shown | None:
    """What was shown of a number at a moment (now when left out), beside its registration; None for nothing.

    None too where the number's registration names a firm, which goes before a suspicion (`labels.precedence`).
    """
    if not number.digits:
        return None
    moment = clock.now() if at is None else at
    rows = _said_at(Label.objects.filter(labelled__number=int(number.digits)), moment)
    return shown(map(said_of, rows), moment, ask(), registered=names_a_firm(int(number.digits), moment))


def labels_of(number: Msisdn) -> list[LabelView]:
    """Everything that was ever said of a number, newest first."""
    if not number.digits:
        return []
    rows = Label.objects.filter(labelled__number=int(number.digits)).select_related("labelled")
    return [_view(row) for row in rows.order_by("-began_at", "-id")]


def label(label: int) -> LabelView | None:
    """One thing said of a number."""
    row = Label.objects.filter(id=label).select_related("labelled").first()
    return _view(row) if row else None


def standing_labels(*, family: str = "", source: str = "", before: int = 0, limit: int = 100) -> list[LabelView]:
    """Labels that stand, newest first, with an id below `before`; of a family or source, if asked."""
    rows = Label.objects.filter(ended_at=None).select_related("labelled")
    if family:
        rows = rows.filter(family=family)
    if source:
        rows = rows.filter(source=source)
    if before:
        rows = rows.filter(id__lt=before)
    return [_view(row) for row in rows.order_by("-id")[:limit]]


def count_standing() -> Mapping[str, int]:
    """How many labels stand, by family."""
    found: dict[str, int] = {}
    for family in Family:
        found[family] = Label.objects.filter(ended_at=None, family=family).count()
    return found


def cleared_at(number: Msisdn) -> datetime | None:
    """When a label of a number was last found wrong: reports of before then do not count any more."""
    rows = LabelledNumber.objects.filter(number=int(number.digits or 0))
    return rows.values_list("cleared_at", flat=True).first()


def labelled(labelled: int) -> int | None:
    """The number (normal form) that an entry names as “labelled:…”."""
    return LabelledNumber.objects.filter(id=labelled).values_list("number", flat=True).first()


def mark(number: int) -> MarkView | None:
    """What the gate is told of a number (normal form) now; None for nothing."""
    found = label_for(msisdn.of_digits(str(number)))
    bounds = bounds_of_number(number)
    if found is None:
        return MarkView(0, "", 0, bounds) if bounds.any else None
    until = int(found.until.timestamp()) if found.until else 0
    return MarkView(1 + LABEL_KINDS.index(found.kind), found.text, until, bounds)


def marked_numbers(first: int = 0, last: int = (1 << 63) - 1) -> Iterator[int]:
    """Every number of first…last of which the gate is told something, ascending, each once."""
    bound = Restriction.objects.filter(state=State.STANDING, target=Target.NUMBER, number__range=(first, last))
    restricted = {number for number in bound.values_list("number", flat=True) if number is not None}
    said = Label.objects.filter(ended_at=None, labelled__number__gte=first, labelled__number__lte=last)
    yield from sorted(restricted.union(said.values_list("labelled__number", flat=True).distinct()))


def list_version() -> int:
    """Of the published list: every change of it has a higher one."""
    return int(LabelledNumber.objects.aggregate(most=Max("version"))["most"] or 0)


def listed(since: int = 0, upto: int = (1 << 63) - 1) -> Iterator[Listed]:
    """The published list as of version `upto`; with `since` what has changed after that, with what went off it."""
    rows = LabelledNumber.objects.filter(version__lte=upto).order_by("version")
    rows = rows.filter(version__gt=since, listed=True) if since else rows.filter(votes__gt=0)
    for row in rows.iterator(_AT_ONCE):
        yield _listed(row)


def listed_number(number: Msisdn) -> Listed | None:
    """A number as the list has it; None when it never stood there."""
    row = LabelledNumber.objects.filter(number=int(number.digits or 0), listed=True).first()
    return _listed(row) if row else None


def listed_by_hash(sha1: str) -> Listed | None:
    """As `listed_number`, by the SHA-1 of “+” and the number in upper-case hex."""
    row = LabelledNumber.objects.filter(sha1=sha1.upper(), listed=True).first()
    return _listed(row) if row else None


def listed_by_prefix(prefix: str, limit: int = 10_000) -> list[Listed]:
    """Every number on the list whose hash begins so."""
    return [_listed(row) for row in _beginning("sha1", prefix).order_by("sha1")[:limit]]


@dataclass(frozen=True)
class Range:
    """Numbers on the list that differ in their last one or two digits alone: their people, and how many they are."""

    prefix: str
    votes: int
    count: int


def ranges_by_prefix(cut: int, prefix: str, limit: int = 10_000) -> list[Range]:
    """Ranges of the list by how the hash of the number without its last `cut` digits (1 or 2) begins."""
    field = "sha1_10" if cut == 1 else "sha1_100"
    found: dict[str, Range] = {}
    for row in _beginning(field, prefix).order_by(field, "number")[:limit]:
        start = msisdn.of_digits(str(row.number)).e164[:-cut]
        before = found.get(start, Range(start, 0, 0))
        found[start] = Range(start, before.votes + row.votes, before.count + 1)
    return list(found.values())


def people_near(cut: int, number: Msisdn, least: int = 1) -> int:
    """How many people stand behind numbers of the list that differ from this one in their last `cut` digits alone.

    0 where fewer than `least` such numbers are listed.
    """
    digits = number.digits
    if len(digits) <= cut:
        return 0
    first = int(digits) // 10**cut * 10**cut
    rows = LabelledNumber.objects.filter(votes__gt=0, number__gte=first, number__lt=first + 10**cut)
    found = rows.aggregate(sum=Sum("votes"), count=Count("id"))
    return int(found["sum"] or 0) if found["count"] >= least else 0


def texts_at(asked: Collection[tuple[int, int, int]]) -> dict[tuple[int, int, int], str]:
    """What went with calls: by number, position of the gate's facts in the log, and time of the call in µs."""
    found = {}
    terms = ask() if asked else None
    rows: dict[int, list[LabelView]] = {}
    for number, position, at_us in asked:
        if number not in rows:
            rows[number] = labels_of(msisdn.of_digits(str(number)))
        assert terms is not None
        at = datetime.fromtimestamp(at_us / 1e6, UTC)
        said = [one for one in rows[number] if _known(one, position)]
        best = shown([Said(o.id, o.kind, o.text, o.count, o.counted_at, o.expires_at) for o in said], at, terms)
        if best is not None:
            found[number, position, at_us] = best.text
    return found


def said_of(row: Label) -> Said:
    return Said(row.id, LabelKind(row.kind), row.text, row.count, row.counted_at, row.expires_at)


def names_a_firm(number: int, at: datetime | None = None) -> bool:
    """Whether a number's registration names who calls: it is registered, and not a person's own."""
    then = Q(closed_at=None) if at is None else Q(closed_at=None) | Q(closed_at__gt=at)
    spans = NumberResource.objects.filter(last__gte=number, last__lt=number + WIDEST, first__lte=number)
    rows = spans.filter(then, **({} if at is None else {"created_at__lte": at}))
    return rows.exclude(use=Use.PERSONAL).exists()


def _said_at(rows: QuerySet[Label], at: datetime) -> QuerySet[Label]:
    """What stood at a moment, and was said of whoever had the number then."""
    stood = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at), began_at__lte=at)
    return stood.filter(Q(tenant=None) | Q(tenant__ended_at=None) | Q(tenant__ended_at__gt=at))


def _known(one: LabelView, position: int) -> bool:
    began = one.index is not None and one.index <= position
    return began and not (one.end_index is not None and one.end_index <= position)


def _beginning(field: str, prefix: str) -> QuerySet[LabelledNumber]:
    start = prefix.upper()
    return LabelledNumber.objects.filter(votes__gt=0, **{f"{field}__gte": start, f"{field}__lt": start + "G"})


def _listed(row: LabelledNumber) -> Listed:
    kind = LabelKind(row.kind) if row.votes else None
    return Listed(row.number, kind, row.votes, row.active_at, row.added_at, row.text if row.votes else "")


def _view(row: Label) -> LabelView:
    return LabelView(
        row.id, row.labelled_id, row.labelled.number, LabelKind(row.kind), row.text, row.count, row.source, row.case,
        row.account, row.reason, row.began_at, row.counted_at, row.expires_at, ledger.status(row.entry), row.ended_at,
        row.ending, row.end_reason, None if row.end_entry is None else ledger.status(row.end_entry),
    )  # fmt: skip


def took_labels(*, since: datetime) -> list[int]:
    """Organisations that took the list, or part of it, since a moment; by id."""
    rows = LabelFetch.objects.filter(at__gte=since).values_list("organisation_id", flat=True)
    return sorted(set(rows))
