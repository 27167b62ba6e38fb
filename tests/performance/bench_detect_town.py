"""How much of the nuisance detection finds in four made towns, whom it wrongly hits, what one feature alone could do.

Each town is made, imported as any switch's records are, judged by all features and rules, and held against its truth:
`python -m mingbai.town.records` with a seed that no calibration saw, and three written apart from the rules by people
who had not read them: `othertown`, `thirdtown` and `fourthtown`, all of `tests.performance`. The curve goes to
build/detection-town.svg and .csv; with MINGBAI_BENCH_DOCS=1 to docs/images too.
MINGBAI_BENCH_PEOPLE makes the first town smaller.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.performance import harness

from mingbai.kernel import clock

PEOPLE = int(os.environ.get("MINGBAI_BENCH_PEOPLE", "1000000"))
OTHERS = int(os.environ.get("MINGBAI_BENCH_OTHERS", "200000"))
DAYS = 7
SEED = 1007  # calibration uses 1 to 99
ROOT = Path(__file__).resolve().parents[2]
# module, people, how its first day is called, days after a Monday that it begins on
TOWNS = {
    "first": ("mingbai.town.records", PEOPLE, "--begin", 0),
    "second": ("tests.performance.othertown", OTHERS, "--first", 0),
    "third": ("tests.performance.thirdtown", OTHERS, "--first", 2),
    "fourth": ("tests.performance.fourthtown", OTHERS, "--first", 1),
}
NAMES = ("detection-town.svg", "detection-town.csv")
_MAPPING = """\
[columns]
call = "call_id"
start = "start"
caller = "caller"
callee = "callee"
trunk = "trunk"
answered = "answered"
ring = "ring_ms"
talk = "talk_ms"
cause = "cause"
[durations]
unit = "ms"
"""


def run() -> list[dict[str, Any]]:
    """Both towns, each in a process of its own; the rows, and the curve beside them."""
    begin = a_monday(clock.now().date())  # the importer takes no calls of the future
    found = {}
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        for town, (module, people, option, after) in TOWNS.items():
            place, first = Path(folder) / town, begin + timedelta(days=after)
            _call(module, place, "--people", people, "--days", DAYS, "--seed", SEED, option, first)
            found[town] = _measured(town, place)
            shutil.rmtree(place)
    draw({kind: one["curve"] for kind, one in found.items()}, {kind: one["figures"] for kind, one in found.items()})
    own = found.pop("first")
    return [*_rows(own), *(row for town, one in found.items() for row in _beside(own["figures"], town, one["figures"]))]


def a_monday(today: date) -> date:
    """The last Monday long enough ago for every town's days, all in one quarter: each number has one pseudonym."""
    monday = today - timedelta(days=today.weekday() + 14)
    while (monday.month - 1) // 3 != ((monday + timedelta(days=DAYS + 2)).month - 1) // 3:
        monday -= timedelta(days=7)
    return monday


_ASKED = (
    ("precision", "precision over callers", 0.97),
    ("recall", "recall over callers", 0.90),
    ("hopping_found", "hopping holders found", 0.95),
)


def _rows(one: dict[str, Any]) -> list[dict[str, Any]]:
    figures, of, row = one["figures"], f"town of {PEOPLE:,}", harness.row
    rows = [
        row(f"{of}: {said}", figures[name], "share", target=f"≥ {least}", met=figures[name] >= least)
        for name, said, least in _ASKED
    ]
    flagged, best = figures["hard_flagged"], figures["feature_f1"]
    rows.append(row(f"{of}: hard negatives flagged", flagged, "share", target="≤ 0.002", met=flagged <= 0.002))
    single = f"{of}: best F1 of a single feature ({figures['feature']})"
    rows.append(row(single, best, "F1", target="< 0.8", met=best < 0.8))
    return rows


def _beside(first: dict[str, Any], town: str, other: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        harness.row(
            f"{town} town of {OTHERS:,}: {name} over callers", other[name], "share", baseline=first[name],
            target="≥ the first's − 0.03", met=other[name] >= first[name] - 0.03,
        )
        for name in ("precision", "recall")
    ]  # fmt: skip


def _call(module: str, *arguments: object) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr)


def _measured(kind: str, folder: Path) -> dict[str, Any]:
    """What `measure` says of a town, in a home and a database of its own."""
    home = folder / "home"
    environment = {**os.environ, "MINGBAI_TEST_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings.testing"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.performance.bench_detect_town", "measure", kind, str(folder)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(kind: str, folder: Path) -> dict[str, Any]:
    """Import a town's calls into a fresh lake, judge them, hold them against the truth."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from tests.performance import judged, towns

    from mingbai.kernel import profile

    home = settings.HOME
    home.root.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    home.profile.write_text(profile.packaged(profile.NAMES[0]), "utf-8")
    begun = perf_counter()
    town = (towns.first_town if kind == "first" else towns.other_town)(folder, lake=lambda *asked: _lake(home, *asked))
    imported = perf_counter()
    found = judged.judge_town(town, profile.load(home).detection)
    took = perf_counter() - imported
    figures = judged.figures(found, town.hopping)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(judged.told(figures), file=sys.stderr)
    print(f"imported in {imported - begun:.0f} s, judged in {took:.0f} s, {gigabytes:.1f} GB", file=sys.stderr)
    return {"figures": judged.as_json(figures), "curve": judged.score_curve(found), "seconds": took}


def _lake(home: Any, paths: list[Path], mapping: Path, trunks: dict[str, int], begin: date, days: int) -> Any:
    """The lake's files of the calls in `paths`, and what names numbers in them."""
    from mingbai.calls import actions, queries
    from mingbai.calls.pseudonyms import Pseudonyms, quarter_of

    if not mapping.exists():
        mapping.write_text(_MAPPING, "utf-8")
    form = paths[0].suffix.removeprefix(".")
    choice = actions.ImportChoice(form, layout=actions.mapping(mapping), source="town")
    report = actions.import_calls(home, paths, choice, trunks=lambda name: trunks.get(name, 0))
    print(report, file=sys.stderr)
    files = queries.traffic(home, begin, begin + timedelta(days=days)).files
    pseudonyms, quarter = Pseudonyms(home), quarter_of(begin)
    return files, lambda numbers: pseudonyms.column(numbers, quarter)[0]


def draw(curves: dict[str, list[list[float]]], figures: dict[str, dict[str, Any]]) -> None:
    """The curves and what the whole of rules and score reaches, as SVG and CSV."""
    from tests.performance import curve

    texts = (curve.svg(curves, figures), "\n".join(_lines(curves)) + "\n")
    folders = [ROOT / "build", *([ROOT / "docs" / "images"] if os.environ.get("MINGBAI_BENCH_DOCS") else [])]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in zip(NAMES, texts, strict=True):
            (folder / name).write_text(text, "utf-8")


def _lines(curves: dict[str, list[list[float]]]) -> Iterator[str]:
    yield "town,recall,precision,points"
    for town, points in curves.items():
        yield from (f"{town},{recall:.4f},{precision:.4f},{score:.2f}" for recall, precision, score in points)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
    else:
        harness.main(run)
