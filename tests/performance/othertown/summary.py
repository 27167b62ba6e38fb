"""A look at what was made, by style."""

from __future__ import annotations

import numpy as np
from tests.performance.othertown.agents import Town
from tests.performance.othertown.draws import Calls, Ints
from tests.performance.othertown.echoes import Refusals
from tests.performance.othertown.output import truth


def summary(calls: Calls, refused: Refusals, town: Town, days: int) -> str:
    """A table: callers, calls, calls a day, answer rate, mean talk, called back, distinct called, refusals."""
    n = len(town.numbers.digits)
    made = np.bincount(calls.caller, minlength=n)
    got = np.bincount(calls.caller, weights=calls.answered, minlength=n)
    talk = np.bincount(calls.caller, weights=calls.talk / 1000, minlength=n)
    pairs = np.unique(calls.caller.astype(np.int64) * n + calls.callee)
    back = np.isin(pairs, pairs % n * n + pairs // n, assume_unique=True)
    partners = np.bincount(pairs // n, minlength=n)
    mutual = np.bincount(pairs[back] // n, minlength=n)
    said = np.bincount(refused.caller, minlength=n)
    styles: dict[tuple[str, str, str], list[int]] = {}
    for number in np.flatnonzero(made).tolist():
        styles.setdefault(truth(town, number), []).append(number)
    lines = [f"{'style':<24}{'N':>2}{'callers':>9}{'calls':>10}{'day p10/50/90':>19}{'ans':>6}{'talk':>6}"]
    lines[0] += f"{'back':>6}{'ppl':>6}{'refus':>7}"
    for (style, nuisance, _), members in sorted(styles.items(), key=lambda item: (item[0][1], item[0][0])):
        who: Ints = np.array(members)
        low, mid, high = np.percentile(made[who] / days, [10, 50, 90])
        total, heard = made[who].sum(), max(got[who].sum(), 1)
        span = f"{low:.1f}/{mid:.1f}/{high:.1f}"
        mean = talk[who].sum() / heard
        lines.append(
            f"{style:<24}{nuisance:>2}{len(who):>9}{total:>10}{span:>19}{heard / total:>6.2f}{mean:>6.0f}"
            f"{mutual[who].sum() / partners[who].sum():>6.2f}{partners[who].sum() / total:>6.2f}{said[who].sum():>7}"
        )
    bad = sum(len(m) for (_, flag, _), m in styles.items() if flag == "1")
    hard = sum(len(m) for (_, _, look), m in styles.items() if look)
    callers = sum(len(m) for m in styles.values())
    hopping = sum(agent.hopping and agent.holder > 0 for agent in town.agents)
    lines.append(
        f"{callers} callers, {len(calls)} calls, {bad} nuisance ({bad / callers:.2%}), {hard} hard negatives "
        f"({hard / max(bad, 1):.1f} x), {hopping} registered hopping firms, {len(refused.at)} refusals"
    )
    return "\n".join(lines)
