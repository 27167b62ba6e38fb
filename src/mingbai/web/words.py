"""The closed lists of `kernel.terms`, and states, as people read them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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

LISTS: dict[str, dict[str, Word]] = {
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
    "verdict": {name: text for name, (_look, text) in VERDICTS.items()},
}


def word(listname: str, value: object) -> Word:
    """The word of `value` in one of LISTS; the value itself when the list does not know it."""
    return LISTS[listname].get(str(value), str(value))
