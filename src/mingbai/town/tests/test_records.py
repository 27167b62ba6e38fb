"""The town's call records: the same seed gives the same town, and each style does what it is said to do."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from mingbai.kernel import columns
from mingbai.kernel.msisdn import Kind
from mingbai.town import records
from mingbai.town.records import special, styles
from mingbai.town.records.__main__ import main

KNOBS = records.Knobs(people=600, days=2, seed=11, density=10)


def _calls(folder: Path) -> pa.Table:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("calls-*.parquet"))])


def _truth(folder: Path) -> list[dict[str, Any]]:
    text = pc.ConvertOptions(column_types={"caller": pa.string()})
    return pc.read_csv(folder / "truth-callers.csv", convert_options=text).to_pylist()


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_same_knobs_give_the_same_bytes_and_another_seed_another_town(tmp_path: Path) -> None:
    for name, knobs in (("one", KNOBS), ("two", KNOBS), ("other", replace(KNOBS, seed=12))):
        records.generate(tmp_path / name, knobs)
    one, two, other = (_digests(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one["calls-2026-11-02.parquet"] != other["calls-2026-11-02.parquet"]


def test_csv_says_the_same_as_parquet(tmp_path: Path) -> None:
    records.generate(tmp_path / "parquet", KNOBS)
    assert (
        main([str(tmp_path / "csv"), "--csv", "--people", "600", "--days", "2", "--seed", "11", "--density", "10"]) == 0
    )
    texts = {"caller": pa.string(), "callee": pa.string()}
    written = pc.read_csv(
        tmp_path / "csv" / "calls-2026-11-02.csv", convert_options=pc.ConvertOptions(column_types=texts)
    )
    kept = pq.read_table(tmp_path / "parquet" / "calls-2026-11-02.parquet")
    assert written.cast(kept.schema).equals(kept)


def test_a_call_is_one_that_a_switch_could_record(recorded_town: Path) -> None:
    calls = _calls(recorded_town)
    assert pac.count_distinct(calls["call"]).as_py() == len(calls)
    answered, talk = calls["answered"].to_numpy(), calls["talk_ms"].to_numpy()
    assert not talk[~answered].any()
    assert talk[answered].min() > 0
    unused = calls.filter(pac.equal(calls["cause"], 1))
    assert not pac.any(unused["answered"]).as_py()
    assert unused["ring_ms"].null_count == len(unused)
    assert not pac.any(pac.equal(calls["caller"], calls["callee"])).as_py()
    _, callee = columns.classify(calls["callee"])
    assert (callee < Kind.WITHHELD).all()
    begin = int(np.datetime64("2026-11-01T16:00").astype("datetime64[us]").astype(int))
    assert calls["start_us"].to_numpy().min() >= begin
    assert calls["start_us"].to_numpy().max() < begin + 3 * 86_400_000_000


def test_each_style_is_there_and_each_number_has_one(recorded_town: Path) -> None:
    truth = _truth(recorded_town)
    named = {style.name: style for style in (*styles.ALL, *special.STYLES)}
    assert {row["style"] for row in truth} == set(named)
    assert len({row["caller"] for row in truth}) == len(truth)
    for row in truth:
        assert row["nuisance"] == (not row["sort"])
        assert row["sort"] in (named[row["style"]].sort, "spoofed_owner")


def _by_style(folder: Path, style: str) -> pa.Table:
    wanted = [row["caller"] for row in _truth(folder) if row["style"] == style]
    calls = _calls(folder)
    return calls.filter(pac.is_in(calls["caller"], pa.array(wanted)))


def test_styles_do_what_they_are_said_to_do(recorded_town: Path) -> None:
    rung = _by_style(recorded_town, "one_ring")["ring_ms"].drop_null().to_numpy()
    assert np.median(rung) < 5_000 < np.median(_by_style(recorded_town, "courier")["ring_ms"].drop_null().to_numpy())
    near = _by_style(recorded_town, "neighbour")
    shared = columns.near(columns.normalise(near["caller"]), columns.normalise(near["callee"]))
    assert (shared >= 7).mean() > 0.5
    bombs = _by_style(recorded_town, "bomb_one")
    assert pac.count_distinct(bombs["callee"]).as_py() < len(bombs) / 10
    slow = _by_style(recorded_town, "slow").group_by("caller").aggregate([("call", "count")])["call_count"]
    assert pac.mean(slow).as_py() < 60 * 3
    reports = pc.read_csv(recorded_town / "truth-callees.csv")
    assert 0 < len(reports) < 100


def _called_from(folder: Path, hopping: bool) -> list[int]:
    """For each person whom a holder called after a refusal, from how many of its numbers."""
    holders = {row["holder"]: row["hopping"] for row in pc.read_csv(folder / "truth-holders.csv").to_pylist()}
    numbers = pc.read_csv(folder / "numbers.csv").to_pylist()
    refused = {(row["party"], row["callee"]) for row in pc.read_csv(folder / "refusals.csv").to_pylist()}
    whose = {str(row["number"]): row for row in numbers if holders[row["holder"]] == hopping}
    used: dict[tuple[int, str], set[str]] = {}
    calls = _calls(folder)
    for row in calls.filter(pac.is_in(calls["caller"], pa.array(list(whose)))).select(["caller", "callee"]).to_pylist():
        owner = whose[row["caller"]]
        if (owner["principal"], int(row["callee"])) in refused:
            used.setdefault((owner["holder"], row["callee"]), set()).add(row["caller"])
    return [len(callers) for callers in used.values()]


def test_holders_that_hop_call_the_same_refusers_from_several_numbers_and_others_hardly_do(recorded_town: Path) -> None:
    hopping, others = (np.array(_called_from(recorded_town, which)) > 1 for which in (True, False))
    assert hopping.sum() >= 5
    assert hopping.mean() > 2 * others.mean()


@pytest.mark.parametrize("wrong", [{"people": 10}, {"days": 0}, {"days": 91}])
def test_towns_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="town"):
        records.Knobs(**wrong)  # type: ignore[arg-type]  # by name


def test_turning_a_knob_turns_the_town(tmp_path: Path) -> None:
    """People who answer less, fewer who call back: the same callers, other figures."""
    plain, cold = tmp_path / "plain", tmp_path / "cold"
    records.generate(plain, KNOBS)
    records.generate(cold, replace(KNOBS, answer=-1.5, returned=0.2))
    shares = [pac.mean(_by_style(folder, "courier")["answered"].cast(pa.int8())).as_py() for folder in (plain, cold)]
    assert shares[1] < shares[0] - 0.1
