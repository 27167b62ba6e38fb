"""同意、拒绝、撤回: how one consent moves from state to state. Pure.

A consent belongs to subscriber × principal × purpose. Nothing said means refused: only GIVEN and CLAIMED ever let a
call through that needs consent. A refusal needs no reason and no earlier consent, and only the subscriber's own act
opens again what was refused.
"""

from __future__ import annotations

import re
from enum import StrEnum
from unicodedata import normalize

from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose


class State(StrEnum):
    """Where a consent stands; None (no row) where nothing was ever said."""

    GIVEN = "given"
    CLAIMED = "claimed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Act(StrEnum):
    """What can happen to a consent. CLAIM: a firm says that the subscriber agreed, by import or API."""

    GIVE = "give"
    CLAIM = "claim"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    DISPUTE = "dispute"


class How(StrEnum):
    """By what way it was said."""

    WEB = "web"
    SMS = "sms"
    SIGNATURE = "signature"
    RECORDING = "recording"
    IMPORTED = "imported"
    API = "api"


OWN_ACTS = frozenset({How.WEB, How.SMS, How.SIGNATURE})
FIRM_ACTS = frozenset(How) - OWN_ACTS
CLOSED = frozenset({State.REFUSED, State.WITHDRAWN})
OPEN = frozenset({State.GIVEN, State.CLAIMED})

_NEXT: dict[Act, dict[State | None, State | None]] = {
    Act.GIVE: dict.fromkeys((None, *State), State.GIVEN),
    Act.REFUSE: dict.fromkeys((None, *State), State.REFUSED),
    # Withdrawing what was never given is a refusal: nobody who says “no more” is told that there was nothing to stop.
    Act.WITHDRAW: {
        None: State.REFUSED,
        State.GIVEN: State.WITHDRAWN,
        State.CLAIMED: State.WITHDRAWN,
        State.REFUSED: State.REFUSED,
        State.WITHDRAWN: State.WITHDRAWN,
        State.EXPIRED: State.REFUSED,
    },
    Act.EXPIRE: {
        None: None,
        State.GIVEN: State.EXPIRED,
        State.CLAIMED: State.EXPIRED,
        State.REFUSED: State.REFUSED,
        State.WITHDRAWN: State.WITHDRAWN,
        State.EXPIRED: State.EXPIRED,
    },
    # What the subscriber said himself is more than what a firm claims, and a claim never undoes a refusal.
    Act.CLAIM: {
        None: State.CLAIMED,
        State.GIVEN: State.GIVEN,
        State.CLAIMED: State.CLAIMED,
        State.EXPIRED: State.CLAIMED,
    },
    Act.DISPUTE: {
        State.GIVEN: State.REFUSED,
        State.CLAIMED: State.REFUSED,
    },
}


def step(state: State | None, act: Act) -> State | None:
    """The state after `act`. Raises Problem when the act is not open from there."""
    after = _NEXT[act]
    if state in after:
        return after[state]
    if act is Act.CLAIM:
        raise Problem("consent.refused", "the subscriber has refused; only they can open it again", status=409)
    raise Problem("consent.nothing_to_dispute", "no consent stands that could be disputed", status=409)


def act_of(how: How) -> Act:
    """Whether a consent said this way is the subscriber's own act or a firm's claim."""
    return Act.GIVE if how in OWN_ACTS else Act.CLAIM


def check_purpose(purpose: Purpose, *, refusal: bool) -> None:
    """Raises Problem when somebody consents to “anything”: consent is explicit, ANY is for refusals alone."""
    if purpose is Purpose.ANY and not refusal:
        raise Problem("consent.any", "a consent names its purpose; “any” is for refusals", where="purpose")


def effective(states: dict[Purpose, State], purpose: Purpose) -> State | None:
    """What holds for a call of `purpose` from one principal, given every row of the subscriber about it.

    A refusal of ANY covers every purpose. None: nothing was said, which is refused where consent is needed.
    """
    if states.get(Purpose.ANY) in CLOSED:
        return State.REFUSED
    return states.get(purpose)


def reopened(purpose: Purpose) -> tuple[Purpose, ...]:
    """What stays refused when somebody who refused ANY gives a consent for `purpose`: every other purpose."""
    return tuple(other for other in Purpose if other not in (Purpose.ANY, purpose))


_PREFIX = re.compile(r"\+?[0-9]{2,12}|(?:\+|00)[17]")


def prefix(text: str) -> str:
    """A blocked prefix in normal form: “95” → “8695”, “021” → “8621”, “+1212” and “001212” → “1212”.

    Raises Problem for less than two digits (that would be half the world; but +1 and +7 are whole country codes), or
    more than twelve.
    """
    bare = normalize("NFKC", text).replace(" ", "").replace("-", "")  # the full-width digits of Chinese keyboards
    if not _PREFIX.fullmatch(bare):
        raise Problem("consent.prefix", "a prefix is 2 to 12 digits", where="value", mend="such as 95, 021 or +1212")
    if bare.startswith("+"):
        return bare[1:]
    if bare.startswith("00"):
        return prefix("+" + bare[2:])
    if bare.startswith("106"):
        return bare
    return "86" + bare.removeprefix("0")


def covered(prefix: str) -> tuple[str, ...]:
    """The beginnings of numbers in normal form that a blocked prefix covers: “1” is North America, not the 106 ports.

    No area code of the North American Numbering Plan begins with 0 or 1.
    """
    return tuple(f"1{digit}" for digit in range(2, 10)) if prefix == "1" else (prefix,)
