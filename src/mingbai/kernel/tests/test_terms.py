"""Facts, journal, lake and ledger hold these words and numbers: a change of one breaks what was written before."""

from __future__ import annotations

from mingbai.kernel import terms
from mingbai.kernel.msisdn import Kind


def test_words_keep_their_order() -> None:
    assert terms.USES == ("marketing", "service", "notification", "survey", "collection", "personal")
    assert terms.PURPOSES == ("any", "marketing", "service", "notification", "survey", "collection")
    assert terms.INDUSTRIES == (
        "loans", "insurance", "securities", "property", "education", "health", "delivery", "retail", "telecom",
        "government", "transport", "bank", "other",
    )  # fmt: skip
    assert tuple(terms.Scope) == (
        "decide", "consent:read", "consent:write", "numbers:write", "messages:write", "orders:read", "orders:write",
        "reports:write", "labels:read", "numbers:read", "sims:write", "cases:read", "cases:write",
    )  # fmt: skip


def test_a_purpose_stands_one_behind_its_use() -> None:
    """The gate counts on it: ANY comes first, PERSONAL has no purpose."""
    assert terms.PURPOSES[1:] == terms.USES[:-1]


def test_numbers_keep_their_meaning() -> None:
    assert {decision.name: int(decision) for decision in terms.Decision} == {"ALLOW": 0, "LABEL": 1, "REFUSE": 2}
    assert {kind.name: int(kind) for kind in Kind} == {
        "MOBILE": 1, "FIXED": 2, "TOLL_400": 3, "TOLL_800": 4, "CARRIER": 5, "EMERGENCY": 6, "PUBLIC_INTEREST": 7,
        "FIRM_95": 8, "CALL_CENTRE_95": 9, "OTHER_95": 10, "PROVINCIAL_96": 11, "NATIONAL_1010": 12, "SMS_106": 13,
        "SHORT": 14, "INTERNATIONAL": 15, "MACHINE": 16, "WITHHELD": 30, "MALFORMED": 31, "UNALLOCATED": 32,
    }  # fmt: skip
