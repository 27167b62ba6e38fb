"""What may be done to orders: a function a verb, its ledger entry in the same transaction."""

from mingbai.orders.actions.closing import cancel, decline, end_trials, expire_due, withdraw
from mingbai.orders.actions.confirming import Outcome, confirm, confirm_by_code, send_code
from mingbai.orders.actions.erasure import forget
from mingbai.orders.actions.fulfilling import fulfil_due
from mingbai.orders.actions.keeping import keep, remove_old
from mingbai.orders.actions.looking import open_paper
from mingbai.orders.actions.offering import preview, propose
from mingbai.orders.actions.signing import Witness, check_presence, confirm_by_signature, send_presence_code

__all__ = [
    "Outcome",
    "Witness",
    "cancel",
    "check_presence",
    "confirm",
    "confirm_by_code",
    "confirm_by_signature",
    "decline",
    "end_trials",
    "expire_due",
    "forget",
    "fulfil_due",
    "keep",
    "open_paper",
    "preview",
    "propose",
    "remove_old",
    "send_code",
    "send_presence_code",
    "withdraw",
]
