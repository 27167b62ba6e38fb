"""What a phone of the town shows, and what its owner can do with it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from mingbai.calls import queries as calls
from mingbai.cases import actions as cases
from mingbai.cases.rules.reports import shown_follow
from mingbai.consent import actions as consent
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import queries as orders
from mingbai.orders.queries import EventView, OrderView
from mingbai.people import queries as people
from mingbai.town import firms, market, store
from mingbai.town.exchange import Exchange
from mingbai.town.line import Line
from mingbai.town.plan import Person, Town
from mingbai.town.stories import phones

SHOWN, ORDERS = 12, 5
_RINGS = ("allow", "label")


class Shown(NamedTuple):
    """One call as the phone lists it. `name`: who it is, if the phone knows; `principal` 0 when there is none."""

    at_us: int
    name: object
    number: str
    decision: int
    rang: bool
    label: object
    reason: object
    principal: int
    firm: str
    id: str = ""


class Choice(NamedTuple):
    """A caller that the reader can have ring this phone, and why it is worth trying."""

    number: str
    title: object
    hint: object


def home() -> Home:
    found: Home = settings.HOME
    return found


def town() -> Town:
    notes = store.load(home())
    return store.town_of(notes.seed, notes.people)


def person(id: int) -> Person:
    """Raises Problem for nobody."""
    everybody = town().people
    if not 0 <= id < len(everybody):
        raise Problem("town.nobody", "nobody of the town has this phone", where="person", status=404)
    return everybody[id]


def subscriber(owner: Person) -> int:
    """The subscriber of that phone. Raises Problem when the number was erased or never made."""
    found = people.subscriber_id(msisdn.require(owner.number))
    if found is None:
        raise Problem("town.nobody", "this number is nobody's now", where="person", status=404)
    return found


def calls_to(owner: Person) -> list[Shown]:
    """The latest calls to that phone, rung or not, newest first."""
    attempts = calls.attempts_to(subscriber(owner), SHOWN)
    names = people.organisation_names({attempt.principal for attempt in attempts if attempt.principal})
    book = {town().people[other].number: town().people[other].name for other in owner.knows}
    shown = []
    for attempt in attempts:
        number = msisdn.of_digits(attempt.caller) if attempt.caller else msisdn.WITHHELD
        firm = names.get(attempt.principal or 0, "")
        name = book.get(number.national) or firm or _("unknown caller")
        shown.append(
            Shown(
                at_us=attempt.at_us,
                name=name,
                number=number.national,
                decision=attempt.decision,
                rang=attempt.decision != Decision.REFUSE,
                label=attempt.label,
                reason=attempt.reason,
                principal=attempt.principal or 0,
                firm=firm,
                id=attempt.receipt_id,
            )
        )
    return shown


def messages_of(owner: Person) -> list[messages.MessageView]:
    """The phone's SMS, newest first."""
    return messages.messages(subscriber(owner), SHOWN)


def orders_of(owner: Person) -> list[tuple[OrderView, list[EventView]]]:
    """What was offered to this phone, the latest first, each with its steps."""
    return [(one, orders.events_of(one.id)) for one in orders.history(subscriber(owner), limit=ORDERS)]


def choices(owner: Person) -> list[Choice]:
    """Callers worth trying on this phone."""
    friend = town().people[owner.knows[0]]
    return [
        Choice("95200011", _("Songfeng Insurance, by call centre Zhengdao"), _("a marketing call")),
        Choice("95100011", _("Songfeng Insurance, by call centre Feixun"), _("same firm, other number, other holder")),
        Choice("95100061", _("Sudai Loans, by call centre Feixun"), _("calls people who said nothing to it")),
        Choice("01080000120", _("the town's hospital"), _("a notification, no consent needed")),
        Choice(firms.ROGUE, _("Julang, the call centre that was put out"), _("reported by seven people, verified")),
        Choice(firms.FREED, _("Renhe Pharmacy, freed on appeal"), _("medicine that waits; it was labelled wrongly")),
        Choice(firms.WAITS, _("Baicao Pharmacy, whose appeal waits"), _("suspended until somebody upholds its appeal")),
        Choice(friend.number, _("%(name)s, a friend") % {"name": friend.name}, _("an ordinary call between people")),
        Choice("110", _("a scammer who shows 110"), _("from an international line")),
        Choice("14200000001", _("a scammer with a number that nobody has"), _("from an international line")),
    ]


