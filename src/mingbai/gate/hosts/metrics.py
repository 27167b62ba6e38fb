"""What the gate of this machine did and how it is, as Prometheus reads it: GET /gate/v1/metrics.

Any HTTP worker tells of all processes, those in the SIP proxy too, since the meters are one file. No number, name or
key of anybody stands in it; docs/operations.md says who should reach it and what to watch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from mingbai.gate import journal
from mingbai.gate.check import Gate
from mingbai.gate.decide import Code
from mingbai.gate.meters import BOUNDS_NS, CELLS, HOSTS, Outcome, Told, read
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

PATH = "/gate/v1/metrics"
_PREFIX = "mingbai_gate_"
_RULES = {int(code): code.rule for code in Code}
_BOUNDS = [*(f"{bound / 1e9:g}" for bound in BOUNDS_NS), "+Inf"]


def page(gate: Gate, accept: str = "") -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status, headers, body; in the text format that the reader's Accept header asks for."""
    encode, kind = choose_encoder(accept)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Metrics(gate))
    return 200, (("content-type", kind), ("cache-control", "no-store")), encode(registry)


class _Metrics(Collector):
    """Read anew for each page."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def collect(self) -> Iterable[Metric]:
        yield from _of_meters(_lanes(self._gate.home))
        yield from _of_facts(self._gate)
        yield from _of_journal(self._gate.home)
        yield _counter("counters_evicted", "Keys of the last day that a full counter table let go", self._evicted())
        yield _gauge(
            "profile_trouble", "1 while a changed profile could not be taken up", bool(self._gate.profile_trouble)
        )
        profile = InfoMetricFamily(_PREFIX + "profile", "The profile in force")
        profile.add_metric([], {"name": self._gate.profile.name})
        yield profile

    def _evicted(self) -> int:
        return self._gate.counters.evicted


def _lanes(home: Home) -> list[Told]:
    try:
        return read(home.meters)
    except (OSError, Problem):  # the gate goes on without meters; so does what is told of it
        return []


def _of_meters(lanes: list[Told]) -> Iterator[Metric]:
    outcomes = [outcome for lane in lanes for outcome in lane.outcomes]
    verdicts = CounterMetricFamily(
        _PREFIX + "verdicts", "Verdicts on attempts, by rule and SIP code", labels=("host", "rule", "code", "sip")
    )
    for (host, code, sip), count in sorted(_by_outcome(outcomes).items()):
        verdicts.add_metric((host, _RULES.get(code, "other"), str(code), str(sip)), count)
    yield verdicts
    yield _latency(lanes)
    yield _each_host(lanes, "unjudged", "Calls that the gate failed on, answered without it", lambda a: a.unjudged)
    yield _each_host(lanes, "unjournalled", "Attempts answered that could not be journalled", lambda a: a.unjournalled)
    yield _each_host(lanes, "retransmissions", "Messages answered as their first copy was", lambda a: a.retransmitted)
    workers = GaugeMetricFamily(_PREFIX + "workers", "Processes that give verdicts", labels=("host",))
    for host in HOSTS:
        workers.add_metric((host,), sum(lane.alive for lane in lanes if lane.host == host))
    yield workers


def _by_outcome(outcomes: Iterable[Outcome]) -> dict[tuple[str, int, int], int]:
    sums: dict[tuple[str, int, int], int] = {}
    for host, code, sip, cells in outcomes:
        sums[host, code, sip] = sums.get((host, code, sip), 0) + sum(cells)
    return sums


def _latency(lanes: list[Told]) -> Metric:
    seconds = HistogramMetricFamily(
        _PREFIX + "verdict_seconds", "Time from the question in the process to its verdict", labels=("host",)
    )
    for host in HOSTS:
        ours = [lane for lane in lanes if lane.host == host]
        cells = [0] * CELLS
        for outcome in (outcome for lane in ours for outcome in lane.outcomes):
            cells = [a + b for a, b in zip(cells, outcome.cells, strict=True)]
        up_to = [sum(cells[: at + 1]) for at in range(CELLS)]
        buckets: list[tuple[str, float]] = [*zip(_BOUNDS, up_to, strict=True)]
        seconds.add_metric((host,), buckets, sum(lane.ns for lane in ours) / 1e9)
    return seconds


def _each_host(lanes: list[Told], name: str, what: str, of: Callable[[Told], int]) -> Metric:
    found = CounterMetricFamily(_PREFIX + name, what, labels=("host",))
    for host in HOSTS:
        found.add_metric((host,), sum(of(lane) for lane in lanes if lane.host == host))
    return found


def _of_facts(gate: Gate) -> Iterator[Metric]:
    try:
        info = gate.reader.info()
    except Problem:
        yield _gauge("facts_present", "1 while there are facts to judge by", False)
        return
    yield _gauge("facts_present", "1 while there are facts to judge by", True)
    yield _gauge("facts_position", "Last entry of the evidence log that the facts reflect", int(info["position"]))
    age = max(clock.now_us() - int(info["synced_at"]), 0) / 1e6
    yield _gauge("facts_age_seconds", "Since the facts were last known to be complete", age)
    most = gate.profile.gate.facts_max_age_s
    yield _gauge("facts_max_age_seconds", "Age from which the degraded mode of the profile holds", most)


def _of_journal(home: Home) -> Iterator[Metric]:
    closed = journal.closed_segments(home.journal)
    yield _gauge("journal_closed_segments", "Journal segments that wait for the lake", len(closed))
    oldest = min((_began_us(journal.segment_of(path)) for path in closed), default=0)
    lag = max(clock.now_us() - oldest, 0) / 1e6 if oldest else 0
    yield _gauge("journal_lag_seconds", "Since the oldest segment that waits for the lake was begun; 0 for none", lag)


def _began_us(segment: str) -> int:
    """The time in a segment's id, a UUIDv7: its first 48 bits are ms."""
    try:
        return int(segment[:12], 16) * 1000
    except ValueError:
        return clock.now_us()


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, what, value=float(value))


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(_PREFIX + name, what, value=value)
