"""The order machine against a model: any mix of answers, cancels, replays, dying workers gives one outcome."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.orders import actions, queries
from mingbai.orders.actions import fulfilling
from mingbai.orders.rules import NEXT, WITHOUT_YES, State
from mingbai.orders.signing.keeping import Signed
from mingbai.orders.signing.rules import Place
from mingbai.orders.systems import Answer
from mingbai.orders.tests.conftest import Market

AFTER = {
    "proposed": ["proposed"], "confirmed": ["proposed", "confirmed"], "declined": ["proposed", "declined"],
    "cancelled": ["proposed", "cancelled"], "expired": ["proposed", "expired"],
}  # fmt: skip


class Died(BaseException):
    """A worker killed at this point."""


class OrderMachine(RuleBasedStateMachine):
    """One order at a time is modelled: its state, whether a yes was given, what the operator's system did."""

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = clock.now()
        self.clock = clock.at(self.now)
        self.advance = self.clock.__enter__()
        self.market = Market()
        self.offered_at = 0.0
        self.passed = 0.0
        self.order = self.market.offer()
        self.model = "proposed"
        self.said_yes = self.signed = False
        self.done: list[str] = []
        self.messages = 0
        self.waits_until = 0.0

    def teardown(self) -> None:
        if hasattr(self, "clock"):
            self.clock.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def late(self) -> bool:
        return self.passed >= 24 * 3600

    @rule(text=st.sampled_from(["Y", "是", "Y吗", "?", "不要Y", "👍"]), again=st.booleans())
    def reply(self, text: str, again: bool) -> None:
        again = again and self.messages > 0
        if not again:
            self.messages += 1
        self.market.reply(text, message_id=f"m{self.messages}")
        if not again and text in ("Y", "是") and self.model == "proposed" and not self.late():
            self.model, self.said_yes = "confirmed", True
            self.waits_until = self.passed

    @rule()
    def sign(self) -> None:
        outcome = actions.confirm(self.order, subscriber=self.market.person, how="signature", signed=_paper())
        assert (outcome == "confirmed") == (self.model == "proposed" and not self.late())
        assert (outcome == "already") == self.said_yes
        if outcome == "confirmed":
            self.model, self.said_yes, self.signed = "confirmed", True, True
            self.waits_until = self.passed

    @rule()
    def refuse(self) -> None:
        actions.decline(self.order, subscriber=self.market.person)
        if self.model == "proposed":
            self.model = "declined"

    @rule()
    def cancel(self) -> None:
        taken = actions.cancel(self.order, by="key:1", reason="填错")
        assert taken == (self.model == "proposed")
        if taken:
            self.model = "cancelled"

    @rule(hours=st.sampled_from([1, 13, 25]))
    def time_passes(self, hours: int) -> None:
        self.advance(hours * 3600)
        self.passed += hours * 3600

    @rule()
    def sweep(self) -> None:
        actions.expire_due()
        if self.model == "proposed" and self.late():
            self.model = "expired"

    @rule(answer=st.sampled_from(["done", "no", "silent", "dies before", "dies after"]))
    def work(self, answer: str) -> None:
        system = Played(self, answer)
        held, fulfilling.system = fulfilling.system, lambda: system
        try:
            actions.fulfil_due()
        except Died:
            self.waits_until = self.passed + fulfilling.CLAIM_SECONDS
        finally:
            fulfilling.system = held
        if not system.asked:
            return
        if answer == "done":
            self.model = {"confirmed": "fulfilled", "leaving": "withdrawn"}[self.model]
        elif answer == "no":
            self.model = {"confirmed": "failed", "leaving": "fulfilled"}[self.model]

    @rule()
    def leave(self) -> None:
        try:
            after = actions.withdraw(self.order, subscriber=self.market.person)
        except Problem:
            assert self.model not in ("fulfilled", "leaving", "withdrawn")
            return
        if self.model == "confirmed":
            assert not self.done
            self.model = "withdrawn"
        elif self.model == "fulfilled":
            self.model = "leaving"
        assert after == self.model

    @precondition(lambda self: hasattr(self, "order"))
    @invariant()
    def as_the_model_says(self) -> None:
        assert self.market.state(self.order) == self.model
        assert self.said_yes == (self.model not in WITHOUT_YES)
        steps = self.market.steps(self.order)
        assert steps.count("confirmed") <= 1
        assert self.signed == (queries.signature(self.order) is not None)
        assert len(self.done) == len(set(self.done)), "the same thing was done twice"
        if self.model == "fulfilled":
            assert any("-fulfil" in key for key in self.done)
        states = [State.PROPOSED, *(State(s) for s in steps[1:] if s not in ("stayed",))]
        if "stayed" not in steps:
            assert all(after in NEXT[before] for before, after in zip(states, states[1:], strict=False))  # noqa: RUF007


