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
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.profile import Style
from mingbai.kernel.terms import Decision

_REFUSE, _LABEL, _SMS_106 = Decision.REFUSE, Decision.LABEL, Kind.SMS_106
_ID, _CARD, _PAGE, _CODE = "{id}", "{card}", "{page}", "{code}"
_MOST_LABELS = 4096
_ANONYMOUS = "sip:anonymous@anonymous.invalid"  # RFC 3323 4.1.1.3
_MOST_DIGITS = 32
_PLAIN = re.compile(rf"\+?[0-9*]{{1,{_MOST_DIGITS}}}")
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


class _Label(NamedTuple):
    """A label on one trunk: how it is spelt, and the Contact's headers before and after the calling number."""

    spelt: Spelt
    before: str
    after: str


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
        "labels",
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
        self.labels: dict[str, _Label] = {}

    def spelt(self, label: str) -> _Label:
        spelt = spell(label)
        before = f"?P-Asserted-Identity={spelt.name}%20%3Csip%3A"
        if len(self.labels) >= _MOST_LABELS:
            self.labels.clear()
        ready = self.labels[label] = _Label(spelt, before, f"{self.at_host}&Call-Info={spelt.info}")
        return ready

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
    """The plans of one configuration under one profile."""

    __slots__ = ("config", "plans", "styles")

    def __init__(self, config: Config, styles: Mapping[str, Style]) -> None:
        self.config, self.styles = config, styles
        self.plans: dict[Trunk, _Plan] = {}

    def plan(self, trunk: Trunk) -> _Plan:
        """A style that a new profile no longer has is answered as “plain”, which every profile has."""
        style = self.styles.get(trunk.style) or self.styles["plain"]
        plan = self.plans[trunk] = _Plan(trunk, self.config, style)
        return plan


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
    verdict, call, receipt, _ = answer
    decision, rule, _, _, _, label, sip, _ = verdict
    if decision is _REFUSE:
        refusal = plan.refusals.get(rule)
        if refusal is None or refusal[0] != sip:
            refusal = plan.refusals[rule] = plan.refusal(verdict)
        _, always, code, reason, (around, without), instead = refusal
        if instead is not None and not has_608:
            return instead
        return always or _make(Reply, (code, reason, "", receipt.join(around) if receipt else without))
    user = f"{user}@" if user.isdigit() and user.isascii() else user_part(user)
    if decision is _LABEL and label:
        return _labelled(plan, call[0], receipt, user, plan.labels.get(label) or plan.spelt(label), caller)
    code, reason = plan.passing
    around, without = plan.passing_headers
    headers = receipt.join(around) if receipt and len(around) > 1 else without
    return _make(Reply, (code, reason, f"sip:{user}{plan.hop}" if code < 400 else "", headers))


def over_tls(said: Reply, trunk: Trunk) -> Reply:
    """The same response to a call whose Request-URI is a sips URI: where it leads on, it leads to one too.

    A server must not lead such a call to a sip URI; where nothing else is known the call ends with 480 and a Warning
    (RFC 5630).
    """
    code, reason, contact, headers = said
    if not contact or contact[:5].lower() == "sips:":
        return said
    hop = trunk.next_hop_by_sips
    if not hop:
        return Reply(480, "Temporarily Unavailable", "", f'{headers}Warning: 380 mingbai "SIPS Not Allowed"\r\n')
    user, at, rest = contact[4:].partition("@")
    if not at:
        user, rest = "", user
    return Reply(code, reason, f"sips:{user}{at}{hop}{rest[len(trunk.next_hop) :]}", headers)


def _labelled(plan: _Plan, calling: Msisdn, receipt: str, user: str, label: _Label, caller: str) -> Reply:
    """A call that goes on with a label: in the Contact, in the response, or not at all, as the trunk is set."""
    code, reason = plan.labelled
    around, without = plan.labelled_headers
    headers = receipt.join(around) if receipt and len(around) > 1 else without
    contact = f"sip:{user}{plan.hop}" if code < 400 else ""
    spelt, before, after = label
    if plan.label == "none" or not spelt[0]:
        return _make(Reply, (code, reason, contact, headers))
    digits, kind = calling
    if not digits:  # withheld: an identity would say who calls, where the network keeps that for itself (RFC 3325 7)
        who = ""
    elif caller.isdigit() and caller.isascii() and len(caller) <= _MOST_DIGITS:
        who = caller
    else:
        who = caller if _PLAIN.fullmatch(caller) else digits if kind is _SMS_106 else "+" + digits
    if plan.label == "identity":
        address = f"sip:{who}@{plan.host};user=phone" if who else _ANONYMOUS
        headers = f"{headers}P-Asserted-Identity: {spelt[1]} <{address}>\r\n"
    elif contact:
        who = who.replace("+", "%2B")
        longer = f"{contact}{before}{who}{after}"
        contact = longer if who and len(longer) <= MOST_URI else _shorter(contact, label, who, plan.at_host)
    return _make(Reply, (code, reason, contact, headers))


def _shorter(contact: str, label: _Label, who: str, at_host: str) -> str:
    """The Contact with what may stand in it: of a withheld caller the reason alone, of two headers the first."""
    longer = f"{contact}{label.before}{who}{at_host}" if who else f"{contact}?Call-Info={label.spelt.info}"
    return longer if len(longer) <= MOST_URI else contact
