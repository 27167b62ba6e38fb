"""What may be done with findings and rule sets: a function a verb, one transaction, its entry in the log inside."""

from mingbai.detection.actions.judging import MOST_NUMBERS, dismiss, to_case, to_cases_by_rule
from mingbai.detection.actions.recording import Found, Recorded, forget_positions, kept, record
from mingbai.detection.actions.rule_sets import ask_shadow, drop, go_live, propose

__all__ = [
    "MOST_NUMBERS", "Found", "Recorded", "ask_shadow", "dismiss", "drop", "forget_positions", "go_live", "kept",
    "propose", "record", "to_case", "to_cases_by_rule",
]  # fmt: skip
