"""Somebody sells by telephone without consent, through the real gate: within the batch it is found, a case stands, and
why its number was opened is on record. A courier who rings as many doors is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SELLER, COURIER = "13911112222", "13933334444"
Make = Callable[[str], Any]
_SAID = """
from mingbai.cases import queries as cases
from mingbai.detection import queries
from mingbai.detection.queries import Wanted
from mingbai.ledger import order, queries as ledger
order.integrate()
rows = queries.findings(Wanted(states=()))
said = {
    "findings": [[row.mark, row.rule, row.verdict, row.state, row.case, row.calls] for row in rows],
    "cited": [len(queries.finding(row.id).cited) for row in rows],
    "cases": [[row.number, row.ground, row.state] for row in cases.queue()],
    "opened": sum(1 for one in ledger.changes(-1, 10_000) if one.kind == "calls.opened"),
}
"""


def _calls(house: Any, caller: str, callee: str) -> None:
    body = {"caller": caller, "callee": callee, "trunk": "centre-a", "mode": "attempt"}
    house._post(f"http://127.0.0.1:{house.gate}/gate/v1/decide", house.keys["decide"], body)


def _person(n: int) -> str:
    return str(13_700_000_000 + n)


def test_a_seller_is_found_while_it_calls_and_a_courier_is_not(installation: Make) -> None:
    house = installation("house").make()
    with house.running():
        for n in range(40):
            _calls(house, COURIER, _person(1_000 + n))
            if n % 4:  # people ring back: where is my parcel
                _calls(house, _person(1_000 + n), COURIER)
        for n in range(200):
            _calls(house, SELLER, _person(n))
        house.wait(lambda: bool(house.django(_SAID)["cases"]), "the case")
        said = house.django(_SAID)
    found = {(mark, calls) for mark, _, verdict, *_, calls in said["findings"] if verdict == "finding"}
    assert len(found) == 1, "one number stands found"
    assert max(calls for _, calls in found) > 40, "and it is the seller's"
    assert all(said["cited"]), "each finding cites the calls it rests on"
    assert [[ground, state] for _, ground, state in said["cases"]] == [["detection", "open"]]
    assert said["cases"][0][0] == "139****2222", "a person's number stays masked on the list"
    assert said["opened"] == 1, "the number was opened once, and the log says why"
    cased = [case for *_, state, case, _ in said["findings"] if state == "cased"]
    assert cased
    assert len(set(cased)) == 1
