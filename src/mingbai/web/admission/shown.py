"""An application as both desks show it: what was declared, papers, looks, contract, chain."""

from __future__ import annotations

from typing import Any

from mingbai.admission import queries
from mingbai.admission.queries import ApplicationView, Paper
from mingbai.numbers import queries as numbers


def about(one: ApplicationView) -> dict[str, Any]:
    """The parts of the page of one application."""
    papers = {paper.paper: paper for paper in queries.documents(one.id)}
    return {
        "one": one,
        "papers": [(paper.value, papers.get(paper.value)) for paper in Paper],
        "reviews": queries.reviews(one.id),
        "contract": queries.contract(one.id),
        "doubts": queries.doubts(application=one.id, open_only=False),
        "recheck": queries.recheck_of(one.id),
        "lines": [found.name for trunk in one.trunks if (found := numbers.trunk(trunk)) is not None],
        "history": [ident for ident in queries.history(one.id) if ident != one.id],
        "ending": numbers.ending(one.resource) if one.resource else None,
    }
