"""decide(call, gathered, profile) → Verdict: pure and total. The order of the rules is the order of the lines."""

from __future__ import annotations

from typing import Final, NamedTuple

from mingbai.gate.decide.policy import Policy, policy_of
from mingbai.gate.decide.rules import Verdict
from mingbai.gate.facts import (
    ACTIVE,
    CLAIMED,
    FREE,
    GIVEN,
    NO_LIMITS,
    REFUSED,
    SUSPENDED,
    ConsentFact,
    Gathered,
    Limits,
    Mark,
)
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import USES, Decision, Use

_SECOND_US: Final = 1_000_000
_DAY_US: Final = 86_400_000_000
_PERSONAL: Final = USES.index(Use.PERSONAL)
_ANY: Final = 0
_MALFORMED: Final = Kind.MALFORMED
_UNALLOCATED: Final = Kind.UNALLOCATED
_WITHHELD: Final = Kind.WITHHELD
_make: Final = tuple.__new__  # makes a named tuple without going through its Python-level constructor: half the time
_WITHHELD_LABEL: Final = "号码未显示"


class Call(NamedTuple):
    """One call as asked about. `at` µs since the epoch; `minute_of_day` local to the called person, 0-1439.

    `trunk` is the name of the line it arrives on, empty when the asker cannot know; `purpose` an index of terms.USES
    that the caller declares, or None; `verstat` as in RFC 8224 practice (“TN-Validation-Passed”), empty when absent.
    """

    caller: Msisdn
    callee: Msisdn
    trunk: str = ""
    at: int = 0
    minute_of_day: int = 720
    purpose: int | None = None
    verstat: str = ""


class Counts(NamedTuple):
    """Attempts in the last minute, hour and day, this one included: of the number, its holder, its principal."""

    number: Limits = NO_LIMITS
    holder: Limits = NO_LIMITS
    principal: Limits = NO_LIMITS


NO_COUNTS: Final = Counts()


def decide(call: Call, gathered: Gathered, profile: Profile, counts: Counts = NO_COUNTS) -> Verdict:
    """The verdict on one call. Never raises."""
    policy = policy_of(profile)
    return judge(call, gathered, policy, use_of(call, gathered, policy), counts)


def judge(call: Call, gathered: Gathered, policy: Policy, use: int, counts: Counts) -> Verdict:
    """`decide` for who has the policy of a profile, and the use that a call counts as, at hand."""
    if call.callee.kind in policy.always_pass:
        return policy.said["emergency"]
    outcome = _caller(call, gathered, policy) if call.caller.kind in policy.watched_kinds else None
    if outcome is None and gathered.missing:
        return policy.missing[use in policy.guarded_uses]
    outcome = outcome or _standing(call, gathered) or _blocked(call, gathered)
    if outcome is not None:
        return policy.said[outcome]
    said = _said(call, gathered, use)
    if said is not None:
        if said.state == REFUSED:
            return _citing(policy.said["refused"], "", said.consent)
        if said.state == CLAIMED and not policy.claimed_counts:
            said = None
    outcome = _allowed(call, gathered, policy, use, said) or _limits(gathered, policy, counts)
    if outcome is not None:
        return policy.said[outcome]
    if gathered.age_s > policy.max_age_s:
        return policy.stale[use in policy.guarded_uses]
    return _through(call, gathered, policy, use, said)


def unrecorded(verdict: Verdict, call: Call, policy: Policy, use: int) -> Verdict:
    """The verdict on an attempt that no journal could take: a refusal stands, and calls for help go on."""
    instead = policy.unjournalled[use in policy.guarded_uses]
    if instead is None or verdict.decision is Decision.REFUSE or call.callee.kind in policy.always_pass:
        return verdict
    return instead


def use_of(call: Call, gathered: Gathered, policy: Policy) -> int:
    """What the call counts as, an index of terms.USES.

    A purpose that is declared narrows the registered use, but never talks a number out of a use that needs consent,
    nor a registered firm's number into a personal one.
    """
    number = gathered.number
    registered = _PERSONAL if number is None else number.use
    if registered in policy.consent_uses or call.purpose is None:
        return registered
    return registered if call.purpose == _PERSONAL else call.purpose


def _caller(call: Call, gathered: Gathered, policy: Policy) -> str | None:
    kind = call.caller.kind
    if kind is _MALFORMED:
        return "malformed"
    if kind is _UNALLOCATED and gathered.number is None:
        return "unallocated"
    if kind in policy.spoof_kinds and not gathered.missing:
        trunk, number = gathered.trunk, gathered.number
        registered = number is not None and (number.trunks or not call.trunk)  # then its own trunks are what counts
        if not registered and (trunk is None or not trunk.special):
            return "spoofed"
    if kind is _WITHHELD and policy.withheld == "refuse":
        return "withheld"
    return None


