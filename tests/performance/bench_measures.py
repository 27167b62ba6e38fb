"""How long after a second person approved a measure the gate refuses, and how long after it was lifted nothing of it is
left there: while the gate serves load, and while people refuse firms, which the same work loop has to carry over.

Every measure goes the whole way: proposed on a verified case, approved, lifted. The work loop is the house's own.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

HOME = Path(__file__).resolve().parents[2] / "build" / "bench-measures"
TIMES, WARM, CASES, PEOPLE = 220, 3, 20, 2_000

os.environ["MINGBAI_HOME"] = str(HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")

from tests.performance.harness import Row, main, percentile, row  # noqa: E402

from mingbai.kernel import clock, msisdn, profile  # noqa: E402
from mingbai.kernel.home import Home  # noqa: E402
from mingbai.kernel.msisdn import Msisdn  # noqa: E402

VERIFIER, SECOND = 1, 2
CALLEE = msisdn.parse("13900000000")
_CALLS = """
import random
from time import sleep
from mingbai.gate.check import Gate
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
gate, caller = Gate(Home.from_environment()), msisdn.parse("95533")
while True:
    for _ in range(100):
        gate.attempt(gate.question(caller, msisdn.parse(str(13800000000 + random.randrange(1000000)))))
    sleep(0.1)
"""
_REFUSALS = """
import random, sys
from time import sleep
import django
django.setup()
from mingbai.consent import actions as consent
people = int(sys.argv[1])
while True:
    consent.refuse(subscriber=random.randint(1, people), principal=1, how="sms")
    consent.give(subscriber=random.randint(1, people), principal=1, purpose="service", how="web")
    sleep(0.02)
"""


def run() -> list[Row]:
    home = Home(HOME)
    cases = _prepare(home)
    with ExitStack() as stack:
        for command in (["-m", "mingbai.gate.feed.work"], ["-c", _CALLS], ["-c", _REFUSALS, str(PEOPLE)]):
            process = subprocess.Popen([sys.executable, *command])
            stack.callback(process.wait)
            stack.callback(process.terminate)
        refused, freed = _measure(home, cases)
    shutil.rmtree(HOME, ignore_errors=True)
    rows = []
    for what, times in (("measure approved → gate refuses", refused), ("measure lifted → nothing left of it", freed)):
        worst = percentile(times, 0.99)
        rows.append(row(f"{what}, under load, p99 of {TIMES}", worst, "s", target="≤ 1", met=worst <= 1))
        rows.append(row(f"{what}, under load, median", percentile(times, 0.5), "s", target="—", met=True))
    return rows


def _prepare(home: Home) -> list[tuple[int, Msisdn]]:
    """A home with people, a firm's numbers, and a case found on each; by case."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    from mingbai.gate import feed
    from mingbai.ledger import order
    from mingbai.numbers import actions as numbers
    from mingbai.people import actions as people

    firm = people.create_organisation(name="明心", kind="enterprise")
    callers = [msisdn.require(f"021608761{n:02}") for n in range(CASES)]
    with transaction.atomic():
        for number in (*callers, msisdn.require("95533")):
            numbers.register_number(first=number, holder=firm, use="service")
        for n in range(PEOPLE):
            people.ensure_subscriber(msisdn.require(f"138{n:08}"))
        cases = [(_found(number, firm), number) for number in callers]
    while order.integrate():
        pass
    feed.rebuild(home)
    return cases


def _found(number: Msisdn, firm: int) -> int:
    """A case on a number, verified and found."""
    from mingbai.cases import actions
    from mingbai.cases.rules import Party

    case = actions.open_case(number=number.national, ground="hand", account=VERIFIER)
    actions.take_up(case, account=VERIFIER)
    sound = io.BytesIO(b"RIFF" + number.digits.encode())
    actions.add_sample(case, source="test_call", name="a.wav", file=sound, account=VERIFIER)
    question = actions.ask_holder(case, text="请说明外呼用途", account=VERIFIER, page="https://mingbai.example.cn/")
    actions.answer_question(question, party=Party(organisation=firm), text="系客户回访")
    for kind in ("pattern", "sample", "test_call", "holder_answer"):
        actions.check(case, kind=kind, seen="confirms", note="据实记录所见", account=VERIFIER)
    actions.find(case, finding="marketing", text="未经同意反复推销", account=VERIFIER)
    return case


def _measure(home: Home, cases: list[tuple[int, Msisdn]]) -> tuple[list[float], list[float]]:
    """Seconds from the return of each action to the first verdict that goes by it."""
    from mingbai.cases import actions
    from mingbai.cases.actions import Wish
    from mingbai.gate.check import Gate

    chance, gate = random.Random(3), Gate(home)  # only the pace
    refused, freed = [], []
    for turn in range(-WARM, TIMES):  # the work loop has to have begun
        case, caller = cases[turn % len(cases)]

        def stopped(caller: Msisdn = caller) -> bool:
            return gate.ask(gate.question(caller, CALLEE)).verdict.rule == "number.restricted"

        def clean(caller: Msisdn = caller) -> bool:
            call = gate.question(caller, CALLEE)
            return gate.reader.gather(call, clock.now_us()).mark is None and not stopped(caller)

        assert clean(), "something is left of the measure before"
        wish = Wish(kind="suspend", scope="number", days=30, reason="多人举报，核实属实")
        measure = actions.propose(case, wish, account=VERIFIER)
        actions.approve(measure, account=SECOND)
        taken = _until(stopped)
        clock.pause(chance.random() * 0.05)
        actions.lift(measure, account=VERIFIER, reason="整改完成，提前解除")
        gone = _until(clean)
        clock.pause(chance.random() * 0.05)
        if turn >= 0:
            refused.append(taken)
            freed.append(gone)
    gate.close()
    return refused, freed


def _until(so: Callable[[], bool]) -> float:
    began = perf_counter()
    while not so():
        clock.pause(0.002)
    return perf_counter() - began


if __name__ == "__main__":
    main(run)
