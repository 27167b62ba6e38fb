"""From “organisation 7 wants to call for marketing, tomorrow at ten” to a call without a called person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mingbai.gate.decide import Call
from mingbai.gate.facts import Gathered, Mark, NumberFacts, View
from mingbai.gate.scrub.judging import Campaign
from mingbai.kernel import clock, msisdn
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import USES, Use

# A caller that has no number yet: no rule about kinds of calling numbers meets it.
_NO_NUMBER = Msisdn("", Kind.FIXED)


def campaign(
    view: View,
    profile: Profile,
    *,
    organisation: int,
    use: Use,
    caller: str = "",
    trunk: str = "",
    at: datetime | None = None,
) -> Campaign:
    """The campaign of `organisation` as principal.

    `caller`: one of the numbers that call for it; without, any number of its own. `at`: when the calls will be made;
    without, within the hours in which they are allowed. Raises Problem when the organisation is unknown or the number
    does not call for it.
    """
    principal = view.organisation(organisation)
    if principal is None:
        raise Problem("scrub.organisation", "the gate knows no such organisation", where="organisation", status=404)
    purpose = USES.index(use)
    line = view.trunk(trunk) if trunk else None
    if trunk and line is None:
        raise Problem("scrub.trunk", "the gate knows no such trunk", where="trunk")
    number, said = NumberFacts(organisation, organisation, purpose), _NO_NUMBER
    mark = None
    if caller:
        said = msisdn.require(caller)
        number, mark = _number(view, said, organisation, line.trunk if line else 0)
    age = (clock.now_us() - view.synced_at) / 1e6
    holder = view.organisation(number.holder)
    gathered = Gathered(
        number=number,
        principal=organisation,
        principal_org=principal,
        holder_org=holder,
        trunk=line,
        position=view.position,
        synced_at=view.synced_at,
        age_s=age,
        mark=mark,
    )
    at_us, minute = _when(profile, number.use, at)
    return Campaign(Call(said, _NO_NUMBER, trunk, at_us, minute, purpose), gathered, profile)


def _number(view: View, caller: Msisdn, organisation: int, trunk: int) -> tuple[NumberFacts, Mark | None]:
    number, mark = view.marked(int(caller.digits))
    principal = dict(number.assignments).get(trunk, number.principal) if number else 0
    if number is None or principal != organisation:
        raise Problem(
            "scrub.caller",
            "this number does not call for this organisation",
            where="caller",
            mend="name its trunk, or another number",
        )
    return number, mark


def _when(profile: Profile, use: int, at: datetime | None) -> tuple[int, int]:
    """(µs since the epoch, local minute of the day); without a time now, moved into the permitted hours."""
    local = (at or clock.now()).astimezone(ZoneInfo(profile.gate.timezone))
    minute = local.hour * 60 + local.minute
    hours = profile.gate.hours.get(USES[use])
    if at is None and hours and not hours[0] <= minute < hours[1]:
        minute = hours[0]
    return int(local.timestamp() * 1_000_000), minute
