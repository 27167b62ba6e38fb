"""What a verdict becomes on the wire: pure, and made ready beforehand, because it stands on the way of every call.

What does not depend on the call is put together once for a trunk (`_Plan`) and once for a label (`Spelt`). Grammar:
RFC 3261; the card: RFC 8688; Call-Info: RFC 9796; P-Asserted-Identity: RFC 3325.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from mingbai.gate.check import Answer
from mingbai.gate.decide import Sip, Verdict
from mingbai.gate.hosts.sip.config import Config, Trunk
from mingbai.gate.hosts.sip.spelling import MOST_URI, SAFE, Spelt, spell, user_part
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.profile import Style
from mingbai.kernel.terms import Decision

_REFUSE, _LABEL, _SMS_106 = Decision.REFUSE, Decision.LABEL, Kind.SMS_106
_ID, _CARD, _PAGE, _CODE = "{id}", "{card}", "{page}", "{code}"
_MOST_LABELS = 4096
_ANONYMOUS = "sip:anonymous@anonymous.invalid"  # RFC 3323 4.1.1.3
_PLAIN = re.compile(r"\+?[0-9*#]{1,32}")
_make = tuple.__new__  # half the time of a named tuple's own constructor


class Reply(NamedTuple):
    """A SIP response. `contact`: the URI a 3xx leads to, else ""; `headers`: whole lines, each ended by CR LF."""

    code: int
    reason: str
    contact: str
    headers: str


class _Headers(NamedTuple):
    """A style's headers for one code: cut where the verdict's id goes, and what is left of them without an id."""

    around: tuple[str, ...]
    without: str


class _Refusal(NamedTuple):
    """One rule's refusal on one trunk. `always`: the reply where it is the same for every call, else None."""

    sip: Sip
    always: Reply | None
    code: int
    reason: str
    headers: _Headers
    instead: Reply | None  # for a caller's side that does not know the code


class _Plan:
    """All that is known of a trunk's answers before any call."""

    __slots__ = (
        "announcement",
        "at_host",
        "config",
        "hop",
        "host",
        "label",
        "labelled",
        "labelled_headers",
        "passing",
        "passing_headers",
        "refusals",
        "style",
    )

    def __init__(self, trunk: Trunk, config: Config, style: Style) -> None:
        self.config, self.style, self.label = config, style, trunk.label
        self.passing, self.labelled = style.passing, style.label
        self.passing_headers, self.labelled_headers = self._headers(style.passing.code), self._headers(style.label.code)
        self.hop = trunk.next_hop
        self.host = trunk.next_hop.partition(";")[0]
        self.at_host = quote(f"@{self.host};user=phone>", safe=SAFE)
        self.announcement = trunk.announcement
        self.refusals: dict[int, _Refusal] = {}

    def refusal(self, verdict: Verdict) -> _Refusal:
        code, reason = self.style.refuse.get(verdict.rule.partition(".")[0], verdict.sip)
        headers = self._headers(code)
        always = Reply(code, reason, "", headers.without) if len(headers.around) == 1 else None
        instead = None
        if self.announcement and code in self.style.announce:
            instead = Reply(302, "Moved Temporarily", self.announcement, "")
        return _Refusal(verdict.sip, always, code, reason, headers, instead)

    def _headers(self, code: int) -> _Headers:
        """Without an address of redress no line that names one is written; without an id no line that holds it."""
        page = f"{self.config.redress}/redress/{_ID}"
        lines = [
            line.replace(_CARD, f"{page}.jws").replace(_PAGE, page).replace(_CODE, str(code)) + "\r\n"
            for line in self.style.headers.get(code, ())
            if self.config.redress or not (_CARD in line or _PAGE in line)
        ]
        without = "".join(line for line in lines if _ID not in line)
        return _Headers(tuple("".join(lines).split(_ID)), without)


