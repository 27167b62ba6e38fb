"""Which numbers are shown as one campaign."""

from __future__ import annotations

import pyarrow as pa

from mingbai.detection.rules.campaigns import campaigns
from mingbai.detection.rules.tests.made import COLD, ORDINARY, SETTINGS, table

S = SETTINGS
DAY = {f"h{hour}": 70 for hour in range(9, 19)} | {"talk_0": 90, "talk_1": 80, "talk_2": 60, "talk_3": 30, "talk_4": 20}
NIGHT = {f"h{hour}": 100 for hour in (0, 1, 2, 22, 23)} | {"talk_6": 100, "talk_7": 180}
SELLER = COLD | DAY
OTHER = ORDINARY | NIGHT


def grouped(features: pa.Table, **more: pa.Table) -> dict[int, tuple[list[int], list[str]]]:
    made: dict[int, tuple[list[int], list[str]]] = {}
    for row in campaigns(features, S, **more).to_pylist():
        members, bonds = made.setdefault(row["campaign"], ([], row["bonds"]))
        members.append(row["subject"])
        assert row["numbers"] >= 2
        assert bonds == row["bonds"]
    return made


def contacts(**called: range) -> pa.Table:
    """Callers named n1, n2 … and whom they called."""
    pairs = [(int(name[1:]), callee) for name, callees in called.items() for callee in callees]
    return pa.table({"subject": [one for one, _ in pairs], "callee": [other for _, other in pairs]})


def test_numbers_of_one_holder_that_behave_as_one_are_one_campaign() -> None:
    features = table(SELLER | {"holder": 7}, OTHER | {"holder": 7}, SELLER | {"holder": 7}, SELLER | {"holder": 8})
    assert grouped(features) == {1: ([1, 3], ["holder"])}


def test_being_alike_is_not_enough() -> None:
    assert grouped(table(SELLER, SELLER, SELLER | {"holder": 3})) == {}


def test_numbers_that_nobody_registered_hang_together_by_whom_they_called() -> None:
    features = table(SELLER, SELLER, SELLER, OTHER)
    called = contacts(n1=range(100), n2=range(80, 180), n3=range(1000, 1100), n4=range(100))
    assert grouped(features, contacts=called) == {1: ([1, 2], ["callees"])}


def test_a_person_whom_everybody_calls_binds_nobody() -> None:
    features = table(*[SELLER] * 300)
    called = contacts(**{f"n{caller}": range(5) for caller in range(1, 301)})
    assert grouped(features, contacts=called) == {}


def test_a_trunk_on_which_most_numbers_were_found_binds_them() -> None:
    features = table(SELLER | {"trunk": 4}, SELLER | {"trunk": 4}, SELLER | {"trunk": 5}, SELLER | {"trunk": 5})
    trunks = table({"subject": 4, "numbers": 3}, {"subject": 5, "numbers": 900}, kind="trunk")
    assert grouped(features, trunks=trunks) == {1: ([1, 2], ["trunk"])}


def test_bonds_chain_and_the_order_of_rows_changes_nothing() -> None:
    rows = [SELLER | {"subject": 2**62 + 5, "holder": 7}, SELLER | {"subject": -9, "holder": 7, "principal": 3},
            SELLER | {"subject": 2**62 + 6, "principal": 3}]  # fmt: skip
    wanted = {-9: ([-9, 2**62 + 5, 2**62 + 6], ["holder", "principal"])}
    assert grouped(table(*rows)) == wanted
    assert grouped(table(*reversed(rows))) == wanted


def test_nobody_found_is_no_campaign() -> None:
    assert grouped(table()) == {}
