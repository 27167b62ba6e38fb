"""What may be done in admission: a function a verb, its ledger entry inside."""

from mingbai.admission.actions.allocating import allocate, give_back, shut
from mingbai.admission.actions.applying import amend, change, enter, submit, withdraw
from mingbai.admission.actions.contracting import sealed_pdf, sign
from mingbai.admission.actions.entry import decide as decide_likeness
from mingbai.admission.actions.entry import identify, lift, limit
from mingbai.admission.actions.papers import add_paper, destroy_due, open_paper, sweep
from mingbai.admission.actions.rechecking import look, recheck_due, settle
from mingbai.admission.actions.reviewing import approve, refuse, send_back
from mingbai.admission.actions.sims import decide as decide_sims
from mingbai.admission.actions.sims import list_place, screen, unlist_place
from mingbai.admission.rules.declared import Declaration, Hours, Volume
from mingbai.admission.rules.words import Item, Paper, Sort, State, Trait

__all__ = [
    "Declaration",
    "Hours",
    "Item",
    "Paper",
    "Sort",
    "State",
    "Trait",
    "Volume",
    "add_paper",
    "allocate",
    "amend",
    "approve",
    "change",
    "decide_likeness",
    "decide_sims",
    "destroy_due",
    "enter",
    "give_back",
    "identify",
    "lift",
    "limit",
    "list_place",
    "look",
    "open_paper",
    "recheck_due",
    "refuse",
    "screen",
    "sealed_pdf",
    "send_back",
    "settle",
    "shut",
    "sign",
    "submit",
    "sweep",
    "unlist_place",
    "withdraw",
]
