"""`python -m tests.performance.thirdtown.summary OUT`: what the written town looks like, style by style."""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path


def _e164(text: str) -> str:
    return text if text.startswith("+") else "+86" + text.removeprefix("0")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Print a line for each style."""
    out = Path(sys.argv[1])
    style = {r["caller"]: (r["style"], r["nuisance"]) for r in _rows(out / "truth.csv")}
    callers = Counter(style.values())
    calls, answered, talk = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    pairs: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    with (out / "calls.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row[0] == "call_id":
                continue
            caller, callee = _e164(row[2]), _e164(row[3])
            kind = style[caller]
            calls[kind] += 1
            answered[kind] += row[5] == "1"
            talk[kind] += int(row[7])
            pairs[kind].add((caller, callee))
    every = set().union(*pairs.values())
    print("style,nuisance,callers,calls,calls_each,answered,mean_talk_s,pairs_called_back")
    for kind, many in sorted(callers.items(), key=lambda item: (item[0][1], -item[1])):
        back = sum((b, a) in every for a, b in pairs[kind]) / len(pairs[kind])
        each, rate, mean = calls[kind] / many, answered[kind] / calls[kind], talk[kind] / 1000 / max(1, answered[kind])
        print(f"{kind[0]},{kind[1]},{many},{calls[kind]},{each:.1f},{rate:.3f},{mean:.1f},{back:.3f}")
    bad = sum(n for (_, flag), n in callers.items() if flag == "1")
    hard = sum(r["hard_negative"] == "1" for r in _rows(out / "truth.csv"))
    hop = sum(r["hopping"] == "1" for r in _rows(out / "holders.csv"))
    print(f"callers {len(style)}, nuisance {bad} ({bad / len(style):.4%}), hard negatives {hard}, hopping {hop}")


if __name__ == "__main__":
    main()
