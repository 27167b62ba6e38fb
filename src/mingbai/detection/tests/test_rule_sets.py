"""The life of a rule set against a model: whatever people do in whatever order, none is live that did not run in
shadow beside the rules in force, nor by the word of one person alone; and at most one is live."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mingbai.detection import actions, queries
from mingbai.detection import settings as rule_settings
from mingbai.detection.models import RuleSet, ShadowRun
from mingbai.detection.states import RunState, SetState
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

PEOPLE = st.sampled_from([11, 12, 13])
WHICH = st.integers(0, 4)
THRESHOLDS = st.sampled_from([{}, {"per_hour": 61}, {"per_hour": 80}, {"per_hour": 120}])


class RuleSets(RuleBasedStateMachine):
    """What is modelled: who proposed which set, and beside which live one each ran last."""

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.made: list[int] = []
        self.by: dict[int, int] = {}
        self.ran: dict[int, int] = {}
        self.live = 0

    def teardown(self) -> None:
        self.stack.close()

    def _which(self, which: int) -> int | None:
        return self.made[which % len(self.made)] if self.made else None

    @rule(who=PEOPLE, changed=THRESHOLDS)
    def propose(self, who: int, changed: dict[str, int]) -> None:
        changes = {"high_frequency": changed} if changed else {}
        try:
            made = actions.propose(changes, note="误报偏多，调高阈值", account=who)
        except Problem as fault:
            assert fault.code == "detection.no_change"  # noqa: PT017  # the model's own branch
            return
        self.made.append(made)
        self.by[made] = who

    @rule(which=WHICH, who=PEOPLE, ends=st.booleans())
    def try_it(self, which: int, who: int, ends: bool) -> None:
        rules = self._which(which)
        if rules is None:
            return
        day = clock.now().date() - timedelta(days=2)
        try:
            run = actions.ask_shadow(rules, first=day, last=day, account=who)
        except Problem as fault:
            assert fault.code in ("detection.runs", "detection.rule_set_state")  # noqa: PT017
            return
        if ends:  # as the process that runs it does at its end
            ShadowRun.objects.filter(id=run).update(state=RunState.DONE)
            draft = RuleSet.objects.filter(id=rules, state=SetState.DRAFT)
            draft.update(state=SetState.SHADOWED, shadowed_at=clock.now())
            self.ran[rules] = self.live

    @rule(which=WHICH, who=PEOPLE)
    def go_live(self, which: int, who: int) -> None:
        rules = self._which(which)
        if rules is None:
            return
        ok = (
            RuleSet.objects.get(id=rules).state == SetState.SHADOWED
            and who != self.by[rules]
            and self.ran.get(rules) == self.live
        )
        try:
            actions.go_live(rules, account=who)
        except Problem:
            assert not ok
        else:
            assert ok
            self.live = rules

    @rule(which=WHICH, who=PEOPLE)
    def drop(self, which: int, who: int) -> None:
        rules = self._which(which)
        if rules is None:
            return
        before = RuleSet.objects.get(id=rules).state
        try:
            actions.drop(rules, account=who, reason="试运行效果不好")
        except Problem:
            assert before not in (SetState.DRAFT, SetState.SHADOWED)
        else:
            assert before in (SetState.DRAFT, SetState.SHADOWED)

    @invariant()
    def in_force_is_what_two_people_let(self) -> None:
        live = list(RuleSet.objects.filter(state=SetState.LIVE))
        assert [row.id for row in live] == ([self.live] if self.live else [])
        assert queries.in_force().rules == self.live
        for row in live:
            assert row.shadowed_at is not None
            assert row.live_by not in (None, row.proposed_by)


@pytest.mark.django_db
def test_no_rule_set_goes_live_untried_or_by_one_person() -> None:
    class Machine(RuleSets):
        def begin(self) -> None:
            super().begin()
            self.stack.enter_context(_undone())

        begin = initialize()(begin)  # type: ignore[assignment]  # hypothesis wraps it

    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=15, stateful_step_count=18, suppress_health_check=list(HealthCheck)),
    )


class _undone:
    """What happens inside is rolled back."""

    def __enter__(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)


@pytest.mark.django_db
def test_a_live_set_changes_what_judges_and_the_profile_stays_below_it() -> None:
    before = queries.in_force().settings
    rules = actions.propose({"high_frequency": {"per_hour": 90}}, note="外卖骑手误报偏多", account=11)
    day = clock.now().date() - timedelta(days=2)
    run = actions.ask_shadow(rules, first=day, last=day, account=11)
    ShadowRun.objects.filter(id=run).update(state=RunState.DONE)
    RuleSet.objects.filter(id=rules).update(state=SetState.SHADOWED, shadowed_at=clock.now())
    with pytest.raises(Problem) as fault:
        actions.go_live(rules, account=11)
    assert fault.value.code == "detection.same_person"
    actions.go_live(rules, account=12)
    assert queries.in_force().settings.high_frequency["per_hour"] == 90
    assert queries.in_force().settings.mass == before.mass


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"no_such": 1}, "detection.unknown_setting"),
        ({"cases_per_day": 5}, "detection.unknown_setting"),  # the profile's alone
        ({"high_frequency": {"per_hour": "many"}}, "detection.setting"),
        ({"high_frequency": {"per_hour": 60}}, "detection.no_change"),
    ],
)
def test_what_a_profile_would_refuse_no_rule_set_says(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Problem) as fault:
        actions.propose(changes, note="试一试别的阈值", account=11)
    assert fault.value.code == code


@pytest.mark.django_db
def test_a_shadow_run_is_over_past_days() -> None:
    rules = actions.propose({"high_frequency": {"per_hour": 90}}, note="外卖骑手误报偏多", account=11)
    today = clock.now().date()
    for first, last in ((today, today), (today - timedelta(days=1), today - timedelta(days=2)),
                        (today - timedelta(days=200), today - timedelta(days=1))):  # fmt: skip
        with pytest.raises(Problem) as fault:
            actions.ask_shadow(rules, first=first, last=last, account=11)
        assert fault.value.code == "detection.days"


def _tried(changes: dict[str, object] | None = None) -> tuple[int, int]:
    """A rule set that ran over a day, and that run."""
    rules = actions.propose(changes or {"high_frequency": {"per_hour": 90}}, note="外卖骑手误报偏多", account=11)
    day = clock.now().date() - timedelta(days=3)
    run = actions.ask_shadow(rules, first=day, last=day, account=11)
    ShadowRun.objects.filter(id=run).update(state=RunState.DONE)
    RuleSet.objects.filter(id=rules).update(state=SetState.SHADOWED, shadowed_at=clock.now())
    return rules, run


@pytest.mark.django_db
def test_a_profile_that_changed_since_makes_a_shadow_run_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    rules, _ = _tried()
    other = replace(rule_settings.of_profile(), called_back=99)
    with monkeypatch.context() as changed:
        changed.setattr(rule_settings, "of_profile", lambda: other)
        with pytest.raises(Problem) as fault:
            actions.go_live(rules, account=12)
        assert fault.value.code == "detection.stale_shadow"
    actions.go_live(rules, account=12)


@pytest.mark.django_db
@pytest.mark.parametrize(("ago_days", "code"), [(3, "detection.stale_days"), (200, "")])
def test_days_of_which_records_were_imported_since_make_a_shadow_run_stale(ago_days: int, code: str) -> None:
    rules, _ = _tried()
    at_us = clock.now_us() - ago_days * 86_400_000_000
    apps.get_model("calls", "Import").objects.create(
        name="import-1", entry=1, format="csv", source="msc", rows=1, good=1, bad=0, repeats=0, first_us=at_us,
        last_us=at_us, made_at=clock.now(),
    )  # fmt: skip
    if not code:
        actions.go_live(rules, account=12)
        return
    with pytest.raises(Problem) as fault:
        actions.go_live(rules, account=12)
    assert fault.value.code == code


@pytest.mark.django_db
def test_a_set_that_is_dropped_ends_its_run_wherever_that_is() -> None:
    rules = actions.propose({"high_frequency": {"per_hour": 90}}, note="外卖骑手误报偏多", account=11)
    day = clock.now().date() - timedelta(days=3)
    run = actions.ask_shadow(rules, first=day, last=day, account=11)
    ShadowRun.objects.filter(id=run).update(state=RunState.RUNNING)
    actions.drop(rules, account=11, reason="提错了一条")
    assert (ShadowRun.objects.get(id=run).state, ShadowRun.objects.get(id=run).problem) == ("failed", "dropped")
    with pytest.raises(Problem) as fault:
        actions.ask_shadow(rules, first=day, last=day, account=11)
    assert fault.value.code == "detection.rule_set_state"
