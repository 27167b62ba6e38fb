"""What a SIP request says, read from the texts that Kamailio's pseudo-variables give: pure, total, cheap.

The native script joins them with the ASCII record separator, which no well-formed message holds. A request that holds
one all the same can only mix up what its own sender says; source address and port stand before.
"""

from __future__ import annotations

import re

from mingbai.kernel.msisdn import Msisdn, parse
from mingbai.kernel.msisdn.parsing import MALFORMED, WITHHELD
from mingbai.kernel.terms import USES

SEPARATOR = "\x1e"
PURPOSE = "X-Call-Purpose"
"""The header in which a caller's switch declares what a call is about: a word of terms.Use."""

ASSERTED, ALL_ASSERTED = "$hdr(P-Asserted-Identity)", "$(hdr(P-Asserted-Identity)[*])"
ABSENT = "<null>"  # what Kamailio writes for a pseudo-variable without a value
FIELDS = 8
_PURPOSES = {use.value: index for index, use in enumerate(USES)}
_SCHEMES = ("sip", "tel", "sips")
_VERSTAT = ";verstat="
_ENDS = ";>@?,"
_KNOWS_608 = re.compile(r";\s*\+sip\.608\s*(?:[;,=]|$)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_TELEPHONE = re.compile(r"(?:^|[<,])\s*(tel:[^<>,\s]+)", re.IGNORECASE)


def variables(trunk_header: str) -> tuple[str, ...]:
    """What Kamailio is asked for a request: pseudo-variables, in the order of `fields_of`.

    Source address, port, Request-URI, URI of From, URI of the first P-Asserted-Identity, the purpose that the caller
    declares, every Feature-Caps, the header that may name the trunk.
    """
    trunk = f"$hdr({trunk_header})" if trunk_header else ABSENT
    return "$si", "$sp", "$ru", "$fu", "$ai", f"$hdr({PURPOSE})", "$(hdr(Feature-Caps)[*])", trunk


def fields_of(text: str) -> list[str]:
    """The eight texts; what is missing behind a NUL character is absent, a separator too many belongs to the last."""
    fields = text.split(SEPARATOR)
    if len(fields) == FIELDS:
        return fields
    fields = text.split(SEPARATOR, FIELDS - 1)
    return fields + [ABSENT] * (FIELDS - len(fields))


def caller_of(from_uri: str, asserted: str, identity: str) -> tuple[Msisdn, str, str]:
    """The calling number, its digits as they came, its verstat, by the trunk's setting of identity.

    One that is there and no number is malformed; only an asserted one that is absent gives way to From.
    """
    uri = from_uri
    if identity != "from":
        if asserted != ABSENT:
            uri = asserted
        elif identity == "pai":
            return WITHHELD, "", ""
    number, user = number_of(uri)
    if ";" not in uri:
        return number, user, ""
    return number, user.partition(";")[0], verstat_of(uri)


def number_of(uri: str) -> tuple[Msisdn, str]:
    """The number that a SIP or tel URI names, and its user part as the sender wrote it, parameters included.

    Malformed and "" for a URI without a user, or of another scheme.
    """
    if uri[:4] == "sip:":
        end = uri.rfind("@")
        user = uri[4:end]
        if end > 0 and user[1:].isdigit() and user[0] in "+0123456789":
            return parse(user), user
    scheme, _, user = uri.partition(":")
    if scheme.lower() != "tel":
        user, at, _ = user.rpartition("@")
        if not at or scheme.lower() not in _SCHEMES:
            return MALFORMED, ""
    if "%" in user or "phone-context" in user:
        return parse(uri), user
    return parse(user.partition(";")[0].partition(":")[0]), user


def telephone_of(asserted: str) -> str:
    """The tel URI among the values of P-Asserted-Identity, "" for none.

    There may be two: one sip or sips, which need not be a number, and one tel (RFC 3325, 9.1).
    """
    found = _TELEPHONE.search(_QUOTED.sub("", asserted))
    return found[1] if found else ""


def verstat_of(uri: str) -> str:
    """What the network said of the number: the URI's `verstat` parameter, empty when absent (TS 24.229, 7.2A.20)."""
    at = uri.find(_VERSTAT)
    if at < 0:
        return ""
    end = begin = at + len(_VERSTAT)
    while end < len(uri) and uri[end] not in _ENDS:
        end += 1
    return uri[begin:end]


def knows_608(features: str) -> bool:
    """Whether a caller's side says so: `*;+sip.608` in any Feature-Caps, in any case (RFC 8688 3.5, RFC 6809 6.3)."""
    return features != ABSENT and _KNOWS_608.search(_QUOTED.sub('""', features)) is not None


def is_secure(uri: str) -> bool:
    """Whether a Request-URI asks that the call goes over TLS all the way (RFC 3261, 26.2.2)."""
    return uri[:4] != "sip:" and uri[:5].lower() == "sips:"


def purpose_of(header: str) -> int | None:
    """The purpose that the caller declares, an index of terms.USES; None for none, or for a word nobody knows."""
    return None if header == ABSENT else _PURPOSES.get(header.strip().lower())
