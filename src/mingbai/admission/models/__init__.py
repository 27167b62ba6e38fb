"""入网: applications for numbers and lines, their papers, contracts and re-checks; who was kept out; SIM orders."""

from mingbai.admission.models.applications import Application, Document, Review
from mingbai.admission.models.contracts import Contract
from mingbai.admission.models.entry import EntryLimit, Likeness, ListedPlace, SimOrder, Trait
from mingbai.admission.models.rechecks import Doubt, Recheck

__all__ = [
    "Application",
    "Contract",
    "Document",
    "Doubt",
    "EntryLimit",
    "Likeness",
    "ListedPlace",
    "Recheck",
    "Review",
    "SimOrder",
    "Trait",
]
