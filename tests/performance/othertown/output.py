"""Write the town as the five tables a benchmark reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from tests.performance.othertown.agents import Town
from tests.performance.othertown.draws import Bytes, Calls, Ints
from tests.performance.othertown.echoes import Refusals
from tests.performance.othertown.numbering import Trunks, written

_CHUNK = 250_000


def _table(path: Path, header: str, lines: Iterable[str]) -> None:
    """A header and its lines."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(header + "\n")
        out.writelines(line + "\n" for line in lines)


def stamps(first: date, moments: Ints) -> list[str]:
    """ISO 8601 local time with milliseconds and the city's offset."""
    base = np.datetime64(first.isoformat(), "ms")
    texts = np.datetime_as_string(base + moments.astype("timedelta64[ms]"), unit="ms")
    return [text + "+08:00" for text in texts.tolist()]


def write_calls(path: Path, calls: Calls, trunk: Bytes, town: Town, trunks: Trunks, first: date) -> None:
    """calls.csv, in the order of start; each switch writes numbers in its own form."""
    full, national = written(town.numbers)
    kind = town.numbers.kind
    short_caller = trunks.caller_national[trunk, kind[calls.caller]]
    short_callee = trunks.callee_national[trunk, kind[calls.callee]]
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("call_id,start,caller,callee,trunk,answered,ring_ms,talk_ms,cause\n")
        for begin in range(0, len(calls), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            rows = zip(
                stamps(first, calls.start[part]),
                calls.caller[part].tolist(),
                short_caller[part].tolist(),
                calls.callee[part].tolist(),
                short_callee[part].tolist(),
                trunk[part].tolist(),
                calls.answered[part].tolist(),
                calls.ring[part].tolist(),
                calls.talk[part].tolist(),
                calls.cause[part].tolist(),
                strict=True,
            )
            out.writelines(
                f"{i},{at},{(national if cs else full)[a]},{(national if ds else full)[b]},"
                f"{trunks.names[t]},{int(ok)},{ring},{talk},{cause}\n"
                for i, (at, a, cs, b, ds, t, ok, ring, talk, cause) in enumerate(rows, begin + 1)
            )


def write_rest(folder: Path, calls: Calls, refused: Refusals, town: Town, trunks: Trunks, first: date) -> None:
    """The other tables, with numbers in full form."""
    full, _ = written(town.numbers)
    listed = (f"{full[r.number]},{r.holder},{r.sort},{r.use},{first - timedelta(days=r.days)}" for r in town.registered)
    _table(folder / "numbers.csv", "number,holder,sort,use,since", listed)
    holder = {r.number: str(r.holder) for r in town.registered}
    _table(folder / "consents.csv", "party,callee,given", _consents(calls, town, holder, full, first))
    order = np.argsort(refused.at, kind="stable")
    said = zip(
        refused.callee[order].tolist(),
        refused.caller[order].tolist(),
        refused.named[order].tolist(),
        stamps(first, refused.at[order]),
        strict=True,
    )
    rows = (f"{full[b]},{holder.get(a, '') if named else ''},{full[a]},{at}" for b, a, named, at in said)
    _table(folder / "refusals.csv", "callee,holder,caller,at", rows)
    _table(folder / "trunks.csv", "trunk,own", (f"{n},{o}" for n, o in zip(trunks.names, trunks.own, strict=True)))
    holders = sorted((a.holder, a.hopping) for a in town.agents if a.holder)
    _table(folder / "holders.csv", "holder,hopping", (f"{h},{int(hop)}" for h, hop in holders))
    callers = np.unique(calls.caller).tolist()
    _table(
        folder / "truth.csv",
        "caller,style,nuisance,hard_negative",
        (f"{full[c]},{','.join(truth(town, c))}" for c in callers),
    )


def _consents(calls: Calls, town: Town, holder: dict[int, str], full: list[str], first: date) -> Iterable[str]:
    """Who agreed to be called by the sellers to whom people agree: most of those on their lists."""
    asks = {n for a in town.agents if a.spec.style == "consented_seller" for n in a.lines.tolist() if n in holder}
    theirs = np.isin(calls.caller, sorted(asks)) & (calls.callee < town.people.size)
    rows = zip(calls.caller[theirs].tolist(), calls.callee[theirs].tolist(), strict=True)
    for firm, callee in sorted({(holder[caller], callee) for caller, callee in rows}):
        keen = 0.7 + 0.3 * (int(firm) * 7919 % 1009) / 1009
        drawn = (int(firm) * 2654435761 + callee * 40503) % 10007 / 10007
        if drawn < keen:
            yield f"{firm},{full[callee]},{first - timedelta(days=1 + callee * 31 % 400)}"


def truth(town: Town, number: int) -> tuple[str, str, str]:
    """Style, nuisance and hard negative of a number that calls."""
    place = int(town.lines.agent[number])
    if place < 0:
        return "person", "0", ""
    spec = town.agents[place].spec
    return spec.style, str(int(spec.nuisance)), spec.look


def midnight(text: str) -> date:
    """The first day, from an ISO date."""
    return date.fromisoformat(text)
