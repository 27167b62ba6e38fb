"""What may be done to number resources, trunks and contracts: a function a verb, its ledger entry inside."""

from mingbai.numbers.actions.importing import import_numbers
from mingbai.numbers.actions.label_corrections import (
    answer_correction,
    ask_correction,
    forget_fetches,
    forget_numbers_of_the_erased,
    note_fetch,
)
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
from mingbai.numbers.actions.telling import label_hook_secret, set_label_hook, tell_partners
from mingbai.numbers.sheet import BadRow, Report

__all__ = [
    "BadRow",
    "Report",
    "answer_correction",
    "ask_correction",
    "correct_labels",
    "create_trunk",
    "drop_labels",
    "end",
    "end_label",
    "forget_fetches",
    "forget_numbers",
    "forget_numbers_of_the_erased",
    "import_numbers",
    "label_due",
    "label_hook_secret",
    "lift",
    "note_fetch",
    "refile",
    "register_number",
    "restrict",
    "restrict_due",
    "set_committed",
    "set_label",
    "set_label_hook",
    "set_limits",
    "set_number_state",
    "set_own_label",
    "set_principal",
    "set_trunks",
    "sign_contract",
    "tell_partners",
]
