"""What of a case is destroyed when the person whose number it is about is erased."""

from __future__ import annotations

from mingbai.cases.models import Case, CheckDone, Finding, HolderNotice, Measure, Question


def forget(subject: str) -> None:
    """Words about an erased subscriber go, and what they answered; that there was a case, and how it went, stays.

    Recordings lie under the key of whom they are of, and go with it.
    """
    mine = Case.objects.filter(subscriber_id=int(subject.removeprefix("subscriber:")))
    CheckDone.objects.filter(case__in=mine).update(note="")
    Question.objects.filter(case__in=mine).update(text="", answer="")
    Finding.objects.filter(case__in=mine).update(text="")
    Measure.objects.filter(case__in=mine).update(reason="", over_reason="")
    HolderNotice.objects.filter(measure__case__in=mine).update(parts={}, evidence={})
