"""Features in, findings out: every rule over every subject, and beside them the score. Pure, by the column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.detection.rules import conduct
from mingbai.detection.rules.conduct import Hit
from mingbai.detection.rules.measures import Column, Counts, measures, parts, registered
from mingbai.detection.rules.terms import Scores, evidence, score, unwelcome
from mingbai.detection.rules.whole import WHOLE, Whole
from mingbai.detection.states import Kind, Verdict
from mingbai.kernel.profile import Detection
from mingbai.kernel.profile.detecting import TERMS

_TERM = pa.struct(
    [("name", pa.string()), ("value", pa.float64()), ("weight", pa.float64()), ("contribution", pa.float64())]
)
_SEEN = pa.struct([("name", pa.string()), ("value", pa.float64()), ("threshold", pa.float64())])
_FIELDS: list[pa.Field[Any]] = [
    pa.field("subject", pa.int64(), nullable=False),
    pa.field("tail", pa.int64(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("rule", pa.string(), nullable=False),
    pa.field("verdict", pa.string(), nullable=False),
    pa.field("score", pa.float64(), nullable=False),
    pa.field("terms", pa.list_(_TERM), nullable=False),
    pa.field("reason", pa.struct([("code", pa.string()), ("values", pa.list_(_SEEN))]), nullable=False),
    pa.field("against", pa.list_(pa.string()), nullable=False),
]
FINDINGS = pa.schema(_FIELDS)
"""A row for each subject and rule that hits it. `score` in points is the sum of the contributions of `terms`; `reason`
holds what the rule measured beside its thresholds; `against` what counts against it, by code."""

_PRIOR = "prior"
_AT_ONCE, _THREADS = 65_536, 2  # so many rows stay in a processor's cache; NumPy works beside Python's lock
_STRUCTS: Any = pa.StructArray  # its stubs want one type of all fields


def judge(
    features: pa.Table,
    settings: Detection,
    kind: str = Kind.NUMBER,
    *,
    hopping_holders: Sequence[int] = (),
    rotating_holders: Sequence[int] = (),
    whole: Whole = WHOLE,
) -> pa.Table:
    """Findings (FINDINGS) about the subjects of one feature table, by rule, then by subject.

    `hopping_holders`, `rotating_holders`: holders that were found so; of these, a number that had its part in it is
    found, too. `whole`: what the records as a whole can tell.
    """
    known = whole.known(features)
    slices = [known.slice(begin, _AT_ONCE) for begin in range(0, max(known.num_rows, 1), _AT_ONCE)]

    def judged(part: pa.Table) -> list[pa.Table]:
        return _judged(part, settings, kind, hopping_holders, rotating_holders)

    if len(slices) == 1:
        return pa.concat_tables(judged(slices[0]))
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(judged, slices))
    return pa.concat_tables([table for of_rule in zip(*found, strict=True) for table in of_rule])


def _judged(
    features: pa.Table, settings: Detection, kind: str, hopping: Sequence[int], rotating: Sequence[int]
) -> list[pa.Table]:
    """Findings by rule, a table each and one that is empty."""
    counts = Counts(features)
    shares = parts(counts)
    scores = score(evidence(counts, shares, settings), settings)
    measured = measures(counts, shares) | {"score": scores.score}
    against = conduct.counts_against(measured, registered(counts), settings)
    hits = [conduct.hit(rule, measured, against, settings) for rule in conduct.RULES if kind in rule.kinds]
    if kind == Kind.NUMBER:
        hits.append(_parts_of(counts, measured, hopping))
        hits.append(_rotated(counts, measured, rotating, against))
    if kind in (Kind.NUMBER, Kind.HOLDER):
        hits.append(_by_score(counts, scores, against, settings))
    made = [
        _rows(hit, kind, counts, scores, against) if len(hit.rows) else FINDINGS.empty_table() for hit in hits
    ]  # fmt: skip
    return [FINDINGS.empty_table(), *made]


def judge_all(features: Mapping[str, pa.Table], settings: Detection) -> pa.Table:
    """Findings about the subjects of all feature tables, by Kind; holders first, since a holder's hopping is its
    numbers' too."""
    made: list[pa.Table] = []
    hopping: list[int] = []
    rotating: list[int] = []
    whole = Whole.of(features)
    for kind in (Kind.HOLDER, Kind.NUMBER, Kind.TRUNK, Kind.CALLEE):
        if kind not in features:
            continue
        found = judge(
            features[kind], settings, kind, hopping_holders=hopping, rotating_holders=rotating, whole=whole
        )  # fmt: skip
        made.append(found)
        if kind is Kind.HOLDER:
            hopping = _found(found, "hopping")
            rotating = sorted({*hopping, *_found(found, "rotation")})
    return pa.concat_tables(made) if made else FINDINGS.empty_table()


def _found(found: pa.Table, rule: str) -> list[int]:
    """Subjects that a rule finds."""
    subjects, codes, verdicts = (found[name].to_pylist() for name in ("subject", "rule", "verdict"))
    rows = zip(subjects, codes, verdicts, strict=True)
    return [int(str(subject)) for subject, code, verdict in rows if (code, verdict) == (rule, Verdict.FINDING)]


def scores_of(features: pa.Table, settings: Detection, whole: Whole = WHOLE) -> Scores:
    """The score of every subject of a feature table, with its terms: for pages, curves and calibration."""
    counts = Counts(whole.known(features))
    return score(evidence(counts, parts(counts), settings), settings)