class _Kept:
    """The plans of one configuration under one profile, and the labels that were spelt."""

    __slots__ = ("config", "labels", "plans", "styles")

    def __init__(self, config: Config, styles: Mapping[str, Style]) -> None:
        self.config, self.styles = config, styles
        self.plans: dict[Trunk, _Plan] = {}
        self.labels: dict[str, Spelt] = {}

    def plan(self, trunk: Trunk) -> _Plan:
        """A style that a new profile no longer has is answered as “plain”, which every profile has."""
        style = self.styles.get(trunk.style) or self.styles["plain"]
        plan = self.plans[trunk] = _Plan(trunk, self.config, style)
        return plan

    def spelt(self, label: str) -> Spelt:
        if len(self.labels) >= _MOST_LABELS:
            self.labels.clear()
        spelt = self.labels[label] = spell(label)
        return spelt


_kept: _Kept | None = None


def reply(
    answer: Answer,
    user: str,
    trunk: Trunk,
    config: Config,
    profile_styles: Mapping[str, Style],
    *,
    has_608: bool,
    caller: str = "",
) -> Reply:
    """The response to an INVITE. Never raises.

    `user`: the Request-URI's user part as dialled; `caller`: the calling number as it came, "" for its normal form;
    `has_608`: whether the caller's side knows 608 (`Feature-Caps: *;+sip.608`, RFC 8688).
    """
    global _kept
    kept = _kept
    if kept is None or kept.config is not config or kept.styles is not profile_styles:
        kept = _kept = _Kept(config, profile_styles)
    plan = kept.plans.get(trunk) or kept.plan(trunk)
    verdict, _, receipt, _ = answer
    if verdict[0] is _REFUSE:
        refusal = plan.refusals.get(verdict[1])
        if refusal is None or refusal[0] != verdict[6]:
            refusal = plan.refusals[verdict[1]] = plan.refusal(verdict)
        _, always, code, reason, (around, without), instead = refusal
        if instead is not None and not has_608:
            return instead
        return always or _make(Reply, (code, reason, "", receipt.join(around) if receipt else without))
    user = user + "@" if user.isdigit() and user.isascii() else user_part(user)
    if verdict[0] is _LABEL and verdict[5]:
        label = kept.labels.get(verdict[5]) or kept.spelt(verdict[5])
        return _labelled(plan, answer, user, label, caller)
    code, reason = plan.passing
    around, without = plan.passing_headers
    headers = without if len(around) == 1 or not receipt else receipt.join(around)
    return _make(Reply, (code, reason, f"sip:{user}{plan.hop}" if code < 400 else "", headers))


def _labelled(plan: _Plan, answer: Answer, user: str, label: Spelt, caller: str) -> Reply:
    """A call that goes on with a label: in the Contact, in the response, or not at all, as the trunk is set."""
    code, reason = plan.labelled
    around, without = plan.labelled_headers
    headers = without if len(around) == 1 or not answer[2] else answer[2].join(around)
    contact = f"sip:{user}{plan.hop}" if code < 400 else ""
    if plan.label == "none" or not label[0]:
        return _make(Reply, (code, reason, contact, headers))
    digits, kind = answer[1][0]
    if not digits:  # withheld: an identity would say who calls, where the network keeps that for itself (RFC 3325 7)
        who = ""
    elif caller and _PLAIN.fullmatch(caller):
        who = caller
    else:
        who = digits if kind is _SMS_106 else "+" + digits
    if plan.label == "identity":
        address = f"sip:{who}@{plan.host};user=phone" if who else _ANONYMOUS
        headers = f"{headers}P-Asserted-Identity: {label[1]} <{address}>\r\n"
    elif contact:
        contact = _with_label(contact, label, who.replace("+", "%2B").replace("#", "%23"), plan.at_host)
    return _make(Reply, (code, reason, contact, headers))


def _with_label(contact: str, label: Spelt, who: str, at_host: str) -> str:
    """The Contact with the headers that the onward INVITE shall carry, as many of them as a URI may hold."""
    name = f"?P-Asserted-Identity={label.name}%20%3Csip%3A{who}{at_host}" if who else ""
    info = f"{'&' if name else '?'}Call-Info={label.info}"
    if len(contact) + len(name) + len(info) <= MOST_URI:
        return contact + name + info
    return contact + name if len(contact) + len(name) <= MOST_URI else contact
