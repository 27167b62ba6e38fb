"""What may be done to number resources, trunks and contracts: a function a verb, its ledger entry inside."""

from mingbai.numbers.actions.importing import import_numbers
from mingbai.numbers.actions.labels import correct_labels, drop_labels, end_label, label_due, set_label
from mingbai.numbers.actions.refiling import end, refile
from mingbai.numbers.actions.registering import (
    create_trunk,
    register_number,
    set_committed,
    set_limits,
    set_number_state,
    set_own_label,
    set_principal,
    set_trunks,
    sign_contract,
)
from mingbai.numbers.actions.restricting import forget_numbers, lift, restrict, restrict_due
from mingbai.numbers.sheet import BadRow, Report

__all__ = [
    "BadRow",
    "Report",
    "correct_labels",
    "create_trunk",
    "drop_labels",
    "end",
    "end_label",
    "forget_numbers",
    "import_numbers",
    "label_due",
    "lift",
    "refile",
    "register_number",
    "restrict",
    "restrict_due",
    "set_committed",
    "set_label",
    "set_limits",
    "set_number_state",
    "set_own_label",
    "set_principal",
    "set_trunks",
    "sign_contract",
]
