"""A profile made ready for judging: words turned into the numbers that facts are packed with, verdicts made once."""

from __future__ import annotations

from mingbai.gate.decide.rules import Verdict, verdicts
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import LABEL_KINDS, USES, LabelKind, Use

_DAY = (0, 24 * 60)


class Policy:
    """What `decide` asks of a profile. Immutable once made."""

    __slots__ = (
        "always_pass",
        "category_opt_out",
        "claimed_counts",
        "consent_uses",
        "forbidden_uses",
        "guarded_uses",
        "hours",
        "labels",
        "limits",
        "marked",
        "max_age_s",
        "missing",
        "needs_commitment",
        "said",
        "spoof_kinds",
        "stale",
        "unjournalled",
        "watched_kinds",
        "withheld",
    )

    def __init__(self, profile: Profile) -> None:
        gate = profile.gate
        self.said: dict[str, Verdict] = verdicts(profile)
        self.always_pass = frozenset(gate.always_pass_kinds) | {Kind.EMERGENCY}
        self.spoof_kinds = frozenset(gate.spoof_kinds)
        self.withheld = gate.withheld
        self.watched_kinds = self.spoof_kinds | {Kind.MALFORMED, Kind.UNALLOCATED, Kind.WITHHELD}
        self.forbidden_uses = _indices(gate.outbound_uses_forbidden)
        self.needs_commitment = frozenset(gate.outbound_needs_commitment_kinds)
        self.consent_uses = _indices(gate.consent_required_uses)
        self.guarded_uses = self.consent_uses | {USES.index(Use.MARKETING)}  # closed when facts are stale or missing
        self.hours = {USES.index(use): span for use, span in gate.hours.items() if span != _DAY}
        self.category_opt_out = gate.category_opt_out
        self.limits = tuple(gate.limits)
        self.claimed_counts = profile.consent.claimed_counts
        self.max_age_s = gate.facts_max_age_s
        self.labels = {USES.index(use): wording["zh"] for use, wording in gate.labels.items()}
        self.marked = tuple(self.said[_marked(kind)] for kind in LABEL_KINDS)
        self.stale = self._degraded("stale", gate.stale_ordinary, gate.stale_marketing)
        self.missing = self._degraded("missing", gate.missing_ordinary, gate.missing_marketing)

        self.unjournalled = (  # None: the verdict stands
            self.said["unjournalled_refuse"] if gate.unjournalled_ordinary == "refuse" else None,
            self.said["unjournalled_marketing_refuse"] if gate.unjournalled_marketing == "refuse" else None,
        )

    def _degraded(self, name: str, ordinary: str, marketing: str) -> tuple[Verdict, Verdict]:
        """The verdicts of a degraded mode: for ordinary calls, and for uses that need a consent."""
        return self.said[f"{name}_{ordinary}"], self.said[f"{name}_marketing_{marketing}"]


def _marked(kind: LabelKind) -> str:
    """The outcome for a number that is labelled so."""
    return next((f"marked_{word}" for word in ("suspected", "confirmed") if kind.startswith(word)), "marked_named")


def _indices(uses: tuple[Use, ...]) -> frozenset[int]:
    return frozenset(USES.index(use) for use in uses)


_latest: tuple[Profile, Policy] | None = None


def policy_of(profile: Profile) -> Policy:
    """The policy of a profile; the last one is kept, since a process has one profile at a time."""
    global _latest
    latest = _latest
    if latest is None or latest[0] is not profile:
        latest = _latest = profile, Policy(profile)
    return latest[1]