def _standing(call: Call, gathered: Gathered) -> str | None:
    number, mark = gathered.number, gathered.mark
    if number is None:
        return None if mark is None else _restricted(mark)
    if number.state != ACTIVE:
        return "suspended" if number.state == SUSPENDED else "closed"
    holder, principal = gathered.holder_org, gathered.principal_org
    if (holder is not None and holder.state != ACTIVE) or (principal is not None and principal.state != ACTIVE):
        return "holder"
    if mark is not None and (restricted := _restricted(mark)) is not None:
        return restricted
    if (holder is not None and holder.as_holder.suspended) or (
        principal is not None and principal.as_principal.suspended
    ):
        return "holder_restricted"
    if call.trunk and number.trunks and (gathered.trunk is None or gathered.trunk.trunk not in number.trunks):
        return "foreign"
    return None


def _restricted(mark: Mark) -> str | None:
    return "shut" if mark.shut else "restricted" if mark.suspended else None


def _blocked(call: Call, gathered: Gathered) -> str | None:
    _, numbers, prefixes, firms, _ = gathered.subscriber
    if not (numbers or prefixes or firms):
        return None
    digits = call.caller.digits
    if numbers and digits and int(digits) in numbers:
        return "blocked"
    if prefixes and digits and digits.startswith(prefixes):
        return "blocked"
    if firms and gathered.number is not None and (gathered.principal in firms or gathered.number.holder in firms):
        return "blocked"
    return None


def _said(call: Call, gathered: Gathered, use: int) -> ConsentFact | None:
    """What the called person said to this principal about this use: refusal, else consent given, else claimed."""
    consents, principal = gathered.subscriber.consents, gathered.principal
    if not consents or not principal:
        return None
    found = None
    for consent in consents:
        if consent[0] != principal or (consent[1] != use + 1 and consent[1] != _ANY):
            continue
        state = consent[2]
        if state == REFUSED:
            return consent
        until = consent[3]
        current = consent[1] != _ANY and (not until or call.at // _DAY_US <= until)
        if current and (state == GIVEN or (state == CLAIMED and found is None)):
            found = consent
    return found


def _allowed(call: Call, gathered: Gathered, policy: Policy, use: int, said: ConsentFact | None) -> str | None:
    number = gathered.number
    if use in policy.forbidden_uses:
        return "forbidden"
    if call.caller.kind in policy.needs_commitment and (number is None or not number.committed):
        return "uncommitted"
    if said is None and use in policy.consent_uses:
        return "unconsented"
    hours = policy.hours.get(use)
    if hours is not None and not hours[0] <= call.minute_of_day < hours[1]:
        return "hours"
    categories = gathered.subscriber.blocked_categories
    if categories and number is not None and policy.category_opt_out:
        industry = number.industry or (gathered.principal_org.industry if gathered.principal_org is not None else 0)
        if industry and categories >> (industry - 1) & 1:
            return "category"
    return None


def _limits(gathered: Gathered, policy: Policy, counts: Counts) -> str | None:
    number, mark = gathered.number, gathered.mark
    holder = principal = None
    if number is not None and number.use != _PERSONAL:
        limits = number.limits
        if _exceeds(counts.number, limits if limits != NO_LIMITS else policy.limits):
            return "number_limit"
        holder, principal = gathered.holder_org, gathered.principal_org
        if holder is not None and holder.limits != NO_LIMITS and _exceeds(counts.holder, holder.limits):
            return "contract_limit"
        if principal is not None and principal.limits != NO_LIMITS and _exceeds(counts.principal, principal.limits):
            return "contract_limit"
    if (
        (mark is not None and mark.limits != NO_LIMITS and _exceeds(counts.number, mark.limits))
        or (holder is not None and holder.as_holder is not FREE and _exceeds(counts.holder, holder.as_holder.limits))
        or (
            principal is not None
            and principal.as_principal is not FREE
            and _exceeds(counts.principal, principal.as_principal.limits)
        )
    ):
        return "measure_limit"
    return None


def _exceeds(counts: Limits, limits: tuple[int, ...]) -> bool:
    """Whether any count is above its limit; 0 is no limit."""
    minute, hour, day = limits
    return 0 < minute < counts[0] or 0 < hour < counts[1] or 0 < day < counts[2]


def _through(call: Call, gathered: Gathered, policy: Policy, use: int, said: ConsentFact | None) -> Verdict:
    number, mark = gathered.number, gathered.mark
    if mark is not None and mark.kind and (not mark.until or call.at < mark.until * _SECOND_US):
        return _citing(policy.marked[mark.kind - 1], mark.label, 0 if said is None else said.consent)
    if number is None or number.use == _PERSONAL:
        if call.caller.kind is _WITHHELD and policy.withheld == "label":
            return _citing(policy.said["labelled_withheld"], _WITHHELD_LABEL, 0)
        return policy.said["passed"]
    # A number's own label names its own principal: where it calls for another, it would name the wrong firm.
    label = number.label if gathered.principal == number.principal else ""
    if not label:
        wording, firm = policy.labels.get(use, ""), gathered.principal_org
        label = f"{firm.name} {wording}".strip() if firm is not None else wording
    if said is None:
        return _citing(policy.said["labelled"], label, 0)
    return _citing(policy.said["labelled_given" if said.state == GIVEN else "labelled_claimed"], label, said.consent)


def _citing(verdict: Verdict, label: str, consent: int) -> Verdict:
    decision, code, rule, reason, basis, _, sip, _ = verdict
    return _make(Verdict, (decision, code, rule, reason, basis, label, sip, consent))
