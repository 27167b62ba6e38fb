"""The case machine against a model: whatever people do in whatever order, no measure without a finding, no heavy one
without two people, every measure ends or is lifted, and one that is over leaves nothing for the gate to be told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mingbai.cases import actions, queries
from mingbai.cases.actions import Wish
from mingbai.cases.models import Measure
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.appeals import Party
from mingbai.cases.rules.casework import GUILTY, NOT_OVER, Stage
from mingbai.cases.tests.desk import PAGE, ROGUE, Desk, desk
from mingbai.consent import queries as consents
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.people import actions as people

PEOPLE = st.sampled_from([11, 12, 13, 14])
HEAVY = {"suspend", "shut", "end_contract", "bar", "police"}
KINDS = [
    ("limit", "number"), ("limit", "holder"), ("suspend", "number"), ("suspend", "principal"), ("shut", "number"),
    ("end_contract", "holder"), ("bar", "holder"), ("warn", "holder"), ("police", "number"), ("block", "number"),
    ("label", "number"),
]  # fmt: skip


class CaseMachine(RuleBasedStateMachine):
    """One case. What is modelled: who did what in it; whether a finding stands; which measures were decided by whom."""

    @initialize()
    def begin(self) -> None:
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.advance = self.undo.enter_context(clock.at(clock.now()))
        self.desk: Desk = self.undo.enter_context(desk())
        self.digits = int(parse(ROGUE).digits)
        self.reporter = people.ensure_subscriber(parse("13812340001"))
        self.desk.world.call(ROGUE, "13812340001")
        self.desk.world.report("13812340001", ROGUE)
        self.case = actions.open_case(number=ROGUE, ground="hand", account=11)
        self.verifier = 0
        self.worked = {11}
        self.seconds: set[int] = set()
        self.accused = False
        self.approved: dict[int, tuple[int, int]] = {}

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.close()

    def tried(self, act: Callable[[], Any]) -> Any:
        """What an act gave, None when it was refused."""
        try:
            return act()
        except Problem:
            return None

    @rule(who=PEOPLE)
    def take_up(self, who: int) -> None:
        self.tried(lambda: actions.take_up(self.case, account=who))
        self.verifier = self.desk.view(self.case).verifier
        assert self.verifier in (0, who) or self.verifier in self.worked
        self.worked |= {self.verifier} - {0}

    @rule(who=PEOPLE, kind=st.sampled_from(["pattern", "sample", "test_call", "holder_answer"]), sure=st.booleans())
    def check(self, who: int, kind: str, sure: bool) -> None:
        seen = "confirms" if sure and kind == "pattern" else "impossible"
        made = self.tried(lambda: actions.check(self.case, kind=kind, seen=seen, note="据实记录", account=who))
        if made:
            assert who == self.verifier
            self.worked.add(who)

    @rule()
    def verify_whole(self) -> None:
        """The verifier does everything: without it few runs would come as far as a finding."""
        if self.desk.view(self.case).state == "open":
            self.take_up(11)
        for kind in ("pattern", "sample", "test_call", "holder_answer"):
            self.check(self.verifier, kind, True)

    @rule(who=PEOPLE)
    def ask(self, who: int) -> None:
        if self.tried(lambda: actions.ask_holder(self.case, text="请说明用途", account=who, page=PAGE)):
            self.worked.add(who)

    @rule(who=PEOPLE, kind=st.sampled_from(["marketing", "fraud", "legitimate"]))
    def find(self, who: int, kind: str) -> None:
        if self.tried(lambda: actions.find(self.case, finding=kind, text="核实完毕", account=who)):
            view = self.desk.view(self.case)
            assert who == self.verifier
            assert {one.kind for one in view.checks} == {one.value for one in rules.Check}
            assert all(one.answered_at or one.due_at <= clock.now() for one in view.questions)
            self.accused = kind in GUILTY

    @rule(who=PEOPLE, what=st.sampled_from(KINDS), days=st.sampled_from([1, 30, 9999]))
    def propose(self, who: int, what: tuple[str, str], days: int) -> None:
        kind, scope = what
        more: dict[str, Any] = {"limits": (0, 5, 0)} if kind == "limit" else {}
        more |= {"label": "confirmed_marketing"} if kind == "label" else {}
        wish = Wish(kind=kind, scope=scope, days=days, reason="核实属实", **more)
        made = self.tried(lambda: actions.propose(self.case, wish, account=who))
        if made:
            assert self.accused, "a measure without a finding that allows it"
            assert days < 9999
            self.worked.add(who)

    @rule(who=PEOPLE, nth=st.integers(0, 5), yes=st.booleans())
    def second(self, who: int, nth: int, yes: bool) -> None:
        waiting = [one for one in self.desk.view(self.case).measures if one.stage == "proposed"]
        if not waiting:
            return
        one = waiting[nth % len(waiting)]
        before = set(self.worked)
        if yes:
            actions_taken = self.tried(lambda: actions.approve(one.id, account=who) or True)
        else:
            actions_taken = self.tried(lambda: actions.decline(one.id, account=who, reason="不同意处置") or True)
        assert bool(actions_taken) == (who not in before | {one.proposed_by})
        if actions_taken and yes:
            self.approved[one.id] = (one.proposed_by, who)
            self.seconds.add(who)

    @rule(who=PEOPLE, nth=st.integers(0, 5))
    def lift(self, who: int, nth: int) -> None:
        found = self.desk.view(self.case).measures
        if found:
            actions.lift(found[nth % len(found)].id, account=who, reason="提前解除")
            assert self.desk.stage(found[nth % len(found)].id) not in NOT_OVER

    @rule(who=PEOPLE)
    def close(self, who: int) -> None:
        self.tried(lambda: actions.close(self.case, account=who))

    @rule(who=PEOPLE, upheld=st.booleans())
    def appeal(self, who: int, upheld: bool) -> None:
        party = Party(organisation=self.desk.centre)
        self.tried(lambda: actions.appeal_case(self.case, party=party, text="请求解除限制"))
        waiting = [one for one in self.desk.view(self.case).appeals if one.state == "open"]
        if not waiting:
            return
        outcome = "upheld" if upheld else "rejected"
        decided = self.tried(
            lambda: actions.decide_appeal(waiting[0].id, account=who, outcome=outcome, text="复核完毕") or True
        )
        assert bool(decided) == (who not in self.worked | self.seconds)
        if decided and upheld:
            assert not self.standing()
            self.accused = False

    @rule(days=st.sampled_from([1, 10, 40, 1200]))
    def time_passes(self, days: int) -> None:
        self.advance(days * 86400)
        while actions.measures_due():
            pass

    def standing(self) -> bool:
        return Measure.objects.filter(case=self.case, stage__in=NOT_OVER).exists()

    @precondition(lambda self: hasattr(self, "case"))
    @invariant()
    def every_measure_has_its_reasons(self) -> None:
        for one in Measure.objects.filter(case=self.case).select_related("finding"):
            assert one.finding.kind in GUILTY
            if one.stage in (Stage.STANDING, Stage.WAITING):
                assert one.ends_at is not None
                assert one.ends_at > clock.now(), "a measure outlived its time"
                if one.kind in HEAVY:
                    proposer, second = self.approved[one.id]
                    assert one.approved_by == second
                    assert second not in (proposer, self.verifier)

    @precondition(lambda self: hasattr(self, "case"))
    @invariant()
    def the_gate_is_told_what_stands_and_nothing_else(self) -> None:
        rows = Measure.objects.filter(case=self.case, stage=Stage.STANDING)
        standing = set(rows.values_list("kind", "scope"))
        number = numbers.bounds_of_number(self.digits)
        assert number.suspended == (("suspend", "number") in standing)
        assert number.shut == (("shut", "number") in standing)
        assert any(number.limits) == (("limit", "number") in standing)
        holder = numbers.bounds_of_organisation(self.desk.centre, "holder")
        assert holder.shut == (("end_contract", "holder") in standing)
        assert any(holder.limits) == (("limit", "holder") in standing)
        firm = numbers.bounds_of_organisation(self.desk.firm, "principal")
        assert firm.suspended == (("suspend", "principal") in standing)
        assert bool(consents.blocks(self.reporter)) == (("block", "number") in standing)
        assert (queries.barred_holders() == {self.desk.centre}) == (("bar", "holder") in standing)
        if not standing:
            assert numbers.mark(self.digits) is None, "a trace was left"


@pytest.mark.django_db
def test_any_mix_of_acts_keeps_to_the_rules() -> None:
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
