"""The life of a rule set: proposed, run in shadow over past days, let go live by a second person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings as django
from django.db import IntegrityError, transaction

from mingbai.calls import queries as calls
from mingbai.detection import events
from mingbai.detection import settings as rule_settings
from mingbai.detection.models import RuleSet, ShadowRun
from mingbai.detection.states import SET_NEXT, RunState, SetState
from mingbai.kernel import clock, profile
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger import canonical

MOST_DAYS = 92
_LONGEST = 200


def propose(changes: Mapping[str, Any], *, note: str, account: int) -> int:
    """A person proposes other settings; the rule set's id. `changes`: setting → value, over the profile's.

    Without changes it goes back to the profile. Raises Problem for a setting or a value that there is not, a note that
    says nothing, and when nothing would change.
    """
    kept = _noted(note)
    with transaction.atomic():
        live = RuleSet.objects.filter(state=SetState.LIVE).values_list("settings", flat=True).first()
        settings = rule_settings.checked(changes, live or {})
        row = RuleSet.objects.create(
            note=kept, settings=settings, proposed_by=account, proposed_at=clock.now(), entry=0
        )
        content = {"account": account, "rules": row.id, "settings_sha256": digest(settings)}
        row.entry = _entered(events.PROPOSED, row.id, content)
        row.save(update_fields=["entry"])
    return row.id


def ask_shadow(rules: int, *, first: date, last: date, account: int) -> int:
    """Let a rule set judge past days beside the rules in force; the run's id. A process of its own does it.

    Raises Problem for days that are not past, too many of them, a rule set that is out, and while one runs.
    """
    today = clock.now().astimezone(ZoneInfo(profile.load(django.HOME).gate.timezone)).date()
    if not first <= last < today or (last - first).days >= MOST_DAYS:
        what = f"a shadow run goes over past days, at most {MOST_DAYS} of them"
        raise Problem("detection.days", what, where="first")
    try:
        with transaction.atomic():
            row = _held(rules, SetState.DRAFT, SetState.SHADOWED)
            live = RuleSet.objects.filter(state=SetState.LIVE).first()
            run = ShadowRun.objects.create(
                rules_id=rules, against=live.id if live else 0, first_day=first, last_day=last, asked_by=account,
                asked_at=clock.now(), figures={"judged_by": _judged_by(live, row)},
            )  # fmt: skip
            days = {"first": first.isoformat(), "last": last.isoformat()}
            _entered(events.SHADOW_ASKED, rules, {"account": account, "rules": rules, "run": run.id, **days})
            return run.id
    except IntegrityError:
        raise Problem("detection.runs", "a shadow run of it is under way", where="rules", status=409) from None


def go_live(rules: int, *, account: int) -> None:
    """A second person lets a rule set that ran in shadow judge from now on; the one in force until now is over.

    Raises Problem for who proposed it, and for a rule set whose last shadow run did not compare it with the rules that
    are in force now, the profile below them included, or went over days of which records were imported since.
    """
    with transaction.atomic():
        row = _held(rules, SetState.SHADOWED)
        if row.proposed_by == account:
            raise Problem(
                "detection.same_person", "who proposed it does not let it go live", where="account", status=403
            )
        before = RuleSet.objects.select_for_update().filter(state=SetState.LIVE).first()
        last = _still_tells(row, before)
        now = clock.now()
        if before is not None:
            RuleSet.objects.filter(id=before.id, state=SetState.LIVE).update(state=SetState.RETIRED, over_at=now)
        rows = RuleSet.objects.filter(id=rules, state=SetState.SHADOWED)
        if not rows.update(state=SetState.LIVE, live_by=account, live_at=now):
            raise _moved(row.state)
        content = {"account": account, "before": before.id if before else 0, "rules": rules, "run": last.id}
        _entered(events.LIVE, rules, {**content, "settings_sha256": digest(row.settings)})


def _still_tells(row: RuleSet, live: RuleSet | None) -> ShadowRun:
    """The last shadow run of a rule set. Raises Problem when what it compared is not what is there now."""
    last = row.runs.filter(state=RunState.DONE).order_by("-id").first()
    again = "run it in shadow again"
    if (
        last is None
        or last.against != (live.id if live else 0)
        or last.figures.get("judged_by") != _judged_by(live, row)
    ):
        what = "the rules in force have changed since it ran in shadow"
        raise Problem("detection.stale_shadow", what, where="rules", mend=again, status=409)
    back = timedelta(days=rule_settings.of_profile().lookback_days - 1)
    if calls.imported_meanwhile(django.HOME, last.first_day - back, last.last_day, last.asked_at):
        what = "call records of its days were imported since it ran in shadow"
        raise Problem("detection.stale_days", what, where="rules", mend=again, status=409)
    return last


def _judged_by(live: RuleSet | None, tried: RuleSet) -> list[str]:
    """What stands for the settings whole, of the rules in force and of those tried: the profile's too."""
    return [digest(asdict(rule_settings.over(one.settings if one else {}))) for one in (live, tried)]


def drop(rules: int, *, account: int, reason: str) -> None:
    """Give a rule set up that never went live. Raises Problem when it did, or is out already."""
    why = _noted(reason)
    with transaction.atomic():
        row = _held(rules, SetState.DRAFT, SetState.SHADOWED)
        rows = RuleSet.objects.filter(id=rules, state=row.state)
        if not rows.update(state=SetState.DROPPED, over_at=clock.now()):
            raise _moved(row.state)
        ShadowRun.objects.filter(rules=rules, state__in=[RunState.WAITING, RunState.RUNNING]).update(
            state=RunState.FAILED, done_at=clock.now(), problem="dropped"
        )
        _entered(events.DROPPED, rules, {"account": account, "rules": rules, "why_sha256": digest(why)})


def digest(what: Any) -> str:
    """SHA-256 of what stands in a table, by which the log names it."""
    return hashlib.sha256(canonical.dumps(_whole_numbers(what))).hexdigest()


def _whole_numbers(what: Any) -> Any:
    """Canonical JSON has no fractions: a weight is written as text."""
    if isinstance(what, float):
        return repr(what)
    if isinstance(what, Mapping):
        return {name: _whole_numbers(one) for name, one in what.items()}
    return [_whole_numbers(one) for one in what] if isinstance(what, (list, tuple)) else what


def _held(rules: int, *states: SetState) -> RuleSet:
    row = RuleSet.objects.select_for_update().filter(id=rules).first()
    if row is None:
        raise Problem("detection.no_rule_set", "there is no such rule set", where="rules", status=404)
    if row.state not in states:
        raise _moved(row.state)
    return row


def _moved(state: str) -> Problem:
    may = ", ".join(SET_NEXT[SetState(state)]) or "nothing"
    what = f"the rule set is {state}"
    return Problem("detection.rule_set_state", what, where="rules", mend=f"next is {may}", status=409)


def _entered(kind: str, rules: int, content: dict[str, Any]) -> int:
    return ledger.append(kind, content, ref=f"rules:{rules}")


def _noted(text: str) -> str:
    kept = text.strip()
    if not 4 <= len(kept) <= _LONGEST:
        what = f"between 4 and {_LONGEST} characters are needed"
        raise Problem("detection.words", what, where="note", mend="say in a few words why")
    return kept
