"""The form of an application, as firms and staff fill it in: texts become a declaration or a problem."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from mingbai.admission import actions
from mingbai.admission.actions import Declaration, Hours, Sort, Trait, Volume
from mingbai.admission.queries import ApplicationView
from mingbai.kernel.msisdn import Msisdn, of_digits, require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry, Use
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people
from mingbai.web import words

FIELDS = (
    "sort", "first", "last", "line", "line_source", "use", "industry", "about", "label", "per_minute", "per_hour",
    "per_day", "from", "to", "carrier", "reseller", "principal", "trunks", "sendable",
)  # fmt: skip
IDENTITY = (Trait.LICENCE, Trait.LEGAL_PERSON, Trait.CONTACT, Trait.ADDRESS, Trait.BANK)
LONGEST = 2_000


def typed(sent: QueryDict) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: sent.get(name, "").strip()[:LONGEST] for name in FIELDS}


def declaration(said: dict[str, str]) -> Declaration:
    """Raises Problem with the field for what cannot be read."""
    sort = Sort.LINE if said["sort"] == "line" else Sort.NUMBERS
    first = _number(said["first"], "first") if sort is Sort.NUMBERS and said["first"] else None
    return Declaration(
        carrier=_whole(said["carrier"], "carrier"),
        use=said["use"],
        industry=said["industry"],
        about=said["about"],
        volume=Volume(*(_whole(said[name], name) for name in ("per_minute", "per_hour", "per_day"))),
        hours=Hours(_minute(said["from"], "from"), _minute(said["to"], "to")),
        sort=sort,
        first=first,
        last=_number(said["last"], "last") if said["last"] and first is not None else first,
        line=said["line"],
        line_source=said["line_source"],
        principal=_firm(said["principal"], "principal"),
        reseller=_firm(said["reseller"], "reseller"),
        trunks=tuple(_trunk(name) for name in said["trunks"].replace("，", ",").replace(",", " ").split()),
        sendable=tuple(_range(line) for line in said["sendable"].splitlines() if line.strip()),
        label=said["label"],
    )


def identity(sent: QueryDict) -> dict[str, str]:
    """Who the applicant is, as far as it was typed."""
    found = {trait.value: sent.get(trait.value, "").strip()[:200] for trait in IDENTITY}
    return {name: text for name, text in found.items() if text}


def filled(one: ApplicationView) -> dict[str, str]:
    """An application as the form shows it."""
    same = [(str(one.first), str(one.last))]
    return {
        "sort": one.sort,
        "first": of_digits(str(one.first)).national if one.first else "",
        "last": of_digits(str(one.last)).national if one.last and one.last != one.first else "",
        "line": one.line,
        "line_source": one.line_source,
        "use": one.use,
        "industry": one.industry,
        "about": one.about,
        "label": one.label,
        "per_minute": str(one.per_minute),
        "per_hour": str(one.per_hour),
        "per_day": str(one.per_day),
        "from": _clock(one.from_minute),
        "to": _clock(one.to_minute),
        "carrier": str(one.carrier),
        "reseller": one.reseller_name,
        "principal": "" if one.principal == one.applicant else one.principal_name,
        "trunks": " ".join(found.name for trunk in one.trunks if (found := numbers.trunk(trunk)) is not None),
        "sendable": "" if list(one.sendable) == same else "\n".join(map(_span, one.sendable)),
    }


def choices() -> dict[str, Any]:
    """What the form offers."""
    carriers = [one for one in people.organisations("operator") if one.state == "active"]
    return {
        "carriers": carriers,
        "uses": {name: word for name, word in words.PURPOSES.items() if name in set(Use) - {Use.PERSONAL}},
        "industries": {name: words.INDUSTRIES[name] for name in Industry},
        "sorts": words.LISTS["application_sort"],
    }


def day(text: str, where: str) -> date | None:
    """A day as typed; None for none. Raises Problem for what is no day."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Problem("admission.day", "this is no day", where=where) from None


def hand_in(request: HttpRequest, application: int, account: int) -> None:
    """Hand in the paper that came with the form. Raises Problem when none came."""
    file = request.FILES.get("file")
    if file is None:
        raise Problem("web.file_missing", where=_("Paper"))
    until = None if request.POST.get("endless") else day(request.POST.get("expires_on", ""), "expires_on")
    if until is None and not request.POST.get("endless"):
        raise Problem("admission.day", "the last day is missing", where="expires_on")
    paper = request.POST.get("paper", "")
    actions.add_paper(
        application,
        account=account,
        paper=paper,
        file=cast(BinaryIO, file),
        file_name=file.name or paper,
        expires_on=until,
    )


def _number(text: str, where: str) -> Msisdn:
    try:
        return require(text[:40])
    except Problem as problem:
        raise Problem(problem.code, problem.what, where=where, mend=problem.mend) from None


def _range(line: str) -> tuple[Msisdn, Msisdn]:
    low, _dash, high = line.replace("—", "~").replace("至", "~").replace("–", "~").partition("~")
    first = _number(low.strip(), "sendable")
    return first, _number(high.strip(), "sendable") if high.strip() else first


def _span(one: tuple[str, str]) -> str:
    low, high = of_digits(one[0]).national, of_digits(one[1]).national
    return low if low == high else f"{low} ~ {high}"


def _firm(name: str, where: str) -> int | None:
    if not name:
        return None
    found = people.organisation_by_name(name)
    if found is None:
        raise Problem("admission.firm", "no such firm", where=where)
    return found.id


def _trunk(name: str) -> int:
    found = numbers.trunk_by_name(name[:64])
    if found is None:
        raise Problem("admission.trunk", "no such line", where="trunks")
    return found.id


def _whole(text: str, where: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Problem("admission.carrier" if where == "carrier" else "admission.volume", where=where)
    return int(text)


def _minute(text: str, where: str) -> int:
    hour, _colon, minute = text.partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(text) == 5):
        raise Problem("admission.hours", where=where)
    return int(hour) * 60 + int(minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
