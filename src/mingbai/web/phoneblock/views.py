"""The calls of the PhoneBlock API that have to do with labels: look up, fetch the list, report.

Only check-prefix hides which number is asked for: a whole SHA-1 of a telephone number is guessed in minutes. These
addresses, which are not ours to choose, are the one place where a number stands in an address; nothing logs them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import Path, Query, Router
from pydantic import StringConstraints

from mingbai.cases import actions as cases
from mingbai.cases.actions import Said
from mingbai.kernel import msisdn, profile
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.numbers import actions as numbers_done
from mingbai.numbers import queries as numbers
from mingbai.people.queries import ApiKeyView
from mingbai.web import limits, texts
from mingbai.web.labels import registered_name
from mingbai.web.phoneblock import formats, shapes
from mingbai.web.phoneblock.keys import Basic, Bearer, partner

router = Router()
Format = Literal["json", "xml"]
Sha1 = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{40}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^(?:[0-9A-Fa-f]{2}){2,20}$")]
Phone = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_ERRORS: dict[int, Any] = dict.fromkeys((400, 401, 403, 429), str)
_SOURCE = "partner"
_NO_NUMBER = "Invalid phone number."


@router.get("/check", response={200: shapes.PhoneInfo, **_ERRORS})
def check(
    request: HttpRequest,
    sha1: Annotated[Sha1, Query(description="SHA-1 of “+” and the number with country code, in hex")],
    prefix10: Annotated[Sha1 | None, Query(description="SHA-1 without the last digit")] = None,
    prefix100: Annotated[Sha1 | None, Query(description="SHA-1 without the last two digits")] = None,
    format: Format = "json",
) -> HttpResponse:
    """Look a number up by its whole hash. It does not hide the number: use check-prefix for that."""
    _spend(partner(request, Scope.LABELS_READ))
    found = numbers.listed_by_hash(sha1)
    if found is not None and found.votes:
        number = msisdn.of_digits(str(found.number))
        return formats.answer(request, "phone-info", shapes.info(found, near=_near(number)))
    near = max(_of_range(1, prefix10), _of_range(2, prefix100))
    return formats.answer(request, "phone-info", shapes.unlisted(None, near=near))


@router.get("/check-prefix", response={200: shapes.PrefixCheckResult, **_ERRORS})
def check_prefix(
    request: HttpRequest,
    sha1: Annotated[Prefix, Query(description="The first 4 to 40 hex digits of the hash, an even number of them")],
    prefix10: Annotated[Prefix | None, Query(description="The same of the number without its last digit")] = None,
    prefix100: Annotated[Prefix | None, Query(description="The same without its last two digits")] = None,
    format: Format = "json",
) -> HttpResponse:
    """Look a number up without telling which: everything whose hash begins so, for the app to look through."""
    _spend(partner(request, Scope.LABELS_READ))
    result = shapes.PrefixCheckResult(
        numbers=[shapes.info(one) for one in numbers.listed_by_prefix(sha1)],
        range10=shapes.ranges(numbers.ranges_by_prefix(1, prefix10)) if prefix10 else [],
        range100=shapes.ranges(numbers.ranges_by_prefix(2, prefix100)) if prefix100 else [],
    )
    return formats.answer(request, "prefix-check-result", result)


@router.get("/num/{path:phone}", response={200: shapes.PhoneInfo, **_ERRORS})
def num(request: HttpRequest, phone: Annotated[Phone, Path()], format: Format = "json") -> HttpResponse:
    """Look a number up, as dialled, with “00” or “+” and country code. A firm's number shows its name, too."""
    _spend(partner(request, Scope.LABELS_READ))
    number = _number(phone)
    found = numbers.listed_number(number)
    near = _near(number)
    if found is not None and found.votes:
        return formats.answer(request, "phone-info", shapes.info(found, near=near))
    shown = numbers.label_for(number)
    label = shown.text if shown is not None else registered_name(numbers.holder_of(number))
    return formats.answer(request, "phone-info", shapes.unlisted(number, near=near, label=label))


