"""What a member of staff may do, by role. Pure."""

from __future__ import annotations

ADMIN, COMPLIANCE, OPERATIONS, AUDITOR = "admin", "compliance", "operations", "auditor"

_READ = frozenset({"see.organisation", "see.numbers", "see.consents", "see.statistics", "see.ledger", "see.tariffs"})
_CONSENT = frozenset({"import.whitelist", "export.whitelist", "show.proof", "scrub.list"})
_OPERATE = frozenset({"register.number", "set.number", "assign.principal", "set.label"})
_TARIFF = frozenset({"draft.tariff"})
_REVIEW = frozenset({"review.tariff"})
_SECOND = frozenset({"restore.batch"})
_APPEAL = frozenset({"make.appeal", "answer.appeal"})
_LOOK = frozenset({"look.subscriber"})
_MESSAGES = frozenset({"see.messages"})
_APPLY = frozenset({"apply.number"})
_ADMIT = frozenset({"review.application", "settle.doubt", "decide.entry", "limit.entry", "screen.sims"})
_ALLOCATE = frozenset({"allocate.number"})
_SIGN = frozenset({"sign.contract"})
_REPORTS_SEE = frozenset({"see.reports", "see.directives"})
_REPORTS = frozenset({"import.reports", "judge.report", "answer.report", "issue.directive", "answer.directive"})
_CASES_SEE = frozenset({"see.case", "see.notices"})
_CASES = frozenset({"open.case", "verify.case", "hear.sample", "approve.measure", "lift.measure", "answer.case"})
_FOUND_SEE = frozenset({"see.findings"})
_FOUND = frozenset({"judge.finding", "propose.rules", "release.rules"})
_LABELS_SEE = frozenset({"see.labels"})
_LABELS = frozenset({"mark.number", "end.label", "answer.correction", "ask.correction"})
_SELLERS = frozenset({"set.seller"})
_ADMIN = frozenset({"make.account", "make.api_key", "revoke.api_key", "set.organisation", "recycle.number"}) | _SIGN

VERBS: frozenset[str] = frozenset[str]().union(
    _READ, _CONSENT, _OPERATE, _TARIFF, _REVIEW, _SECOND, _APPEAL, _LOOK, _MESSAGES, _APPLY, _ADMIT, _ALLOCATE,
    _LABELS_SEE, _LABELS, _SELLERS, _REPORTS_SEE, _REPORTS, _CASES_SEE, _CASES, _FOUND_SEE, _FOUND, _ADMIN,
)  # fmt: skip

_MAY: dict[str, frozenset[str]] = {
    ADMIN: VERBS,
    COMPLIANCE: _READ
    | _CONSENT
    | _TARIFF
    | _REVIEW
    | _SECOND
    | _APPEAL
    | _LOOK
    | _MESSAGES
    | _APPLY
    | _ADMIT
    | _REPORTS_SEE
    | _REPORTS
    | _CASES_SEE
    | _CASES
    | _FOUND_SEE
    | _FOUND
    | _LABELS_SEE
    | _LABELS,
    OPERATIONS: _READ
    | _OPERATE
    | _MESSAGES
    | _TARIFF
    | _APPLY
    | _ALLOCATE
    | _SELLERS
    | frozenset({"scrub.list"})
    | _REPORTS_SEE
    | _CASES_SEE
    | _FOUND_SEE
    | _LABELS_SEE,
    AUDITOR: _READ | _REPORTS_SEE | _CASES_SEE | _FOUND_SEE | _LABELS_SEE,
}


def may(role: str, verb: str) -> bool:
    """Whether `role` may do `verb` for its own organisation; unknown roles and verbs: never."""
    return verb in _MAY.get(role, frozenset())
