"""What a verdict stands on, under the profile in force."""

from __future__ import annotations

from mingbai.gate.decide import Verdict, policy_of
from mingbai.kernel.terms import Decision
from mingbai.notices.queries import profile


def outcome(code: int, decision: int) -> Verdict | None:
    """The outcome that a recorded verdict was; None for a code that this version does not know.

    Where several outcomes share a code the first with that decision stands for all: they share their basis too.
    """
    alike = [one for one in policy_of(profile()).said.values() if one.code == code]
    return next((one for one in alike if one.decision == Decision(decision)), alike[0] if alike else None)


def by_rule(rule: str) -> Verdict | None:
    """The first outcome of a rule, by its stable name."""
    return next((one for one in policy_of(profile()).said.values() if one.rule == rule), None)
