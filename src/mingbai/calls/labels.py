"""The label that went with a call, found again: the journal does not write it down.

By the verdict's code it is what was said of the number (802 to 804), or the number's own as the gate knew it then,
else the principal's name and the wording for the use. A number's labels are the business of `numbers`, a higher room,
which registers itself here. Names and wording are those of today.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings

from mingbai.gate.decide import Code
from mingbai.kernel import profile
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision
from mingbai.people import queries as people

WITHHELD = "号码未显示"  # as the gate says it of a caller that shows no number


class Own(NamedTuple):
    """A number's own label, and the principal that it names."""

    text: str
    principal: int


# (number resource, position of the gate's facts in the log) → its label as those facts had it
Labels = Callable[[Collection[tuple[int, int]]], Mapping[tuple[int, int], Own]]
# (calling number, position of the gate's facts in the log, µs since the epoch) → what was said of it then
Marks = Callable[[Collection[tuple[int, int, int]]], Mapping[tuple[int, int, int], str]]
_MARKED = frozenset({Code.LABELLED_CONFIRMED, Code.LABELLED_NAMED, Code.LABELLED_SUSPECTED})
_sources: list[Labels] = []
_marks: list[Marks] = []


def register(labels: Labels) -> None:
    """Have numbers' own labels asked for here."""
    if labels not in _sources:
        _sources.append(labels)


def register_marks(marks: Marks) -> None:
    """Have what is said of any number asked for here."""
    if marks not in _marks:
        _marks.append(marks)


def shown(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each recorded attempt's phone was to show, "" where the verdict was not to label."""
    labelled = [row for row in rows if _is_labelled(row)]
    asked = {(row["resource"], row["position"]) for row in labelled if row["resource"]}
    own = {key: found for source in _sources for key, found in source(asked).items()} if asked else {}
    firms = people.organisation_names({row["principal"] for row in labelled if row["principal"]})
    wording = profile.load(settings.HOME).gate.labels if labelled else {}
    said = [(row["caller"], row["position"], row["at_us"]) for row in rows if _is_marked(row)]
    marked = {key: text for source in _marks for key, text in source(said).items()} if said else {}
    return [
        marked.get((row["caller"], row["position"], row["at_us"]), "")
        if _is_marked(row)
        else _label(row, own, firms, wording)
        if _is_labelled(row)
        else ""
        for row in rows
    ]


def _is_marked(row: Mapping[str, Any]) -> bool:
    """Whether it went with what was said of the calling number, which may be unknown by now."""
    return bool(row["code"] in _MARKED and row["caller"])


def _is_labelled(row: Mapping[str, Any]) -> bool:
    return bool(row["decision"] == Decision.LABEL and row["code"] == Code.LABELLED)


def _label(
    row: Mapping[str, Any],
    own: Mapping[tuple[int, int], Own],
    firms: Mapping[int, str],
    wording: Mapping[Any, Mapping[str, str]],
) -> str:
    if row["caller_kind"] == Kind.WITHHELD:
        return WITHHELD
    found = own.get((row["resource"], row["position"]))
    # A number's own label names its own principal: where it called for another, the gate did not show it.
    if found is not None and found.text and found.principal == row["principal"]:
        return found.text
    return f"{firms.get(row['principal'], '')} {wording.get(USES[row['use'] or 0], {}).get('zh', '')}".strip()
