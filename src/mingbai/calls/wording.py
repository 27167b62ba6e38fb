"""What a recorded verdict says to people, from what of it is recorded."""

from __future__ import annotations

from collections.abc import Mapping

from mingbai.gate.decide import OUTCOMES, Code
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision, Use

_FIRST: dict[int, str] = {}
for _name, _outcome in OUTCOMES.items():
    _FIRST.setdefault(int(_outcome.code), _name)
_MARKETING = USES.index(Use.MARKETING)
# A record cites a consent, not whether it was given or claimed then: the consent's own history says that.
_BY_CONSENT = {"zh": "依据所引同意记录，接通并标注", "en": "Put through by the consent cited, labelled"}
_NOT_OUT = {"zh": "此类号码或用途不得外呼", "en": "Calls out from such a number or for this purpose are not allowed"}


def reason(code: int, *, decision: int, consent: int, use: int, caller_kind: int) -> Mapping[str, str]:
    """Why, in zh and en."""
    if code == Code.OUTBOUND_FORBIDDEN:
        return _NOT_OUT
    if code == Code.LABELLED and consent:
        return _BY_CONSENT
    if code == Code.LABELLED and caller_kind == Kind.WITHHELD:
        return _said("labelled_withheld")
    if code in (Code.FACTS_STALE, Code.FACTS_MISSING):
        family = "stale" if code == Code.FACTS_STALE else "missing"
        marketing = "_marketing" if use == _MARKETING else ""
        return _said(f"{family}{marketing}_{'refuse' if decision == Decision.REFUSE else 'pass'}")
    return _said(_FIRST[code]) if code in _FIRST else {"zh": "", "en": ""}


def _said(name: str) -> Mapping[str, str]:
    return {"zh": OUTCOMES[name].zh, "en": OUTCOMES[name].en}


def rule(code: int) -> str:
    """“callee.refused”; empty for a code that this version does not know."""
    return Code(code).rule if code in _FIRST else ""
