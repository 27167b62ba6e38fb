"""Tables of cases: appeals; reports, whom they are about, an authority's directives."""

from mingbai.cases.models.appeals import Appeal
from mingbai.cases.models.reports import Directive, Report, Reported

__all__ = ["Appeal", "Directive", "Report", "Reported"]
