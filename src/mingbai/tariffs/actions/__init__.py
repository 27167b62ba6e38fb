"""What may be done to tariffs: a function a verb, its ledger entry inside."""

from mingbai.tariffs.actions.drafting import discard, draft, submit
from mingbai.tariffs.actions.importing import BadRow, Report, Taken, import_tariffs
from mingbai.tariffs.actions.many import Moved, publish_many, submit_many
from mingbai.tariffs.actions.publishing import answer, publish, send_back, withdraw

__all__ = [
    "BadRow",
    "Moved",
    "Report",
    "Taken",
    "answer",
    "discard",
    "draft",
    "import_tariffs",
    "publish",
    "publish_many",
    "send_back",
    "submit",
    "submit_many",
    "withdraw",
]