@router.get("/blocklist", response={200: shapes.Blocklist, **_ERRORS})
def blocklist(
    request: HttpRequest,
    since: Annotated[int, Query(ge=0, lt=1 << 63, description="The version that is known; left out or 0: all")] = 0,
    format: Format = "json",
) -> HttpResponse:
    """The list, or what has changed since a version: what has no votes any more is to be removed."""
    key = partner(request, Scope.LABELS_READ)
    _spend(key)
    version = numbers.list_version()
    known = since if since <= version else 0  # a version that was never given: begin anew
    entries = [shapes.entry(one) for one in numbers.listed(known, version)]
    numbers_done.note_fetch(organisation=key.organisation, key=key.id, since=known, version=version, rows=len(entries))
    return formats.answer(request, "blocklist", shapes.Blocklist(numbers=entries, version=version))


@router.post("/rate", response={200: str, **_ERRORS})
def rate(request: HttpRequest, body: shapes.RateRequest) -> HttpResponse:
    """Report a number. One rated A_LEGITIMATE is no report, and nothing is recorded."""
    key = partner(request, Scope.REPORTS_WRITE)
    number = _number(body.phone)
    texts.refuse_nul([body.comment], where="comment")
    if body.rating == shapes.LEGITIMATE:
        return formats.text("A legitimate call is no report: nothing was recorded.")
    _report(key, number, shapes.KINDS[body.rating], body.comment)
    return formats.text("Rating recorded.")


@router.post("/report-call/{path:phone}", response={204: None, **_ERRORS})
def report_call(request: HttpRequest, phone: Annotated[Phone, Path()]) -> HttpResponse:
    """Report a call of a number that is on the list; of another nothing is recorded, as in PhoneBlock itself."""
    key = partner(request, Scope.REPORTS_WRITE)
    number = _number(phone)
    found = numbers.listed_number(number)
    if found is not None and found.kind is not None:
        _report(key, number, shapes.report_kind(found.kind), "")
    return HttpResponse(status=204)


@router.get("/test", response={200: str, **_ERRORS})
def test(request: HttpRequest) -> HttpResponse:
    """Whether the key holds: “ok”."""
    return formats.text("ok")


@csrf_exempt  # as the calls themselves
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address: a number that holds a line break, or a call that is not here."""
    if rest.startswith(("num/", "report-call/")):
        return formats.text(_NO_NUMBER, 400)
    return formats.text("There is no such call here.", 404)


def _report(key: ApiKeyView, number: Msisdn, kind: str, comment: str) -> None:
    limits.spend(f"phoneblock:report:{key.id}", _most())
    cases.report(Said(source=_SOURCE, number=number, kind=kind, organisation=key.organisation, text=comment))


def _number(typed: str) -> Msisdn:
    """Raises Problem for what is no number, in PhoneBlock's words."""
    try:
        return msisdn.require(unquote(typed))
    except Problem:
        raise Problem("phoneblock.number", _NO_NUMBER) from None


def _near(number: Msisdn) -> int:
    """People behind the numbers around it, when so many of these are on the list that they are somebody's range."""
    return max(numbers.people_near(cut, number, _terms().range_numbers) for cut in (1, 2))


def _of_range(cut: int, sha1: str | None) -> int:
    found = numbers.ranges_by_prefix(cut, sha1) if sha1 else []
    return max((one.votes for one in found if one.count >= _terms().range_numbers), default=0)


def _spend(key: ApiKeyView) -> None:
    limits.spend(f"phoneblock:{key.id}", _most())


def _most() -> int:
    """Requests of one kind by one key in an hour."""
    return _terms().api_per_hour


def _terms() -> profile.Labels:
    return profile.load(settings.HOME).labels


api = formats.Shaped(
    title="Mingbai 明白: PhoneBlock",
    version="1.6",
    description="Labels in the shape of the PhoneBlock API. Only check-prefix hides which number is looked up.",
    auth=[Bearer(), Basic()],
    docs_url=None,
    urls_namespace="phoneblock",
)
api.add_router("", router)
formats.install(api)
