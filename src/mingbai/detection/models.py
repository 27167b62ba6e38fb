"""What was found in the traffic, by which rules, and how far it was looked at; numbers as pseudonyms alone."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import F, Q

from mingbai.detection import states


def _words(of: type[StrEnum]) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in of]


class RuleSet(models.Model):
    """规则版本: what differs from the profile's rules. None that has not run in shadow, and that no second person let
    go live, is ever in force."""

    note = models.CharField(max_length=200)  # why
    settings = models.JSONField(default=dict)  # name of a setting of the profile's detection → its value here
    state = models.CharField(max_length=8, choices=_words(states.SetState), default=states.SetState.DRAFT.value)
    proposed_by = models.BigIntegerField()  # account
    proposed_at = models.DateTimeField()
    shadowed_at = models.DateTimeField(null=True)
    live_by = models.BigIntegerField(null=True)  # account of the second person
    live_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["state"], condition=Q(state="live"), name="rule_set_live_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["live", "retired"])
                | Q(live_by__isnull=False, live_at__isnull=False, shadowed_at__isnull=False),
                name="rule_set_shadowed_and_two",
            ),
            models.CheckConstraint(
                condition=Q(live_by__isnull=True) | ~Q(live_by=F("proposed_by")), name="rule_set_two_are_two"
            ),
        )


class Finding(models.Model):
    """线索: one rule's judgement of one subject on one local day, with its terms and the calls that it rests on.

    `head`, `tail`: the pseudonym of the number in its quarter; of a holder or trunk its id and 0. `rules` is the rule
    set's id, 0 for the profile's own. `figures` are the subject's features as judged, `terms` how the score adds up:
    [name, value, weight, contribution], `reason` [code, values], `against` [code, …], `cited` the calls, see `cited`.
    """

    kind = models.CharField(max_length=6, choices=_words(states.Kind))
    head = models.BigIntegerField()
    tail = models.BigIntegerField()
    quarter = models.CharField(max_length=6)
    day = models.DateField()  # local, of the last call
    found = models.CharField(max_length=4, choices=_words(states.Found))
    rule = models.CharField(max_length=32)
    verdict = models.CharField(max_length=9, choices=_words(states.Verdict))
    rules = models.BigIntegerField(default=0)
    score = models.FloatField()
    figures = models.JSONField(default=dict)
    terms = models.JSONField(default=list)
    reason = models.JSONField(default=list)
    against = models.JSONField(default=list)
    cited = models.JSONField(default=list)
    campaign = models.CharField(max_length=40, blank=True)
    calls = models.BigIntegerField()
    first_us = models.BigIntegerField()
    last_us = models.BigIntegerField()
    holder = models.BigIntegerField(default=0)  # organisation; 0: nobody's that is registered
    principal = models.BigIntegerField(default=0)
    trunk = models.BigIntegerField(default=0)
    found_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=_words(states.State), default=states.State.NEW.value)
    case = models.BigIntegerField(null=True)  # the first of its cases
    decided_by = models.BigIntegerField(null=True)  # account; None: by rule
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=400, blank=True)
    entry = models.BigIntegerField()  # of the run that found it

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "head", "tail", "day", "rule"], name="detection_once"),
            models.CheckConstraint(condition=~Q(state="cased") | Q(case__isnull=False), name="detection_cased"),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | (Q(decided_by__isnull=False) & ~Q(why="")),
                name="detection_dismissed_why",
            ),
        )
        indexes = (
            models.Index(fields=["state", "-score", "id"], name="detection_queue"),
            models.Index(fields=["day", "rule"], name="detection_day"),
            models.Index(fields=["holder", "day"], name="detection_holder"),
            models.Index(fields=["campaign"], condition=~Q(campaign=""), name="detection_campaign"),
            models.Index(fields=["case"], condition=Q(case__isnull=False), name="detection_case"),
            models.Index(fields=["id"], condition=Q(state="new", verdict="finding"), name="detection_waiting"),
        )


class Cased(models.Model):
    """A case that a finding opened or was attached to; a finding about a holder may open several."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="cased")
    case = models.BigIntegerField()
    head = models.BigIntegerField()  # of the number that was opened
    tail = models.BigIntegerField()
    account = models.BigIntegerField(null=True)  # None: by rule
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["finding", "case"], name="detection_cased_once"),)
        indexes = (models.Index(fields=["case"], name="detection_of_case"),)


class ShadowRun(models.Model):
    """试运行: a rule set judged past days beside the rules in force; nothing of it became a finding."""

    rules = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="runs")
    against = models.BigIntegerField()  # the rule set in force then; 0: the profile's own
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=7, choices=_words(states.RunState), default=states.RunState.WAITING.value)
    done_days = models.PositiveIntegerField(default=0)
    asked_by = models.BigIntegerField()  # account
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    calls = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)  # see queries.shadows.Quality
    problem = models.CharField(max_length=200, blank=True)  # why it failed, without data
    entry = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="shadow_days"),
            models.UniqueConstraint(
                fields=["rules"], condition=Q(state__in=["waiting", "running"]), name="shadow_one_at_once"
            ),
        )
        indexes = (models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="shadow_due"),)


class ShadowHit(models.Model):
    """Whom a shadow run hits on a day otherwise than the rules in force; those hit by both are counted, not listed,
    unless their case was decided."""

    run = models.ForeignKey(ShadowRun, on_delete=models.CASCADE, related_name="hits")
    change = models.CharField(max_length=4, choices=_words(states.Change))
    kind = models.CharField(max_length=6, choices=_words(states.Kind))
    head = models.BigIntegerField()
    tail = models.BigIntegerField()
    quarter = models.CharField(max_length=6)
    day = models.DateField()
    rule = models.CharField(max_length=32)
    verdict = models.CharField(max_length=9, choices=_words(states.Verdict))  # of the rules that hit
    score = models.FloatField()
    terms = models.JSONField(default=list)
    reason = models.JSONField(default=list)
    holder = models.BigIntegerField(default=0)
    calls = models.BigIntegerField(default=0)
    decided = models.CharField(max_length=8, blank=True)  # "", guilty, cleared: how its case was found

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "kind", "head", "tail", "day", "rule"], name="shadow_hit_once"),
        )
        indexes = (models.Index(fields=["run", "change", "-score"], name="shadow_hits"),)


class DayRun(models.Model):
    """The detection over the whole of a local day: one row a day, however often it had to be begun."""

    day = models.DateField(primary_key=True)
    state = models.CharField(max_length=7, choices=_words(states.RunState), default=states.RunState.WAITING.value)
    claimed_until = models.DateTimeField(null=True)
    begun = models.PositiveIntegerField(default=0)  # times
    done_at = models.DateTimeField(null=True)
    rules = models.BigIntegerField(default=0)
    calls = models.BigIntegerField(default=0)
    findings = models.BigIntegerField(default=0)
    took_ms = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)


class Position(models.Model):
    """How far detection by the hour has judged a journal segment. Kept in the transaction of what it found."""

    segment = models.CharField(max_length=32, primary_key=True)
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()


class HolderDay(models.Model):
    """How a holder called on a day, for the map of holders; written by the detection of that day."""

    day = models.DateField()
    holder = models.BigIntegerField()
    numbers = models.PositiveIntegerField()
    calls = models.BigIntegerField()
    callees = models.BigIntegerField()
    after_refusal = models.BigIntegerField()
    refusers = models.BigIntegerField()  # distinct people called after they had refused
    hopped = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "holder"], name="holder_day_once"),)
