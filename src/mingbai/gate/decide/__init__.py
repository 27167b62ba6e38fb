"""The verdict on a call: one plain function of the call, the facts and the profile."""

from mingbai.gate.decide.judge import NO_COUNTS, Call, Counts, decide, judge, unrecorded, use_of
from mingbai.gate.decide.policy import Policy, policy_of
from mingbai.gate.decide.rules import OUTCOMES, Basis, Code, Sip, Verdict

__all__ = [
    "NO_COUNTS",
    "OUTCOMES",
    "Basis",
    "Call",
    "Code",
    "Counts",
    "Policy",
    "Sip",
    "Verdict",
    "decide",
    "judge",
    "policy_of",
    "unrecorded",
    "use_of",
]