def _parts_of(counts: Counts, measured: Mapping[str, Column], holders: Sequence[int]) -> Hit:
    """Numbers of holders found hopping that called people who had refused, whom another one called too."""
    whose = np.array([holder for holder in holders if holder], np.float64)
    rows = np.flatnonzero(np.isin(counts["holder"], whose) & (measured["hopped"] >= 1))
    return Hit(conduct.PART, rows, np.ones(len(rows), np.bool_), (("hopped", measured["hopped"][rows], 1.0),))


def _rotated(
    counts: Counts, measured: Mapping[str, Column], holders: Sequence[int], against: Mapping[str, NDArray[np.bool_]]
) -> Hit:
    """Numbers of holders found to call from one number after another: each has too few calls to tell by itself."""
    whose = np.array([holder for holder in holders if holder], np.float64)
    rows = np.flatnonzero(np.isin(counts["holder"], whose) & (counts["callees"] >= 1))
    cleared = np.logical_or.reduce([against[code][rows] for code in conduct.NOT_OF_ROTATION])
    return Hit(conduct.PART_OF_ROTATION, rows, ~cleared, (("callees", measured["callees"][rows], 1.0),))


def _by_score(counts: Counts, scores: Scores, against: Mapping[str, NDArray[np.bool_]], settings: Detection) -> Hit:
    """What counts against stands in the score already, but that the number may be shown by somebody else.

    That many strangers were called who do not call back is as true of a courier: where records say how calls were
    taken, some of the score must be about that. The gate's own attempts do not, and have a threshold of their own.
    """
    rows = np.flatnonzero(scores.score >= settings.suspicion_points)
    recorded = counts.or_else("recorded", "calls")[rows] > 0
    taken = ~recorded | (unwelcome(scores)[rows] >= settings.unwelcome_points)
    bound = np.where(recorded, settings.finding_points, settings.unheard_points)
    finding = (scores.score[rows] >= bound) & taken & ~against[conduct.OWN_TRUNK][rows]
    return Hit(conduct.SCORE, rows, finding, (("score", scores.score[rows], float(settings.finding_points)),))


def _rows(hit: Hit, kind: str, counts: Counts, scores: Scores, against: Mapping[str, NDArray[np.bool_]]) -> pa.Table:
    rows, many = hit.rows, len(hit.rows)
    columns: dict[str, Any] = {
        "subject": counts.table["subject"].take(rows),
        "tail": counts.table["tail"].take(rows),
        "kind": pa.array([str(kind)] * many, pa.string()),
        "rule": pa.array([hit.rule] * many, pa.string()),
        "verdict": pa.array(np.where(hit.finding, str(Verdict.FINDING), str(Verdict.SUSPICION)).tolist(), pa.string()),
        "score": pa.array(scores.score[rows]),
        "terms": _terms(scores, rows),
        "reason": _reason(hit),
        "against": _listed([(code, mask[rows]) for code, mask in against.items()], many),
    }
    return pa.table(columns, schema=FINDINGS)


def _terms(scores: Scores, rows: NDArray[np.int64]) -> Any:
    """Per row, the prior and the terms that contribute, in the order of TERMS."""
    values, weights = scores.values[:, rows].T, scores.weights[:, rows].T
    given = values * weights
    used = np.concatenate([np.ones((len(rows), 1), np.bool_), given != 0], axis=1)
    first = np.ones((len(rows), 1))
    names = np.array([_PRIOR, *TERMS])
    flat = _STRUCTS.from_arrays(
        [
            pa.array(np.broadcast_to(names, used.shape)[used].tolist(), pa.string()),
            pa.array(np.concatenate([first, values], axis=1)[used]),
            pa.array(np.concatenate([first * scores.prior, weights], axis=1)[used]),
            pa.array(np.concatenate([first * scores.prior, given], axis=1)[used]),
        ],
        fields=list(_TERM),
    )
    ends = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int32)
    return _lists(ends, flat)


def _reason(hit: Hit) -> Any:
    many, wide = len(hit.rows), len(hit.seen)
    names = np.tile(np.array([name for name, _, _ in hit.seen]), many)
    values = np.stack([value for _, value, _ in hit.seen], axis=1).reshape(-1)
    bounds = np.tile(np.array([bound for _, _, bound in hit.seen]), many)
    flat = _STRUCTS.from_arrays(
        [pa.array(names.tolist(), pa.string()), pa.array(values), pa.array(bounds)], fields=list(_SEEN)
    )
    code = pa.array([hit.rule] * many, pa.string())
    seen = _lists((np.arange(many + 1) * wide).astype(np.int32), flat)
    return _STRUCTS.from_arrays([code, seen], names=["code", "values"])


def _listed(masks: list[tuple[str, NDArray[np.bool_]]], many: int) -> Any:
    """Per row the codes whose mask holds."""
    used = np.stack([mask for _, mask in masks], axis=1)
    names = np.broadcast_to(np.array([code for code, _ in masks]), used.shape)[used]
    ends = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int32)
    return _lists(ends, pa.array(names.tolist(), pa.string()))


def _lists(ends: NDArray[np.int32], flat: Any) -> Any:
    """Lists that end at `ends` of the flat values."""
    listed: Any = pa.ListArray
    return listed.from_arrays(pa.array(ends), flat)
