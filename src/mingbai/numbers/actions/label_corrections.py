"""纠错: who has a number asks for its label to be corrected; staff answers. And who took the published list away."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from mingbai.kernel import clock, msisdn, profile
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.numbers import events
from mingbai.numbers.actions.labels import correct_labels
from mingbai.numbers.models import Label, LabelCorrection, LabelFetch, LabelledNumber
from mingbai.numbers.queries.label_corrections import concerns
from mingbai.numbers.rules.labels import Wish, words

_AT_ONCE = 200


def ask_correction(
    *, number: Msisdn, text: str, subscriber: int = 0, organisation: int = 0, account: int | None = None
) -> int:
    """Who has a number says that its label is wrong; the request's id. `account`: who writes for an organisation.

    Raises Problem for a number that is not theirs, one without a label, while an earlier request waits for its answer,
    and for a text that is too short or too long.
    """
    said = words(text, "text")
    if not concerns(number, subscriber=subscriber, organisation=organisation):
        raise Problem("numbers.not_yours", "this is no number of yours", where="number", status=404)
    row = LabelledNumber.objects.filter(number=int(number.digits)).first()
    if row is None or not row.labels.filter(ended_at=None).exists():
        raise Problem("numbers.no_label", "nothing is said of this number", where="number", status=404)
    subject = f"subscriber:{subscriber}" if subscriber else f"organisation:{organisation}"
    try:
        with transaction.atomic():
            content: dict[str, Json] = {"text": said, "account": account}
            entry = ledger.append(events.CORRECTION_ASKED, content, subject=subject)
            return LabelCorrection.objects.create(
                labelled=row, organisation_id=organisation or None, subscriber_id=subscriber or None, account=account,
                text=said, made_at=clock.now(), entry=entry,
            ).id  # fmt: skip
    except IntegrityError:
        raise Problem("numbers.asked", "a request about this number waits already", status=409) from None


def answer_correction(correction: int, *, account: int, granted: bool, text: str) -> None:
    """Staff answers a request; one that is granted ends every nuisance label of the number at once.

    Raises Problem for an unknown request, for one that is answered, and for a text that is too short or too long.
    """
    said = words(text, "answer")
    with transaction.atomic():
        row = LabelCorrection.objects.filter(id=correction).select_related("labelled").first()
        if row is None:
            raise Problem("numbers.no_correction", "there is no such request", status=404)
        state = Wish.GRANTED if granted else Wish.REFUSED
        waiting = LabelCorrection.objects.filter(id=correction, state=Wish.OPEN)
        if not waiting.update(state=state, answer=said, answered_at=clock.now(), answered_by=account):
            raise Problem("numbers.answered", "this request is answered already", status=409)
        subject = f"subscriber:{row.subscriber_id}" if row.subscriber_id else f"organisation:{row.organisation_id}"
        content: dict[str, Json] = {"correction": correction, "state": state.value, "text": said, "account": account}
        entry = ledger.append(events.CORRECTION_ANSWERED, content, subject=subject)
        LabelCorrection.objects.filter(id=correction).update(answer_entry=entry)
        if granted:
            correct_labels(
                msisdn.of_digits(str(row.labelled.number)), reason=f"correction {correction}", account=account
            )


def note_fetch(*, organisation: int, key: int, since: int, version: int, rows: int) -> None:
    """A partner took the published list, or what had changed of it: it is known what they know."""
    LabelFetch.objects.create(
        organisation_id=organisation, key=key, since=since, version=version, rows=rows, at=clock.now()
    )


def forget_fetches() -> int:
    """Remove notes of fetches older than `labels.fetches_kept_days`; how many. For the work loop."""
    old = clock.now() - timedelta(days=profile.load(settings.HOME).labels.fetches_kept_days)
    return LabelFetch.objects.filter(at__lt=old).delete()[0]


def forget_numbers_of_the_erased() -> int:
    """Take numbers of erased users off the house's own rows, once partners have long been told that they are off the
    list (`labels.tombstone_days`); how many. For the work loop.

    A number of which something is said again, or was said of a firm too, stays.
    """
    old = clock.now() - timedelta(days=profile.load(settings.HOME).labels.tombstone_days)
    erased = Label.objects.filter(labelled=OuterRef("id"), ended_at__lt=old, tenant__isnull=False, tenant__sealed=None)
    other = Label.objects.filter(labelled=OuterRef("id")).exclude(
        ended_at__lt=old, tenant__isnull=False, tenant__sealed=None
    )
    rows = LabelledNumber.objects.filter(Exists(erased), ~Exists(other), votes=0)
    return len([row.delete() for row in rows[:_AT_ONCE]])


def forget(subject: str) -> None:
    """What an erased subscriber asked and was answered goes; what is open has nobody to answer any more."""
    rows = LabelCorrection.objects.filter(subscriber_id=int(subject.removeprefix("subscriber:")))
    rows.filter(state=Wish.OPEN).delete()
    rows.update(text="", answer="")