def ring(owner: Person, number: str) -> dict[str, Any]:
    """Let one of `choices` call this phone, through the gate; the verdict as it came over SIP or HTTP.

    Raises Problem for any other number.
    """
    if number not in {choice.number for choice in choices(owner)}:
        raise Problem("town.number", "this caller is not on the list", where="number")
    known = {line.number: line for line in town().lines}
    trunk = (
        known[number].trunk if number in known else "mobile" if len(number) == 11 and number[1] != "4" else "gateway"
    )
    line = Line(getattr(settings, "TOWN_GATE", ""), store.load(home()).gate_key)
    exchange = Exchange(line, getattr(settings, "TOWN_SIP", ""))
    try:
        verdict = exchange.call(number, owner.number, trunk)
    except OSError as error:
        raise Problem(
            "town.gate", "the gate does not answer", mend="wait a second and try again", status=503
        ) from error
    finally:
        exchange.close()
    if verdict["decision"] in _RINGS and number in known and known[number].use == "marketing":
        _after_call(owner, known[number].principal)
    return verdict


def _after_call(owner: Person, principal: str) -> None:
    """The message that follows a marketing call (挂机短信): a bare T answers it."""
    firm = store.load(home()).organisations[principal]
    name = next(found.name for found in town().firms if found.key == principal)
    text = f"【{name}】感谢接听。不想再接到我们的营销电话，回复 T 即可。Reply T and we call no more."
    notices.send(subscriber=subscriber(owner), template="after_call", text=text, context=f"principal:{firm}")


def stories() -> dict[str, Any]:
    """Where the stories of town.stories stand: ids of cases, whose phone reported whom, the numbers that called."""
    everybody = town()
    reporters = {number: phones(everybody, number)[0] for number in (firms.ROGUE, firms.FREED, firms.WAITS)}
    return {
        "played": store.load(home()).stories, "rogue": firms.ROGUE, "freed": firms.FREED, "waits": firms.WAITS,
        "rogue_phone": reporters[firms.ROGUE], "freed_phone": reporters[firms.FREED],
        "waits_phone": reporters[firms.WAITS],
    }  # fmt: skip


def reply(owner: Person, text: str) -> None:
    """Send an SMS from this phone to the house."""
    if text.strip():
        notices.receive(subscriber=subscriber(owner), text=text.strip()[:200])


def offer(owner: Person, pitch: str) -> int:
    """Have a seller offer something to this phone; the order's id. Raises Problem with the house's reason to refuse."""
    if pitch not in {one.key for one in market.pitches()}:
        raise Problem("town.pitch", "nobody offers this", where="pitch")
    return market.pitch(pitch, subscriber(owner), store.load(home()).organisations[firms.OPERATOR])


def report(owner: Person, call: str) -> str:
    """One tap in the list of calls: report who called; the number to follow it by, which comes by SMS too."""
    filed = cases.report_call(reporter=subscriber(owner), attempt=call, source="handset", kind="marketing")
    found = next((one for one in calls_to(owner) if one.id == call), None)
    page = f"{settings.PUBLIC_URL}/report/"
    cases.confirm(filed, subscriber=subscriber(owner), number=found.number if found else "", page=page)
    return shown_follow(filed.follow)


def stop(owner: Person, principal: int) -> None:
    """One tap: no more calls for that firm, whatever number or call centre."""
    consent.refuse(subscriber=subscriber(owner), principal=principal, how="web")
