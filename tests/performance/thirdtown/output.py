"""The town written down: what the operator's switches saw, its registers, and the truth."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tests.performance.thirdtown.firms import TRADES
from tests.performance.thirdtown.kinds import Bools, Ints
from tests.performance.thirdtown.state import Calls, Town

CHUNK = 200_000


def _times(seconds: np.ndarray[tuple[int, ...], np.dtype[np.float64]], first: np.datetime64) -> list[str]:
    begin = first.astype("datetime64[ms]").astype(np.int64)
    stamps = (begin + np.round(seconds * 1000).astype(np.int64)).astype("datetime64[ms]")
    return [f"{s}+08:00" for s in np.datetime_as_string(stamps).tolist()]


def _write(path: Path, header: str, rows: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(header + "\n")
        out.writelines(row + "\n" for row in rows)


def _own_trunks(town: Town) -> tuple[Ints, Ints, Bools]:
    first, spread = town.numbers.homes()
    own = np.array([bool(flag) for _, flag in town.numbers.trunks])
    return first, spread, own


def seen(town: Town, calls: Calls) -> Calls:
    """Calls from or to the operator's own customers; it sees no others."""
    first, _, own = _own_trunks(town)
    visible: Calls = calls[own[first[calls["caller"]]] | own[first[calls["callee"]]]]
    return visible


def write_calls(out: Path, town: Town, calls: Calls, first_day: np.datetime64) -> None:
    """`calls.csv`; some trunks bring numbers in national form, some customers dial them so."""
    first, spread, _ = _own_trunks(town)
    rng, names = town.rng, [name for name, _ in town.numbers.trunks]
    plain_caller = rng.random(len(names)) < 0.18
    plain_callee = rng.random(len(names)) < 0.25
    used = np.unique(np.concatenate([calls["caller"], calls["callee"]])).tolist()
    full = {s: town.numbers.e164(s) for s in used}
    short = {s: town.numbers.national(s) for s in used}
    with (out / "calls.csv").open("w", encoding="utf-8", newline="") as file:
        file.write("call_id,start,caller,callee,trunk,answered,ring_ms,talk_ms,cause\n")
        for start in range(0, len(calls), CHUNK):
            part = calls[start : start + CHUNK]
            home = part["caller"]
            trunk = first[home] + np.where(spread[home] == 6, home // 10_000, part["callee"] + home) % spread[home]
            file.writelines(
                f"t{start + i:09d},{at},{(short if pa else full)[a]},{(short if pb else full)[b]},"
                f"{names[k]},{ok:d},{ring},{talk},{cause}\n"
                for i, (at, a, b, pa, pb, k, ok, ring, talk, cause) in enumerate(
                    zip(
                        _times(part["t"], first_day),
                        part["caller"].tolist(),
                        part["callee"].tolist(),
                        plain_caller[trunk].tolist(),
                        plain_callee[trunk].tolist(),
                        trunk.tolist(),
                        part["answered"].tolist(),
                        np.round(part["rang"] * 1000).astype(np.int64).tolist(),
                        np.round(part["talked"] * 1000).astype(np.int64).tolist(),
                        part["cause"].tolist(),
                        strict=True,
                    )
                )
            )


def _number_rows(town: Town, first_day: np.datetime64) -> list[str]:
    """Registered numbers; those who change numbers have newer ones, and old ones besides."""
    rng, rows = town.rng, []
    for plan in town.floor.plans:
        trade = TRADES[plan.trade]
        if not plan.holder:
            continue
        for line in plan.lines:
            age = rng.uniform(1, 45) if rng.random() < trade.fresh else rng.gamma(1.5, 500) + 45
            since = first_day - np.timedelta64(int(age), "D")
            rows.append(f"{town.numbers.e164(line)},{plan.holder},{trade.sort},{trade.use},{since}")
    return rows


def _service_rows(town: Town, first_day: np.datetime64) -> list[str]:
    rng, rows = town.rng, []
    for at, line in enumerate(town.services.tolist()):
        if rng.random() < 0.5:
            sort = "service_line" if town.numbers.national(line)[0] != "0" else "none"
            since = first_day - np.timedelta64(int(rng.gamma(2, 900)) + 60, "D")
            rows.append(f"{town.numbers.e164(line)},{900_000 + at},{sort},service,{since}")
    return rows


def _truth_rows(town: Town, calls: Calls) -> list[str]:
    rows = []
    for slot in np.unique(calls["caller"]).tolist():
        op = int(town.op_of[slot])
        if op < 0:
            style = "service_line" if town.service_of[slot] else "person"
            rows.append(f"{town.numbers.e164(slot)},{style},0,0")
            continue
        trade = TRADES[town.floor.plans[op].trade]
        rows.append(f"{town.numbers.e164(slot)},{trade.name},{trade.nuisance:d},{not trade.nuisance:d}")
    return rows


def _holder_rows(town: Town, calls: Calls) -> list[str]:
    """Holders; one counts as changing numbers only if its calls show at least three of them."""
    called = set(np.unique(calls["caller"]).tolist())
    rows = []
    for plan in town.floor.plans:
        if plan.holder:
            visible = sum(line in called for line in plan.lines) >= 3
            rows.append(f"{plan.holder},{TRADES[plan.trade].hopping and visible:d}")
    return rows


def _consent_rows(town: Town, calls: Calls, first_day: np.datetime64) -> Iterable[str]:
    """Who agreed to be called: most of those whom sellers with consent call."""
    op = town.op_of[calls["caller"]]
    with_consent = np.array([TRADES[p.trade].name == "marketing_with_consent" for p in town.floor.plans])
    theirs = (op >= 0) & with_consent[op] & (town.person_of[calls["callee"]] >= 0)
    pairs = sorted({*zip(op[theirs].tolist(), calls["callee"][theirs].tolist(), strict=True)})
    for place, callee in pairs:
        holder = town.floor.plans[place].holder
        drawn = (holder * 2654435761 + callee * 40503) % 10007 / 10007
        if holder and drawn < 0.65 + 0.33 * (place * 7919 % 1009) / 1009:
            given = first_day - np.timedelta64(1 + callee * 31 % 400, "D")
            yield f"{holder},{town.numbers.e164(callee)},{given}"


def write_books(out: Path, town: Town, calls: Calls, first_day: np.datetime64) -> None:
    """Everything but the calls."""
    _write(
        out / "numbers.csv",
        "number,holder,sort,use,since",
        _number_rows(town, first_day) + _service_rows(town, first_day),
    )
    ordered = sorted((r for r in town.refusals if r[3] < calls["t"][-1]), key=lambda r: r[3])
    times = _times(np.array([r[3] for r in ordered], dtype=np.float64), first_day)
    name = town.numbers.e164
    rows = [f"{name(c)},{h or ''},{name(a)},{at}" for (c, h, a, _), at in zip(ordered, times, strict=True)]
    _write(out / "refusals.csv", "callee,holder,caller,at", rows)
    _write(out / "consents.csv", "party,callee,given", _consent_rows(town, calls, first_day))
    _write(out / "trunks.csv", "trunk,own", [f"{n},{o}" for n, o in town.numbers.trunks])
    _write(out / "truth.csv", "caller,style,nuisance,hard_negative", _truth_rows(town, calls))
    _write(out / "holders.csv", "holder,hopping", _holder_rows(town, calls))
