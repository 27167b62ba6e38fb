"""The work loop."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from mingbai.gate.feed.work import Loop, Step, patient, urgent
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


def loop(steps: list[Step], said: list[str]) -> Loop:
    return Loop(steps, threading.Event(), idle=(0.0, 0.0), say=said.append)


def test_a_step_that_fails_stops_no_other_and_its_data_is_not_told() -> None:
    done: list[str] = []

    def fail() -> int:
        raise Problem("consent.broken", "13812345678 is to blame")

    def work() -> int:
        done.append("work")
        return 0

    said: list[str] = []
    loop([Step("bad", 0.0, fail), Step("good", 0.0, work)], said).once()
    assert done == ["work"]
    assert said[0].startswith("work: bad failed: Problem consent.broken at test_work.py:")
    assert "138" not in said[0]


def test_a_step_that_fails_again_and_again_waits_longer() -> None:
    def fail() -> int:
        raise ValueError

    step, said = Step("bad", 0.0, fail), list[str]()
    waits = []
    for _ in range(8):
        step.due = 0.0
        loop([step], said).once()
        waits.append(step.due - clock.monotonic())
    assert [round(wait) for wait in waits] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_step_that_did_something_is_due_at_once_else_after_its_interval() -> None:
    answers = [3, 0]
    step = Step("s", 60.0, lambda: answers.pop(0))
    assert step.run(0.0, print)
    assert step.run(0.0, print) is False
    assert step.due > clock.monotonic() + 50
    assert step.run(clock.monotonic(), print) is False


def test_an_idle_loop_rests_longer_and_longer_and_a_busy_one_does_not() -> None:
    answers = [1, 0, 0, 0, 1, 0]
    rests: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            rests.append(timeout or 0.0)
            return False

    stop = Stop()

    def work() -> int:
        if len(answers) == 1:
            stop.set()
        return answers.pop(0)

    Loop([Step("s", 0.0, work)], stop, idle=(1.0, 1.3), say=print).run()
    assert rests == [1.0, 1.2, 1.3, 1.0]


def test_the_loop_ends_when_it_is_told_to() -> None:
    stop = threading.Event()
    steps = [Step("s", 0.0, stop.set)]
    Loop(steps, stop, idle=(10.0, 10.0), say=print).run()
    assert stop.is_set()


@pytest.mark.django_db
def test_every_step_of_an_installation_runs_on_an_empty_one() -> None:
    from django.conf import settings as django

    home: Home = django.HOME
    said: list[str] = []
    with clock.at(datetime(2026, 11, 21, tzinfo=UTC)):
        loop([*urgent(home), *patient(home)], said).once()
    assert said == []
