"""What a number is shown as to anybody: its label, else the name that its registration gives it."""

from __future__ import annotations

from django.conf import settings

from mingbai.kernel import profile
from mingbai.kernel.terms import Use
from mingbai.numbers.queries import NumberView


def registered_name(view: NumberView | None) -> str:
    """What the gate shows with a call of a firm's number; empty for a person's, and for one that is closed."""
    if view is None or view.closed_at is not None or view.use == Use.PERSONAL:
        return ""
    wording = profile.load(settings.HOME).gate.labels.get(Use(view.use), {}).get("zh", "")
    return view.label or f"{view.principal_name} {wording}".strip()
