"""Tables of cases: reports and directives; cases with their findings and measures; appeals."""

from mingbai.cases.models.appeals import Appeal
from mingbai.cases.models.casework import (
    Case,
    CheckDone,
    Finding,
    HolderNotice,
    Look,
    Measure,
    Opening,
    PartnerTold,
    Question,
    Sample,
)
from mingbai.cases.models.evidence import Evidence, EvidenceLook
from mingbai.cases.models.reports import Directive, Report, Reported

__all__ = [
    "Appeal",
    "Case",
    "CheckDone",
    "Directive",
    "Evidence",
    "EvidenceLook",
    "Finding",
    "HolderNotice",
    "Look",
    "Measure",
    "Opening",
    "PartnerTold",
    "Question",
    "Report",
    "Reported",
    "Sample",
]
