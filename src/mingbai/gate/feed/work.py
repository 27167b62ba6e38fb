"""The waiting work of an installation, run by `mingbai run` as `python -m mingbai.gate.feed.work`.

Two processes. The first puts committed entries in order and the facts up to date, and does nothing else, so that a
refusal never waits for anything longer than one part of an import. The second, its child, does everything that may take
longer; a thread would not do, since whoever hashes a segment's rows takes the interpreter from whoever reads the
database row by row. A step that fails is told without its data and tried again; the others go on.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mingbai.kernel import clock
from mingbai.kernel.home import Home

IDLE_S = (0.005, 0.05)  # of the first process: after work, and when there has been none for a while
_AGAIN_S = 1.0  # after a failure
_LONGEST_S = 30.0
_PATIENT = "patient"


@dataclass
class Step:
    """One kind of work: `act` answers how much it did; it is due again at once when it did something, else after
    `every` seconds."""

    name: str
    every: float
    act: Callable[[], object]
    due: float = 0.0
    failures: int = 0

    def run(self, now: float, say: Callable[[str], None]) -> bool:
        """Do it when due; whether it did something."""
        if now < self.due:
            return False
        try:
            done = bool(self.act())
        except Exception as error:
            self.failures += 1
            self.due = clock.monotonic() + min(_AGAIN_S * 2 ** (self.failures - 1), _LONGEST_S)
            say(_told(self.name, error))
            _let_go_of_database()
            return False
        self.failures = 0
        self.due = 0.0 if done else clock.monotonic() + self.every
        return done


def _told(name: str, error: Exception) -> str:
    """What failed and where in the code: the message itself may carry personal data."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{os.path.basename(code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119  # a string, no path
        trace = trace.tb_next
    stable = getattr(error, "code", "")
    return f"work: {name} failed: {type(error).__name__} {stable if isinstance(stable, str) else ''} at {place}"


def _let_go_of_database() -> None:
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


class Loop:
    """Steps done in turn by one thread until `stop` is set; idle for `idle` seconds, from the first to the second."""

    def __init__(
        self, steps: Sequence[Step], stop: threading.Event, *, idle: tuple[float, float], say: Callable[[str], None]
    ) -> None:
        self.steps, self._stop, self._idle, self._say = steps, stop, idle, say

    def run(self) -> None:
        try:
            shortest, longest = self._idle
            idle = shortest
            while not self._stop.is_set():
                if self.once():
                    idle = shortest
                else:
                    self._stop.wait(idle)
                    idle = min(1.2 * idle, longest)
        finally:
            _let_go_of_database()

    def once(self) -> bool:
        """Every step that is due, once; whether any did something."""
        worked = [step.run(clock.monotonic(), self._say) for step in self.steps]
        return any(worked)


def urgent(home: Home) -> list[Step]:
    """What a refusal waits for."""
    from mingbai.gate import feed
    from mingbai.ledger import order

    return [
        Step("ledger.integrate", 0.0, order.integrate),
        Step("gate.feed", 0.0, lambda: feed.step(home)),
    ]


def patient(home: Home) -> list[Step]:
    """What may wait a second."""
    from mingbai.admission import actions as admission
    from mingbai.calls import actions as calls
    from mingbai.cases import actions as cases
    from mingbai.consent import actions as consent
    from mingbai.gate.feed import segments
    from mingbai.notices import actions as notices
    from mingbai.numbers import actions as numbers
    from mingbai.orders import actions as orders
    from mingbai.people import actions as people

    return [
        Step("notices.deliver_due", 0.2, notices.deliver_due),
        Step("notices.answer_waiting", 0.2, notices.answer_waiting),
        Step("notices.file_incomplete", 300.0, notices.file_incomplete),
        Step("notices.try_second_ways", 5.0, notices.try_second_ways),
        Step("notices.dim_old_codes", 30.0, notices.dim_old_codes),
        Step("orders.fulfil_due", 0.2, orders.fulfil_due),
        Step("orders.expire_due", 5.0, orders.expire_due),
        Step("orders.end_trials", 60.0, orders.end_trials),
        Step("orders.keep", 3600.0, lambda: orders.keep() and None),
        Step("gate.feed.segments", 1.0, lambda: segments.collect(home)),
        Step("consent.expire_due", 5.0, consent.expire_due),
        Step("consent.fail_overdue", 30.0, consent.fail_overdue),
        Step("consent.forget_proofs", 3600.0, consent.forget_proofs),
        Step("numbers.label_due", 5.0, numbers.label_due),
        Step("numbers.tell_partners", 1.0, numbers.tell_partners),
        Step("numbers.forget_fetches", 3600.0, numbers.forget_fetches),
        Step("numbers.forget_labels", 3600.0, numbers.forget_numbers_of_the_erased),
        Step("numbers.restrict_due", 0.5, numbers.restrict_due),
        Step("numbers.forget_numbers", 3600.0, numbers.forget_numbers),
        Step("cases.measures_due", 0.5, cases.measures_due),
        Step("cases.triage", 0.5, cases.triage),
        Step("cases.count_stale", 0.5, cases.count_stale),
        Step("cases.forget_old", 60.0, cases.forget_old),
        Step("cases.watch_clocks", 30.0, cases.watch_clocks),
        Step("cases.watch_calendar", 3600.0, cases.watch_calendar),
        Step("admission.recheck_due", 60.0, lambda: admission.recheck_due(5)),
        Step("admission.destroy_due", 3600.0, admission.destroy_due),
        Step("admission.sweep", 3600.0, admission.sweep),
        Step("people.erase_due", 60.0, people.erase_due),
        Step("calls.merge", 300.0, lambda: calls.merge(home)),
        Step("calls.forget", 3600.0, lambda: calls.forget(home)),
    ]


class Child:
    """A second process, `python -m module word`, started again when it ends."""

    def __init__(self, module: str, word: str) -> None:
        self._command = [sys.executable, "-m", module, word]
        self._process: subprocess.Popen[bytes] | None = None

    def look_after(self) -> bool:
        """Start it when it does not run; False, as that is no work done."""
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(self._command)  # noqa: S603  # our own module
        return False

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def outlived(parent: int, stop: threading.Event) -> bool:
    """Stop when the first process is gone, however it went."""
    if os.getppid() != parent:
        stop.set()
    return False


def main(arguments: Sequence[str]) -> None:
    """Until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")
    import django

    django.setup()
    home, stop, parent = Home.from_environment(), threading.Event(), os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if list(arguments) == [_PATIENT]:
        os.nice(5)
        steps = [Step("work.parent", 1.0, lambda: outlived(parent, stop)), *patient(home)]
        Loop(steps, stop, idle=(0.1, 0.1), say=say).run()
        return
    second = Child("mingbai.gate.feed.work", _PATIENT)
    try:
        Loop([*urgent(home), Step("work.patient", 1.0, second.look_after)], stop, idle=IDLE_S, say=say).run()
    finally:
        second.end()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the supervisor's log


if __name__ == "__main__":
    main(sys.argv[1:])
