"""Whether a plan version may be published, what it costs, which plans another makes needless. Pure."""

from mingbai.tariffs.rules.findings import Finding, Level, check, errors, key, open_questions, questions
from mingbai.tariffs.rules.use import Cost, Offer, Use, cost, dominates, needless, offer

__all__ = [
    "Cost",
    "Finding",
    "Level",
    "Offer",
    "Use",
    "check",
    "cost",
    "dominates",
    "errors",
    "key",
    "needless",
    "offer",
    "open_questions",
    "questions",
]
