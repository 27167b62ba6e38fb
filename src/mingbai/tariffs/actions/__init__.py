"""What may be done to tariffs: a function a verb, its ledger entry inside."""

from mingbai.tariffs.actions.drafting import discard, draft, submit
from mingbai.tariffs.actions.importing import BadRow, Report, Taken, import_tariffs
from mingbai.tariffs.actions.publishing import answer, publish, send_back, withdraw

__all__ = [
    "BadRow",
    "Report",
    "Taken",
    "answer",
    "discard",
    "draft",
    "import_tariffs",
    "publish",
    "send_back",
    "submit",
    "withdraw",
]
