"""The closed lists of words that every room shares. Values are stored and sent; numbers are packed into facts.

Order and value of a member never change once released: facts, journal and ledger hold them.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Use(StrEnum):
    """申报用途 of a number, and the purpose of a call."""

    MARKETING = "marketing"
    SERVICE = "service"
    NOTIFICATION = "notification"
    SURVEY = "survey"
    COLLECTION = "collection"
    PERSONAL = "personal"


class Purpose(StrEnum):
    """What a consent or refusal is about; ANY only for refusals: “call me no more, for nothing”."""

    ANY = "any"
    MARKETING = "marketing"
    SERVICE = "service"
    NOTIFICATION = "notification"
    SURVEY = "survey"
    COLLECTION = "collection"


class Industry(StrEnum):
    """行业: the first five are the categories of the operators' “refuse service” (拒接服务, KTFSR)."""

    LOANS = "loans"
    INSURANCE = "insurance"
    SECURITIES = "securities"
    PROPERTY = "property"
    EDUCATION = "education"
    HEALTH = "health"
    DELIVERY = "delivery"
    RETAIL = "retail"
    TELECOM = "telecom"
    GOVERNMENT = "government"
    TRANSPORT = "transport"
    BANK = "bank"
    OTHER = "other"


class Scope(StrEnum):
    """What an API key may do."""

    DECIDE = "decide"
    CONSENT_READ = "consent:read"
    CONSENT_WRITE = "consent:write"
    NUMBERS_WRITE = "numbers:write"
    MESSAGES_WRITE = "messages:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REPORTS_WRITE = "reports:write"
    LABELS_READ = "labels:read"
    NUMBERS_READ = "numbers:read"
    SIMS_WRITE = "sims:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"


class LabelKind(StrEnum):
    """号码标注: what is said of a calling number. Classes of nuisance are those of 工信部联信管〔2018〕138号.

    Suspected is what people report; confirmed is what somebody verified.
    """

    CONFIRMED_CRIMINAL = "confirmed_criminal"
    CONFIRMED_MALICIOUS = "confirmed_malicious"
    CONFIRMED_MARKETING = "confirmed_marketing"
    SUSPECTED_CRIMINAL = "suspected_criminal"
    SUSPECTED_MALICIOUS = "suspected_malicious"
    SUSPECTED_MARKETING = "suspected_marketing"
    CERTIFIED = "certified"
    SERVICE = "service"


class Decision(IntEnum):
    """判定: 接通, 标注, 拒接. The API says allow, label, refuse."""

    ALLOW = 0
    LABEL = 1
    REFUSE = 2


USES: tuple[Use, ...] = tuple(Use)
PURPOSES: tuple[Purpose, ...] = tuple(Purpose)
INDUSTRIES: tuple[Industry, ...] = tuple(Industry)
LABEL_KINDS: tuple[LabelKind, ...] = tuple(LabelKind)