class Played:
    """The operator's system: does a key once, whatever the worker hears of it."""

    at_once = 10

    def __init__(self, machine: OrderMachine, answer: str) -> None:
        self.machine, self.answer, self.asked = machine, answer, False

    def __call__(self, tasks: Any) -> list[Answer]:
        self.asked = bool(tasks)
        if self.answer == "dies before":
            raise Died
        if self.answer in ("done", "dies after"):
            self.machine.done += [task.key for task in tasks if task.key not in self.machine.done]
        if self.answer == "dies after":
            raise Died
        return [Answer(self.answer == "done", "不予办理" if self.answer == "no" else "") for _ in tasks]


@pytest.mark.django_db
def test_the_machine_and_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        OrderMachine,
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def _at_once(acts: dict[str, Any]) -> dict[str, bool]:
    """What each answered, all begun at the same moment."""
    start, outcomes = threading.Barrier(len(acts)), {}

    def run(name: str, act: Any) -> None:
        start.wait()
        outcomes[name] = act()
        connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in acts.items()]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_a_yes_a_no_and_a_cancel_at_once_have_one_outcome(market: Market) -> None:
    for who in market.people:
        order = market.offer(subscriber=who)
        outcomes = _at_once(
            {
                "yes": partial(_confirmed, order, who),
                "again": partial(_confirmed, order, who),
                "signed": partial(_signed, order, who),
                "signed again": partial(_signed, order, who),
                "no": partial(actions.decline, order, subscriber=who),
                "cancel": partial(actions.cancel, order, by="key:1", reason="填错"),
            }
        )
        assert sum(outcomes.values()) == 1, outcomes
        assert len(market.steps(order)) == 2
        assert (queries.signature(order) is not None) == (outcomes["signed"] or outcomes["signed again"])


def _confirmed(order: int, who: int) -> bool:
    return actions.confirm(order, subscriber=who, how="sms") == "confirmed"


def _signed(order: int, who: int) -> bool:
    return actions.confirm(order, subscriber=who, how="signature", signed=_paper()) == "confirmed"


def _paper() -> Signed:
    """A paper as `confirm_by_signature` has it sealed; what stands on it is nothing to the machine."""
    return Signed(b"%PDF " + os.urandom(8), Place.OWN, "", clock.now(), clock.now(), timestamped=False)


WORKER = """
import os, signal, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.testing")
import django
django.setup()
from django.conf import settings
from django.db import connections
connections.databases["default"]["NAME"] = sys.argv[1]
from mingbai.orders.actions import fulfilling
from mingbai.orders.systems.sandbox import Sandbox

where = sys.argv[2]

class Killed(Sandbox):
    def __call__(self, tasks):
        if where == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = super().__call__(tasks)
        if where == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return done

fulfilling.system = Killed
if where == "settling":
    kept = fulfilling._settle
    count = []
    def settle(*given):
        count.append(1)
        if len(count) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return kept(*given)
    fulfilling._settle = settle
fulfilling.fulfil_due()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["before", "after", "settling"])
def test_a_worker_killed_at_any_point_loses_and_doubles_nothing(market: Market, where: str) -> None:
    orders = [market.offer(subscriber=who) for who in market.people[:3]]
    for n in range(3):
        market.reply("Y", who=n)
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"MINGBAI_TEST_HOME": os.environ["MINGBAI_HOME"]}
    if connection.vendor == "postgresql":
        environment["DATABASE_URL"] = os.environ["DATABASE_URL"]
    done = subprocess.run([sys.executable, "-c", WORKER, name, where], env=environment, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [market.state(one) for one in orders] == ["confirmed"] * 3
    assert actions.fulfil_due() == 0
    with clock.at(clock.now() + timedelta(seconds=fulfilling.CLAIM_SECONDS + 1)):
        assert actions.fulfil_due() == 3
    from mingbai.notices import queries as messages
    from mingbai.orders.models import Sandboxed

    assert [market.state(one) for one in orders] == ["fulfilled"] * 3
    for n, order in enumerate(orders):
        assert Sandboxed.objects.filter(order=order).count() == 1
        assert market.steps(order) == ["proposed", "confirmed", "fulfilled"]
        told = [one for one in messages.messages(market.people[n]) if one.template == "success"]
        assert len(told) == 1
    assert queries.history(market.people[0])[0].state == "fulfilled"
