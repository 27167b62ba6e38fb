"""The gate inside Kamailio on one core, calls from the other, facts of 20 million consents; beside it the bare proxy.

The bare proxy is the same Kamailio with the same modules but Python, that answers every INVITE at once (bare.cfg). It
is started as Debian would, and with the allocator that the gate is started with (cli/sip.py), by which alone it is five
times as fast. All are taken in turn, so that they see the same weather. Calls are sipload's (sipload/main.go), and once
SIPp's own. A refusal is an action on the database, carried to the facts by the installation's own work loop; it is in
force when the proxy says 607 to a call, which it is asked over and over.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from mmap import PAGESIZE, PROT_READ, mmap
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.performance import facts, sip
from tests.performance.harness import TIMES, Row, main, median_figures, percentile, row

from mingbai.gate import resident
from mingbai.gate.facts import Writer
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home

SECONDS = max(1.0, round(3 * min(facts.SCALE * 10, 1)))
REFUSALS = 300 if facts.SCALE == 1 else 30
WINDOW = ("-window", "64")
RATES = range(20_000, 100_000, 5_000)  # tried one after the other, until a call is lost
CALLER = "95533"
PATIENCE = 30.0  # seconds
THROUGH, UNWANTED = 302, 607
_KEPT = {"facts", "keys", "profile.toml"}


def run() -> list[Row]:
    sip.build()
    home = facts.home()
    _tidy(home)
    what = f"SIP gate, one core, {facts.CONSENTS:,} consents"
    with _in_memory(home):
        return [*_beside_each_other(home, what), *_refusals(home, what)]


def _beside_each_other(home: Home, what: str) -> list[Row]:
    with ExitStack() as stack:
        proxies = (sip.echo(), sip.bare(as_shipped=True), sip.bare(), sip.gate(home))
        servers = [stack.enter_context(proxy) for proxy in proxies]
        gate = servers[-1]
        sip.load(gate.port, 2 * SECONDS, *WINDOW)
        most, slow, bare, ours = median_figures([partial(_as_fast_as_answered, server) for server in servers])
        loaded = _under_load(gate, what, shared=home.facts)
    return [
        row("SIP load generator against an echo", most, "/s", target="≥ 60,000", met=most >= 60_000),
        row(
            f"{what}; beside a bare reply of Kamailio as Debian starts it",
            ours,
            "/s",
            baseline=slow,
            target="≥ 0.65 ×",
            met=ours >= 0.65 * slow,
        ),
        row(f"{what}; beside a bare reply, started alike", ours, "/s", baseline=bare, target="—", met=True),
        *loaded,
    ]


def _tidy(home: Home) -> None:
    """Nothing but facts, keys and the profile; and marketing is let through at any hour, whenever this is run."""
    for path in home.root.iterdir():
        if path.is_dir() and path.name not in _KEPT:
            shutil.rmtree(path)
        elif path.name not in _KEPT:
            path.unlink()
    home.make_keys()
    text = home.profile.read_text("utf-8")
    always = text.replace('marketing = "09:00-21:00"', 'marketing = "00:00-24:00"')
    assert always != text
    home.profile.write_text(always, "utf-8")


@contextmanager
def _in_memory(home: Home) -> Iterator[None]:
    """Every page of the facts is read and stays, as in a machine whose gate has been up for a while."""
    data = home.facts / (home.facts / "current").read_text("ascii").strip() / "data.mdb"
    with data.open("rb") as file, mmap(file.fileno(), 0, prot=PROT_READ) as pages:
        resident.keep(data)
        for at in range(0, len(pages), PAGESIZE):
            assert pages[at] is not None
        yield


def _as_fast_as_answered(server: sip.Server) -> float:
    """Answers a second, with so many calls outstanding; 0 when one was not answered within a second."""
    seen = sip.load(server.port, SECONDS, *WINDOW)
    return seen.rate if seen.whole else 0.0


def _under_load(gate: sip.Server, what: str, *, shared: Path) -> list[Row]:
    """At rates of calls instead of as fast as they are answered; `shared`: the folder whose pages all workers share."""
    whole = 0
    for rate in RATES:
        if not sip.load(gate.port, SECONDS, "-rate", str(rate)).whole:
            break
        whole = rate
    steady = [sip.load(gate.port, SECONDS, "-rate", "10000", "-ack") for _ in range(TIMES)]
    asked = sip.sipp(gate.port, 10_000, 5)
    own = max(sip.private_bytes(worker, shared) for worker in gate.workers()) / 1e6
    late, lost = median(seen.p99_ms for seen in steady), sum(seen.lost for seen in steady)
    again = asked.retransmissions + asked.failed
    return [
        row(f"{what}; evenly paced, without loss", whole, "/s", target="≥ 20,000", met=whole >= 20_000),
        row(f"{what}; p99 at 10,000/s", late, "ms", target="≤ 5, none lost", met=late <= 5 and not lost),
        row(
            f"{what}; SIPp at 10,000/s: messages sent again, calls failed",
            again,
            "",
            target="0",
            met=not again and asked.rate >= 9_500,
        ),
        row(f"{what}; memory of a worker beside the facts", own, "MB", target="≤ 150", met=own <= 150),
    ]


def _refusals(home: Home, what: str) -> list[Row]:
    people = _prepare(home)
    with ExitStack() as stack:
        running = stack.enter_context(sip.gate(home))
        command = ["taskset", "-c", sip.LOAD_CORE, sys.executable, "-m", "mingbai.gate.feed.work"]
        work = subprocess.Popen(command, env={**os.environ, "MINGBAI_HOME": str(home.root)})
        stack.callback(work.wait)
        stack.callback(work.terminate)
        caller = sip.Caller(running.port)
        stack.callback(caller.close)
        for number, _ in people:
            if _await(caller, number, THROUGH) > PATIENCE:
                raise SystemExit("a call that was agreed to is not put through")
        seen = stack.enter_context(sip.load_meanwhile(running.port, "-rate", "10000", "-ack"))
        times = _measure(caller, people)
    worst, load = percentile(times, 0.99), seen[0]
    return [
        row(
            f"{what}; refusal to enforcement under 10,000/s, p99 of {REFUSALS}",
            worst,
            "s",
            target="≤ 1, no call lost",
            met=worst <= 1 and not load.lost,
        ),
        row(
            f"{what}; refusal to enforcement under 10,000/s, median", percentile(times, 0.5), "s", target="—", met=True
        ),
        row(f"{what}; p99 at 10,000/s while refusals are applied", load.p99_ms, "ms", target="—", met=True),
    ]


def _prepare(home: Home) -> list[tuple[str, int]]:
    """A database of its own behind the facts: a firm, its number, people who agreed; (number, subscriber) of each."""
    os.environ["MINGBAI_HOME"] = str(home.root)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")
    import django

    django.setup()
    from django.core.management import call_command

    from mingbai.consent import actions as consent
    from mingbai.ledger import order
    from mingbai.numbers import actions as numbers
    from mingbai.people import actions as people

    call_command("migrate", verbosity=0)
    writer = Writer(home.facts)
    with writer.batch() as batch:
        batch.position(-1, clock.now_us())  # nothing of this ledger is in the facts yet
    writer.close()
    firm = people.create_organisation(name="明心", kind="enterprise")
    numbers.register_number(first=msisdn.require(CALLER), holder=firm, principal=firm, use="marketing")
    found = []
    for which in random.Random(2).sample(range(facts.SUBSCRIBERS), REFUSALS):
        number = str(facts.FIRST_SUBSCRIBER + which)
        subscriber = people.ensure_subscriber(msisdn.require(number))
        consent.give(subscriber=subscriber, principal=firm, purpose="marketing", how="sms")
        found.append((number, subscriber))
    while order.integrate():
        pass
    return found


def _measure(caller: sip.Caller, people: list[tuple[str, int]]) -> list[float]:
    """Seconds from the return of the action to the proxy's first 607, for each; up to the first that never gets it."""
    from mingbai.consent import actions as consent

    chance, times = random.Random(3), []
    for number, subscriber in people:
        _await(caller, number, THROUGH)
        consent.refuse(subscriber=subscriber, principal=1, how="sms")
        times.append(_await(caller, number, UNWANTED))
        if times[-1] > PATIENCE:
            break
        clock.pause(chance.random() * 0.05)
    return times


def _await(caller: sip.Caller, number: str, code: int) -> float:
    """Ask until the answer is this one, or patience has ended; seconds."""
    began = perf_counter()
    while caller.code(CALLER, "+" + number) != code and perf_counter() - began < PATIENCE:
        clock.pause(0.002)
    return perf_counter() - began


if __name__ == "__main__":
    main(run)
