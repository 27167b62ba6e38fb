"""更正告知: a partner that took a label which was wrong is told so at its own address, besides the list: signed, again
until it answers, once under one id."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from mingbai.kernel import clock, msisdn, profile, webhooks
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.numbers import events
from mingbai.numbers.models import Label, LabelFetch, LabelHook, LabelTelling
from mingbai.numbers.queries.labels import list_version

TIMEOUT_S = 5.0
_HELD = timedelta(seconds=60)  # longer than a call may last


def set_label_hook(organisation: int, *, url: str, account: int) -> str:
    """Where an organisation wants to be told of corrections, "" for nowhere; the secret of its signatures.

    The secret stays the same for an organisation. Raises Problem for an address that the house does not call.
    """
    wanted = webhooks.check(url, loopback=settings.LABEL_HOOKS_LOOPBACK) if url.strip() else ""
    with transaction.atomic():
        if wanted:
            fields = {"url": wanted, "set_at": clock.now(), "account": account}
            LabelHook.objects.update_or_create(organisation_id=organisation, defaults=fields)
        else:
            LabelHook.objects.filter(organisation_id=organisation).delete()
            LabelTelling.objects.filter(organisation_id=organisation, due_at__isnull=False).update(due_at=None)
        content: dict[str, Json] = {"account": account, "set": bool(wanted)}
        ledger.append(events.HOOK_SET, content, subject=f"organisation:{organisation}")
    return label_hook_secret(organisation)


def label_hook_secret(organisation: int) -> str:
    """The secret, as the organisation's system wants it: `whsec_` and hex."""
    return f"whsec_{_secret(organisation).hex()}"


def note(label: Label, now: datetime) -> int:
    """Have partners told that a label was wrong which they may have taken; how many. In the caller's transaction."""
    took = LabelFetch.objects.filter(at__gte=label.began_at).values("organisation")
    told = 0
    for organisation in LabelHook.objects.filter(organisation__in=took).values_list("organisation", flat=True):
        waiting = {"organisation_id": organisation, "labelled_id": label.labelled_id, "due_at__isnull": False}
        if not LabelTelling.objects.filter(**waiting).exists():
            LabelTelling.objects.create(
                organisation_id=organisation, labelled_id=label.labelled_id, kind=label.kind, made_at=now, due_at=now
            )
            told += 1
    return told


def tell_partners() -> int:
    """Tell one partner of one correction that is due; 1 when there was one. For the work loop.

    It is held while it is told, outside any transaction; a 2xx is an answer, all else is tried again.
    """
    now = clock.now()
    row = LabelTelling.objects.filter(due_at__lte=now).select_related("labelled").order_by("due_at", "id").first()
    if row is None:
        return 0
    held = now + _HELD
    if not LabelTelling.objects.filter(id=row.id, due_at=row.due_at).update(due_at=held, tries=row.tries + 1):
        return 0
    answered = _told(row)
    over = not answered and now - row.made_at >= timedelta(hours=_terms().tell_hours)
    again = None if answered or over else clock.now() + timedelta(seconds=webhooks.wait_s(row.tries + 1))
    with transaction.atomic():
        mine = LabelTelling.objects.filter(id=row.id, due_at=held)
        if mine.update(due_at=again, told_at=clock.now() if answered else None) and again is None:
            content: dict[str, Json] = {"answered": answered, "tries": row.tries + 1}
            ledger.append(
                events.PARTNER_TOLD, content, subject=f"organisation:{row.organisation_id}",
                ref=f"telling:{row.id}",
            )  # fmt: skip
    return 1


def _told(row: LabelTelling) -> bool:
    hook = LabelHook.objects.filter(organisation_id=row.organisation_id).first()
    if hook is None:
        return False
    number, shown = msisdn.of_digits(str(row.labelled.number)), row.labelled
    body = {
        "type": "label.corrected",
        "timestamp": row.made_at.isoformat(timespec="seconds"),
        "data": {"number": number.e164, "was": row.kind, "now": shown.kind or None, "version": list_version()},
    }
    sent = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = webhooks.headers(_secret(row.organisation_id), f"label-{row.id}", sent)
    try:
        if not settings.LABEL_HOOKS_LOOPBACK and not webhooks.outside(hook.url):
            return False
        status, _said = webhooks.post(hook.url, sent, head, timeout_s=TIMEOUT_S)
    except OSError:
        return False
    return 200 <= status < 300


def _secret(organisation: int) -> bytes:
    settings.HOME.make_key("webhook")  # of a home that is older than this
    house: bytes = settings.HOME.key("webhook")
    return hmac.digest(house, f"mb:numbers:label_hook:{organisation}".encode(), "sha256")


def _terms() -> profile.Labels:
    return profile.load(settings.HOME).labels
