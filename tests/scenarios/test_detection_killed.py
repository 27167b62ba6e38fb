"""Detection by the hour, killed at any moment of a batch and started again: nothing is lost, nothing stands twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Make = Callable[[str], Any]
KILLS = 6
# A street's worth of calls in rounds. Each round is judged by a process of its own, as detection is started again: of
# all but the last, some time within their batches the kernel ends it (SIGALRM, which nothing catches, is SIGKILL at a
# moment chosen beforehand). Whatever a process leaves undone is the next one's.
_LIVED = """
import os, random, signal, sys, time
from django.db import connections
from mingbai.calls import actions as calls, queries as lake
from mingbai.detection import actions, queries
from mingbai.detection.hourly import Live
from mingbai.detection.models import Position
from mingbai.detection.queries import Wanted
from mingbai.cases import queries as cases
from mingbai.gate import journal
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.ledger import order, queries as ledger

KILLS = {kills}
home, draw = Home.from_environment(), random.Random({seed})
written, killed = 0, 0
sellers = [8617000000000 + n for n in range(2 * KILLS + 2)]  # two more begin in each round


def calls_of_a_round(writer, number):
    global written
    here = sellers[: 2 * number + 2]
    rows = [(seller, 8613700000000 + draw.randrange(10**6)) for seller in here for _ in range(4)]
    rows += [(8613800000000 + draw.randrange(200), 8613800000000 + draw.randrange(200)) for _ in range(150)]
    draw.shuffle(rows)
    begin = clock.now_us() - (KILLS + 1 - number) * 300_000_000
    for place, (caller, callee) in enumerate(rows):
        kind = int(Kind.UNALLOCATED if caller in here else Kind.MOBILE)  # what rules find by attempts alone
        at = begin + place * 1_000_000
        writer.append((at, caller, callee, 0, 0, 1, 0, 0, 0, 1, 0, 302, 255, 5, 0, 0, kind, int(Kind.MOBILE)))
    written += len(rows)


def detection(until_killed_s):
    connections.close_all()
    here, child = os.getpid(), os.fork()
    if not child:
        if until_killed_s:
            signal.setitimer(signal.ITIMER_REAL, until_killed_s)
        live = Live(home)
        while os.getppid() == here:
            live.step()
            while actions.to_cases_by_rule(1):
                pass
            if not live.waiting and not until_killed_s:
                os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1]


def judged_whole():
    begun = time.monotonic()
    assert detection(0) == 0
    return time.monotonic() - begun


calls_of_a_round(writer := journal.Writer(home.journal), 0)
took = judged_whole()
for number in range(1, KILLS + 1):
    calls_of_a_round(writer, number)
    if number % 3 == 0:  # a segment goes to the lake meanwhile
        for path in writer.close():
            calls.store_segment(home, path)
            path.unlink()
        writer = journal.Writer(home.journal)
    killed += detection(draw.uniform(0.01, 1.1) * took) == signal.SIGALRM
judged_whole()
if draw.random() < 0.5:
    judged_whole()
order.integrate()
heads = lake.heads(home, sellers, lake.quarter(clock.now().date()))
rows = queries.findings(Wanted(states=()), limit=100_000)
keys = [[row.kind, row.mark, row.rule, row.day.isoformat()] for row in rows]
said = dict(
    killed=killed,
    written=written,
    judged=sum(Position.objects.values_list("rows", flat=True)),
    keys=keys,
    found=sorted(set(row.mark for row in rows if row.verdict == "finding")),
    sellers=sorted(queries.mark(int(head)) for head in heads),
    cases=[row.number for row in cases.queue(limit=1000)],
    opened=sum(1 for one in ledger.changes(-1, 10_000) if one.kind == "calls.opened"),
    left=[path.name for path in (home.lake / "spill" / "hour").iterdir() if path.is_dir()],
)
"""


def test_killed_at_any_moment_it_loses_nothing_and_doubles_nothing(installation: Make) -> None:
    house = installation("house").begin()
    said = house.django(_LIVED.format(kills=KILLS, seed=20261122))
    assert said["killed"] >= KILLS // 2, "most of them die before they are done"
    assert said["judged"] == said["written"], "every row of the journal was judged"
    assert len({tuple(key) for key in said["keys"]}) == len(said["keys"]), "no finding stands twice"
    assert said["found"] == said["sellers"], "all who sell stand found, and nobody else"
    assert len(said["cases"]) == len(said["sellers"]), "each has its case, once"
    assert said["opened"] == len(said["sellers"]), "and each number was opened once"
    assert len(said["left"]) <= 1, "what a killed process left on disk is gone, but for the last one's"
