"""The town as files: `calls.csv`, what the operator knows beside it, and the truth.

Foreign switches write callers as they please: a form for each trunk, always the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from numpy.typing import NDArray

from .callers import STYLES
from .draws import DAY, Flags, Ints, Rng
from .plan import NAMES, TRUNKS
from .town import Made

_HOLDERS = 5001  # the number of the first holder
# 0: +86…, 1: as within the country, 2: 0086…; own switches write the first
_FORMS = {"gw-rival-1": 1, "gw-rival-2": 2, "gw-virtual": 1, "gw-fixed": 1, "intl-hk": 2, "intl-2": 2}


def write(made: Made, out: Path, seed: int) -> None:
    """All files, into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 44])
    full = np.array([f"+{digits}" for digits in made.lines.digits.tolist()], dtype=object)
    _calls(made, full, out / "calls.csv")
    listed = np.flatnonzero(made.callers.listed >= 0)
    _numbers(rng, made, full, listed, out)
    _known(made, full, out)
    callers = np.unique(made.calls.caller)
    rows = ((full[one], made.style[one], int(made.nuisance[one]), int(made.hard[one])) for one in callers.tolist())
    _table(out / "truth.csv", ("caller", "style", "nuisance", "hard_negative"), rows)
    _table(out / "trunks.csv", ("trunk", "own"), ((name, int(own)) for name, own in TRUNKS.items()))


def _table(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def _national(digits: int) -> str:
    """As within the country: mobile and short numbers bare, landlines behind 0; others' behind 00."""
    text = str(digits)
    if not text.startswith("86") or (text.startswith("852") and len(text) == 11):
        return f"00{text}"
    rest = text[2:]
    bare = (len(rest) == 11 and rest[0] == "1") or rest.startswith(("400", "95"))
    return rest if bare else f"0{rest}"


def _written(made: Made, full: NDArray[np.object_]) -> pa.StringArray:
    """Callers as each trunk's switch writes them."""
    national = np.array([_national(digits) for digits in made.lines.digits.tolist()], dtype=object)
    forms = np.array([_FORMS.get(name, 0) for name in NAMES])[made.trunk]
    zeros = np.array([f"00{text[1:]}" for text in full.tolist()], dtype=object)
    texts = pa.array(np.concatenate([full, national, zeros]), pa.string())
    return texts.take(forms * len(full) + made.calls.caller)


def _calls(made: Made, full: NDArray[np.object_], path: Path) -> None:
    calls = made.calls
    table = {
        "call_id": pa.array(np.char.add("f", np.char.zfill(np.arange(len(calls.start)).astype(str), 9))),
        "start": _instants(made, calls.start),
        "caller": _written(made, full),
        "callee": pa.array(full, pa.string()).take(calls.callee),
        "trunk": pa.array(NAMES).take(made.trunk),
        "answered": calls.answered.astype(np.int8),
        "ring_ms": calls.ring,
        "talk_ms": calls.talk,
        "cause": calls.cause,
    }
    with path.open("wb") as file:
        file.write(",".join(table).encode() + b"\n")
        pc.write_csv(pa.table(table), file, pc.WriteOptions(include_header=False, quoting_style="none"))


def _instants(made: Made, since_ms: Ints) -> pa.StringArray:
    """Local time with milliseconds, as 2026-11-03T09:15:00.123+08:00."""
    texts = np.datetime_as_string(np.datetime64(made.first, "ms") + since_ms.astype("timedelta64[ms]"), unit="ms")
    return pa.array(np.char.add(texts, "+08:00").tolist(), pa.string())


def _numbers(rng: Rng, made: Made, full: NDArray[np.object_], listed: Ints, out: Path) -> None:
    """Registered numbers and their holders; a holder's numbers were mostly taken in one go."""
    callers = made.callers
    styles = [STYLES[place] for place in callers.style[listed].tolist()]
    options = [style.listed[place] for style, place in zip(styles, callers.listed[listed].tolist(), strict=True)]
    centre = np.array([style.age_days for style in styles])
    batch = np.exp(0.9 * rng.standard_normal(int(callers.holder[-1]) + 1))[callers.holder[listed]]
    age = np.asarray(centre * batch * rng.lognormal(0, 0.3, len(listed)) + 1, np.int64)
    since = np.datetime_as_string(np.datetime64(made.first, "D") - age.astype("timedelta64[D]"))
    holder = callers.holder[listed] + _HOLDERS
    _table(
        out / "numbers.csv",
        ("number", "holder", "sort", "use", "since"),
        (
            (full[number], party, sort, use, day)
            for number, party, (_, sort, use), day in zip(
                callers.number[listed].tolist(), holder.tolist(), options, since.tolist(), strict=True
            )
        ),
    )
    hops = dict(zip(holder.tolist(), (int(style.hopping) for style in styles), strict=True))
    _table(out / "holders.csv", ("holder", "hopping"), sorted(hops.items()))


def _known(made: Made, full: NDArray[np.object_], out: Path) -> None:
    """Refusals before the last day's end, against the holder where the number is registered; consents on file."""
    callers, refusals, consents = made.callers, made.refusals, made.consents
    last = int(made.calls.start.max(initial=0)) // DAY * DAY + DAY
    keep = np.flatnonzero(refusals.at < last)
    keep = keep[np.argsort(refusals.at[keep], kind="stable")]
    row = refusals.row[keep]
    party = np.where(callers.listed[row] >= 0, callers.holder[row] + _HOLDERS, 0)
    at = _instants(made, refusals.at[keep]).to_pylist()
    named = (str(one) if one else "" for one in party.tolist())
    rows = zip(full[refusals.callee[keep]], named, full[callers.number[row]], at, strict=True)
    _table(out / "refusals.csv", ("callee", "holder", "caller", "at"), rows)
    filed = np.flatnonzero(_registered(made)[consents.holder])
    given = _instants(made, consents.given[filed]).to_pylist()
    rows_of = zip((consents.holder[filed] + _HOLDERS).tolist(), full[consents.callee[filed]], given, strict=True)
    _table(out / "consents.csv", ("party", "callee", "given"), rows_of)


def _registered(made: Made) -> Flags:
    found = np.zeros(int(made.callers.holder[-1]) + 1, np.bool_)
    found[made.callers.holder[made.callers.listed >= 0]] = True
    return found
