"""短信回复: what “T”, “TT”, “N” and their like do. A refusal by SMS is as good as any other, and always answered."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from mingbai.calls import queries as calls
from mingbai.consent import actions, queries, rules
from mingbai.consent.models import Consent
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision, Purpose
from mingbai.notices import actions as notices
from mingbai.notices import inbox
from mingbai.notices import queries as messages
from mingbai.people import queries as people

DAYS = 7  # how far back a bare reply may refer
CALLS_AT_MOST = 200  # looked at for it
FIRMS_AT_MOST = 5  # named in one question
NEVER_WORDS = ("N", "从未同意", "未同意", "没同意", "NEVER")
_CHOICE = re.compile(r"(?:T|TD)\s*([0-9]{1,2})")
_PRINCIPAL, _WHICH, _DONE = "principal:", "which:", "done:"


def register() -> None:
    """Register this room's words. The most particular come first."""
    inbox.register(
        "consent.stop_all", lambda text: text in _words("stop_all_words") or None, _stop_all, look_up=_heard_of
    )
    inbox.register("consent.choose", _CHOICE.fullmatch, _choose, look_up=_offered)
    inbox.register("consent.stop", lambda text: text in _words("stop_words") or None, _stop, look_up=_firms)
    inbox.register("consent.never", lambda text: text in NEVER_WORDS or None, _never, look_up=_firms)


def _words(name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(messages.profile().notices, name)
    return found


def _stop(reply: inbox.Reply) -> None:
    """Refuse the firm that the last days' messages were about, or that called; ask which, when there were several."""
    firms: list[int] = reply.known
    if not firms:
        return _nothing(reply.subscriber)
    if len(firms) > 1:
        return _ask(reply.subscriber, firms)
    return _refuse(reply.subscriber, firms)


def _choose(reply: inbox.Reply) -> None:
    """“T2” after our question which; “T0” is all of them, and whoever else holds a consent."""
    firms, choice = reply.known, int(reply.match[1])
    if choice == 0:
        return _refuse(reply.subscriber, [*firms, *(f for f in queries.holders(reply.subscriber) if f not in firms)])
    if choice > len(firms):
        return _ask(reply.subscriber, firms) if firms else _nothing(reply.subscriber)
    return _refuse(reply.subscriber, [firms[choice - 1]])


def _stop_all(reply: inbox.Reply) -> None:
    """Refuse everybody who holds a consent, whom the last days' messages were about, and who called."""
    firms: list[int] = reply.known
    everybody = [*firms, *(firm for firm in queries.holders(reply.subscriber) if firm not in firms)]
    return _refuse(reply.subscriber, everybody) if everybody else _nothing(reply.subscriber)


def _never(reply: inbox.Reply) -> None:
    """“I never agreed”: refuse the firm for everything, and ask it for the proof of each consent that it claims."""
    firms: list[int] = reply.known
    if not firms:
        return _nothing(reply.subscriber)
    if len(firms) > 1:
        return _ask(reply.subscriber, firms)
    rows = Consent.objects.filter(subscriber_id=reply.subscriber, state__in=rules.OPEN).order_by("id")
    claims = [consent for consent, firm in rows.values_list("id", "principal_id") if firm == firms[0]]
    for claim in claims:
        actions.dispute(consent=claim, how=rules.How.SMS)
    if not claims:
        return _refuse(reply.subscriber, firms)
    actions.refuse(subscriber=reply.subscriber, principal=firms[0], purpose=Purpose.ANY, how=rules.How.SMS)
    days = messages.profile().consent.proof_days
    name = people.organisation_names(firms)[firms[0]]
    return _answer(
        reply.subscriber,
        "consent.disputed",
        f"【明白】已拒绝“{name}”的一切来电，并要求其在{days}天内出示您同意的证明；逾期未出示，其该批名单全部停用。",
        f"{_DONE}{firms[0]}",
    )


def _refuse(subscriber: int, firms: list[int]) -> None:
    names = people.organisation_names(firms)
    for firm in firms:
        actions.refuse(subscriber=subscriber, principal=firm, purpose=Purpose.ANY, how=rules.How.SMS)
    named = "、".join(f"“{names[firm]}”" for firm in firms[:FIRMS_AT_MOST])
    rest = f"等{len(firms)}家企业" if len(firms) > FIRMS_AT_MOST else ""
    context = f"{_DONE}{firms[0]}" if len(firms) == 1 else _DONE
    _answer(
        subscriber, "consent.refused", f"【明白】已拒绝{named}{rest}的一切来电，即时生效，换号拨打同样无效。", context
    )


def _ask(subscriber: int, firms: list[int]) -> None:
    shown = firms[:FIRMS_AT_MOST]
    names = people.organisation_names(shown)
    lines = "，".join(f"T{place} {names[firm]}" for place, firm in enumerate(shown, 1))
    text = f"【明白】近{DAYS}天有多家企业联系过您，请回复要拒绝的一家：{lines}，T0 全部。"
    _answer(subscriber, "consent.which", text, _WHICH + ",".join(map(str, shown)))


def _nothing(subscriber: int) -> None:
    text = f"【明白】近{DAYS}天没有企业经本平台联系过您，无从得知您要拒绝哪一家。回复TT拒绝全部，或登录“我的”页面办理。"
    _answer(subscriber, "consent.nothing", text, "")


def _answer(subscriber: int, template: str, text: str, context: str) -> None:
    notices.send(subscriber=subscriber, template=template, text=text, context=context)


def _firms(subscriber: int) -> list[int]:
    """Whom a bare reply means, the latest first: firms that messages of the last days were about, else those whose
    calls rang, else those that tried to call; each as far as they were not refused since, else the latest of all."""
    named = _named(subscriber)
    if still := _not_refused(subscriber, named):
        return still
    rung, tried = _called(subscriber)
    return _not_refused(subscriber, rung) or _not_refused(subscriber, tried) or (named or rung or tried)[:1]


def _offered(subscriber: int) -> list[int]:
    """The firms of our last question which, in its order; without a question those that a bare reply means."""
    asked = messages.recent(subscriber, _since(), prefix=_WHICH)
    return [int(key) for key in asked[0].context.removeprefix(_WHICH).split(",")] if asked else _firms(subscriber)


def _heard_of(subscriber: int) -> list[int]:
    """All that messages of the last days were about, and all that called or tried to."""
    return list(dict.fromkeys([*_named(subscriber), *_called(subscriber)[1]]))


def _named(subscriber: int) -> list[int]:
    found = messages.recent(subscriber, _since(), prefix=_PRINCIPAL)
    return list(dict.fromkeys(int(message.context.removeprefix(_PRINCIPAL)) for message in found))


def _called(subscriber: int) -> tuple[list[int], list[int]]:
    """The firms for which the last days' calls were, the latest first: of those that rang, and of all."""
    since_us = int(_since().timestamp() * 1e6)
    try:
        found = calls.attempts_to(subscriber, CALLS_AT_MOST, since_us=since_us)
    except Problem:  # the number was erased
        return [], []
    rung = [one.principal for one in found if one.principal and one.decision != Decision.REFUSE]
    return list(dict.fromkeys(rung)), list(dict.fromkeys(one.principal for one in found if one.principal))


def _not_refused(subscriber: int, firms: list[int]) -> list[int]:
    return [firm for firm in firms if not refused(subscriber, firm)]


def refused(subscriber: int, principal: int) -> bool:
    """Whether the subscriber refused this firm for everything; messages ask it before they carry its advertising."""
    return queries.refused_everything(subscriber, principal)


def _since() -> datetime:
    return clock.now() - timedelta(days=DAYS)
