"""What may be done in a case: a function a verb, one transaction, its entry in the log inside."""

from mingbai.cases.actions.casework.appealing import appeal_case, decide_appeal
from mingbai.cases.actions.casework.closing import forget
from mingbai.cases.actions.casework.measures import (
    Wish,
    approve,
    close,
    decline,
    drop,
    lift,
    measures_due,
    propose,
)
from mingbai.cases.actions.casework.opening import hand_over, open_case, take_up
from mingbai.cases.actions.casework.telling import read_notice
from mingbai.cases.actions.casework.verifying import add_sample, answer_question, ask_holder, check, find, listen

__all__ = [
    "Wish", "add_sample", "answer_question", "appeal_case", "approve", "ask_holder", "check", "close",
    "decide_appeal", "decline", "drop", "find", "forget", "hand_over", "lift", "listen", "measures_due", "open_case",
    "propose", "read_notice", "take_up",
]  # fmt: skip
