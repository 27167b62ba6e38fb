"""The closed lists of `kernel.terms`, and states, as people read them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mingbai.web import words_admission, words_cases, words_detection, words_labels, words_reports, words_selling
from mingbai.web.words_selling import LANGUAGES as LANGUAGES
from mingbai.web.words_selling import SELLER_STATES as SELLER_STATES
from mingbai.web.words_selling import TEMPLATES as TEMPLATES

Word = str | Promise

PURPOSES: dict[str, Word] = {
    "any": _("any call"),
    "marketing": _("marketing"),
    "service": _("customer service"),
    "notification": _("notifications"),
    "survey": _("surveys"),
    "collection": _("debt collection"),
    "personal": _("personal calls"),
}

INDUSTRIES: dict[str, Word] = {
    "loans": _("loans and wealth management"),
    "insurance": _("insurance"),
    "securities": _("securities"),
    "property": _("property"),
    "education": _("education"),
    "health": _("health"),
    "delivery": _("delivery"),
    "retail": _("retail"),
    "telecom": _("telecom"),
    "government": _("government"),
    "transport": _("transport"),
    "bank": _("banks"),
    "other": _("other industries"),
}

# What a subscriber may refuse as a whole: the operators' five categories come first.
CATEGORIES: tuple[str, ...] = (
    "loans", "insurance", "securities", "property", "education", "health", "retail", "telecom", "bank", "other"
)  # fmt: skip

CONSENT_STATES: dict[str, Word] = {
    "given": _("you agreed"),
    "claimed": _("claimed, not yet proven"),
    "refused": _("you refused"),
    "withdrawn": _("you withdrew"),
    "expired": _("expired"),
}

HOWS: dict[str, Word] = {
    "web": _("on this web page"),
    "sms": _("by SMS"),
    "signature": _("by signature"),
    "recording": _("in a recorded call"),
    "imported": _("reported by the firm"),
    "api": _("through a firm's system"),
}

NUMBER_STATES: dict[str, Word] = {
    "active": pgettext_lazy("number", "in service"),
    "suspended": pgettext_lazy("number", "suspended"),
    "closed": pgettext_lazy("number", "closed"),
}

BATCH_STATES: dict[str, Word] = {
    "writing": pgettext_lazy("batch", "being written"),
    "valid": pgettext_lazy("batch", "in force"),
    "suspended": pgettext_lazy("batch", "suspended"),
    "rejected": pgettext_lazy("batch", "not taken"),
}

PROOF_STATES: dict[str, Word] = {
    "open": pgettext_lazy("proof", "to be answered"),
    "shown": pgettext_lazy("proof", "answered"),
    "failed": pgettext_lazy("proof", "not answered in time"),
    "late": pgettext_lazy("proof", "answered late"),
}

NUMBER_KINDS: dict[str, Word] = {
    "MOBILE": _("mobile number"),
    "FIXED": _("fixed line"),
    "TOLL_400": _("400 number of a firm"),
    "TOLL_800": _("800 number, free to call"),
    "CARRIER": _("number of a telecom operator"),
    "EMERGENCY": _("emergency number"),
    "PUBLIC_INTEREST": _("public-interest number"),
    "FIRM_95": _("short number of a large service firm"),
    "CALL_CENTRE_95": _("short number of a licensed call centre"),
    "OTHER_95": _("short number beginning with 95"),
    "PROVINCIAL_96": _("provincial service number"),
    "NATIONAL_1010": _("national service number"),
    "SMS_106": _("number that sends SMS only"),
    "SHORT": _("short number"),
    "INTERNATIONAL": _("number of another country"),
}

KINDS: dict[str, Word] = {
    "operator": _("operator"),
    "call_centre": _("call centre"),
    "enterprise": _("enterprise"),
    "agent": _("agent"),
    "authority": _("authority"),
}

ROLES: dict[str, Word] = {
    "admin": _("administrator"),
    "compliance": _("compliance"),
    "operations": _("operations"),
    "auditor": _("auditor"),
}

STANDINGS: dict[str, Word] = {
    "law": pgettext_lazy("standing", "law"),
    "notice": pgettext_lazy("standing", "ministry notice"),
    "draft": pgettext_lazy("standing", "draft rule"),
    "practice": pgettext_lazy("standing", "practice of operators"),
    "ours": pgettext_lazy("standing", "our own choice"),
}

BLOCKS: dict[str, Word] = {
    "number": _("one number"),
    "prefix": _("numbers that begin with"),
    "firm": _("a firm"),
    "category": _("an industry"),
}

SCOPES: dict[str, Word] = {
    "decide": _("ask the gate for verdicts"),
    "consent:read": _("read consents"),
    "consent:write": _("record and withdraw consents"),
    "numbers:write": _("register numbers"),
    "messages:write": _("deliver subscribers' SMS replies"),
    "orders:read": _("follow one's own offers and orders"),
    "orders:write": _("offer published tariffs"),
    "numbers:read": _("ask who answers for a call"),
    "sims:write": _("have SIM orders screened"),
    "cases:read": _("read one's part of cases, notices and appeals"),
    "cases:write": _("appeal against measures"),
    "reports:write": _("hand in reports of calls"),
    "labels:read": _("look labels up and fetch the published list"),
}

MESSAGE_KINDS: dict[str, Word] = {
    "confirmation": pgettext_lazy("message", "request to confirm"),
    "success": pgettext_lazy("message", "done"),
    "failure": pgettext_lazy("message", "not done"),
    "renewal": pgettext_lazy("message", "renewal ahead"),
    "use": pgettext_lazy("message", "use"),
    "cap": pgettext_lazy("message", "cap reached"),
    "bill": pgettext_lazy("message", "bill"),
    "restriction": pgettext_lazy("message", "restriction"),
    "report_answer": pgettext_lazy("message", "answer to a report"),
}

MESSAGE_WHYS: dict[str, Word] = {
    "failed": pgettext_lazy("message", "could not be sent"),
    "undelivered": pgettext_lazy("message", "was not delivered"),
    "unheard": pgettext_lazy("message", "no receipt came"),
    "late": pgettext_lazy("message", "waits beyond its time"),
}

# Verdict → (class, word). The word and the shape come with the colour, always.
VERDICTS: dict[str, tuple[str, Word]] = {
    "allow": ("pass", pgettext_lazy("verdict", "rings")),
    "label": ("label", pgettext_lazy("verdict", "labelled")),
    "refuse": ("refuse", pgettext_lazy("verdict", "refused")),
    "verify": ("verify", pgettext_lazy("verdict", "under verification")),
    "none": ("none", pgettext_lazy("verdict", "no answer")),
}
DECISIONS = ("allow", "label", "refuse")

# Columns of the lists that firms send, as reports of bad rows name them.
COLUMNS: dict[str, Word] = {
    "msisdn": _("Number"),
    "number": _("Number"),
    "first": _("first number"),
    "last": _("last number"),
    "reference": _("Reference of the proof"),
    "proof_sha256": _("SHA-256 of the proof"),
    "given_at": _("Said on"),
    "expires_at": _("Until"),
    "holder": _("Held by"),
    "principal": _("Calls for"),
    "use": _("Declared use"),
    "industry": _("Industry"),
    "label": _("Label"),
    "trunks": _("Trunks"),
}

TARIFF_KINDS: dict[str, Word] = {
    "package": pgettext_lazy("tariff", "package"),
    "addon": pgettext_lazy("tariff", "add-on"),
    "campaign": pgettext_lazy("tariff", "campaign"),
    "roaming": pgettext_lazy("tariff", "roaming and international"),
}

AUDIENCES: dict[str, Word] = {
    "public": pgettext_lazy("audience", "everyone"),
    "new": pgettext_lazy("audience", "new customers"),
    "existing": pgettext_lazy("audience", "customers already"),
    "young": pgettext_lazy("audience", "students and minors"),
    "senior": pgettext_lazy("audience", "seniors"),
    "business": pgettext_lazy("audience", "firms and groups"),
    "chosen": pgettext_lazy("audience", "certain customers"),
}

SALES_CHANNELS: dict[str, Word] = {
    "hall": pgettext_lazy("channel", "shop of the operator"),
    "web": pgettext_lazy("channel", "operator's web site"),
    "app": pgettext_lazy("channel", "operator's app"),
    "hotline": pgettext_lazy("channel", "hotline"),
    "sms": pgettext_lazy("channel", "SMS"),
    "agent": pgettext_lazy("channel", "agents"),
    "online_shop": pgettext_lazy("channel", "online shops"),
    "door": pgettext_lazy("channel", "at the door and by call"),
}

TARIFF_STATES: dict[str, Word] = {
    "draft": pgettext_lazy("tariff", "draft"),
    "in_review": pgettext_lazy("tariff", "in review"),
    "published": pgettext_lazy("tariff", "published"),
    "replaced": pgettext_lazy("tariff", "replaced"),
    "withdrawn": pgettext_lazy("tariff", "withdrawn"),
    "discarded": pgettext_lazy("tariff", "discarded"),
}

PRICE_KINDS: dict[str, Word] = {
    "recurring": pgettext_lazy("price", "each period"),
    "one_off": pgettext_lazy("price", "once"),
    "usage": pgettext_lazy("price", "by use"),
}

PRICE_UNITS: dict[str, Word] = {
    "day": pgettext_lazy("price", "day"),
    "month": pgettext_lazy("price", "month"),
    "quarter": pgettext_lazy("price", "quarter"),
    "year": pgettext_lazy("price", "year"),
    "once": pgettext_lazy("price", "once"),
    "minute": pgettext_lazy("price", "minute"),
    "mb": "MB",
    "gb": "GB",
    "message": pgettext_lazy("price", "message"),
}

ORDER_KINDS: dict[str, Word] = {
    "purchase": pgettext_lazy("order", "order"),
    "gift": pgettext_lazy("order", "gift"),
    "trial": pgettext_lazy("order", "trial"),
    "after_trial": pgettext_lazy("order", "after a trial"),
    "renewal": pgettext_lazy("order", "renewal"),
    "billing": pgettext_lazy("order", "carrier billing"),
}

ORDER_STATES: dict[str, Word] = {
    "proposed": pgettext_lazy("order", "waits for a yes"),
    "confirmed": pgettext_lazy("order", "confirmed, being done"),
    "fulfilled": pgettext_lazy("order", "done"),
    "leaving": pgettext_lazy("order", "being ended"),
    "failed": pgettext_lazy("order", "could not be done"),
    "declined": pgettext_lazy("order", "turned down"),
    "cancelled": pgettext_lazy("order", "taken back"),
    "expired": pgettext_lazy("order", "not answered in time"),
    "lapsed": pgettext_lazy("order", "no longer on sale"),
    "withdrawn": pgettext_lazy("order", "left"),
    "ended": pgettext_lazy("order", "trial over"),
}

ORDER_LOOKS: dict[str, Word] = {
    **dict.fromkeys(("proposed", "confirmed", "leaving"), "verify"),
    "fulfilled": "pass",
    **dict.fromkeys(("failed", "declined", "cancelled"), "refuse"),
    **dict.fromkeys(("expired", "lapsed", "withdrawn", "ended"), "none"),
}

ORDER_STEPS: dict[str, Word] = {
    "proposed": pgettext_lazy("order", "offered, SMS sent"),
    "confirmed": pgettext_lazy("order", "the user said yes"),
    "fulfilled": pgettext_lazy("order", "done, SMS sent"),
    "failed": pgettext_lazy("order", "could not be done"),
    "declined": pgettext_lazy("order", "the user said no"),
    "cancelled": pgettext_lazy("order", "the seller took it back"),
    "expired": pgettext_lazy("order", "nobody answered in time"),
    "lapsed": pgettext_lazy("order", "no longer on sale"),
    "leaving": pgettext_lazy("order", "leaving was asked for"),
    "stayed": pgettext_lazy("order", "leaving failed"),
    "withdrawn": pgettext_lazy("order", "left"),
    "ended": pgettext_lazy("order", "trial over"),
}

CONFIRM_HOWS: dict[str, Word] = {
    "sms": pgettext_lazy("order", "yes by SMS"),
    "code": pgettext_lazy("order", "yes by code"),
    "signature": pgettext_lazy("order", "yes by signature"),
}

LISTS: dict[str, dict[str, Word]] = {
    **words_selling.LISTS,
    **words_admission.LISTS,
    **words_reports.LISTS,
    **words_cases.LISTS,
    **words_labels.LISTS,
    **words_detection.LISTS,
    "order_kind": ORDER_KINDS,
    "order_state": ORDER_STATES,
    "order_look": ORDER_LOOKS,
    "order_step": ORDER_STEPS,
    "confirm_how": CONFIRM_HOWS,
    "tariff_kind": TARIFF_KINDS,
    "audience": AUDIENCES,
    "sales_channel": SALES_CHANNELS,
    "tariff_state": TARIFF_STATES,
    "price_kind": PRICE_KINDS,
    "price_unit": PRICE_UNITS,
    "purpose": PURPOSES,
    "industry": INDUSTRIES,
    "consent_state": CONSENT_STATES,
    "how": HOWS,
    "number_state": NUMBER_STATES,
    "batch_state": BATCH_STATES,
    "proof_state": PROOF_STATES,
    "kind": KINDS,
    "number_kind": NUMBER_KINDS,
    "role": ROLES,
    "standing": STANDINGS,
    "block": BLOCKS,
    "scope": SCOPES,
    "column": COLUMNS,
    "message_kind": MESSAGE_KINDS,
    "message_why": MESSAGE_WHYS,
    "verdict": {name: text for name, (_look, text) in VERDICTS.items()},
}


def word(listname: str, value: object) -> Word:
    """The word of `value` in one of LISTS; the value itself when the list does not know it."""
    return LISTS[listname].get(str(value), str(value))
