"""What may be done to orders: a function a verb, its ledger entry in the same transaction."""

from mingbai.orders.actions.closing import cancel, decline, end_trials, expire_due, withdraw
from mingbai.orders.actions.confirming import Outcome, confirm, confirm_by_code, send_code
from mingbai.orders.actions.erasure import forget
from mingbai.orders.actions.fulfilling import fulfil_due
from mingbai.orders.actions.keeping import keep, remove_old
from mingbai.orders.actions.offering import preview, propose

__all__ = [
    "Outcome",
    "cancel",
    "confirm",
    "confirm_by_code",
    "decline",
    "end_trials",
    "expire_due",
    "forget",
    "fulfil_due",
    "keep",
    "preview",
    "propose",
    "remove_old",
    "send_code",
    "withdraw",
]
