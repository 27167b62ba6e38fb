"""号码标注: what is said of numbers, registered or not; who asked for it to be corrected; who took the list away."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingbai.kernel.terms import LabelKind
from mingbai.numbers.rules.labels import Ending, Family, Source, Wish


class LabelledNumber(models.Model):
    """A number of which something was ever said, and what is shown of it now (empty `kind`: nothing).

    `number` in normal form. The hashes are SHA-1 in upper-case hex of “+” and the number, whole and without its last
    one and two digits, as PhoneBlock's clients send them. `version` is above every version given before, so that who
    has the list up to a version asks for what has a higher one. `listed`: it stood on the list that partners fetch.
    """

    number = models.BigIntegerField(unique=True)
    sha1 = models.CharField(max_length=40, unique=True)
    sha1_10 = models.CharField(max_length=40, db_index=True)
    sha1_100 = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=24, blank=True, choices=[(one.value, one.name) for one in LabelKind])
    text = models.CharField(max_length=40, blank=True)
    votes = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)  # when what is shown expires
    listed = models.BooleanField(default=False)
    version = models.BigIntegerField(unique=True)
    added_at = models.DateTimeField()
    active_at = models.DateTimeField()  # when somebody last said something of it
    cleared_at = models.DateTimeField(null=True)  # when a label of it was last found wrong

    class Meta:
        indexes = (models.Index(fields=["version"], condition=Q(votes__gt=0), name="labelled_on_the_list"),)


class Label(models.Model):
    """One thing said of a number, from `began_at` until `ended_at`; a count that changes is another row.

    `count` people, as of `counted_at`; 0 where nobody was counted. `case` is the id of the case that it stands on, in a
    room above, 0 for none; `account` who set it by hand. `due_at`: when it next fades or expires. `tenant`: the
    subscriber who has the number, and `holder` who it is registered for, where that is known: of another user of the
    number nothing was said.
    """

    labelled = models.ForeignKey(LabelledNumber, on_delete=models.CASCADE, related_name="labels", db_index=False)
    tenant = models.ForeignKey("people.Subscriber", on_delete=models.PROTECT, null=True, related_name="labels")
    holder = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="labels")
    kind = models.CharField(max_length=24, choices=[(one.value, one.name) for one in LabelKind])
    family = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Family])
    text = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Source])
    case = models.BigIntegerField(default=0)
    account = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    counted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField()  # in the ledger
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, blank=True, choices=[(one.value, one.value) for one in Ending])
    end_reason = models.CharField(max_length=200, blank=True)
    end_entry = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["labelled", "family", "source", "case"],
                condition=Q(ended_at__isnull=True),
                name="label_standing_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
                name="label_ended_somehow",
            ),
        )
        indexes = (
            models.Index(fields=["labelled", "began_at"], name="label_of_number"),
            models.Index(fields=["due_at"], condition=Q(ended_at__isnull=True), name="label_due"),
            models.Index(fields=["case"], condition=Q(case__gt=0), name="label_of_case"),
        )


class LabelCorrection(models.Model):
    """纠错: one party's “this label is wrong”, and the answer. The party holds the number, or is its subscriber."""

    labelled = models.ForeignKey(LabelledNumber, on_delete=models.CASCADE, related_name="corrections")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, related_name="label_corrections"
    )
    subscriber = models.ForeignKey(
        "people.Subscriber", on_delete=models.PROTECT, null=True, related_name="label_corrections"
    )
    account = models.BigIntegerField(null=True)  # who wrote it for the organisation
    text = models.TextField()
    made_at = models.DateTimeField()
    entry = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Wish], default=Wish.OPEN.value)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)  # account
    answer_entry = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, subscriber__isnull=True)
                | Q(organisation__isnull=True, subscriber__isnull=False),
                name="correction_one_party",
            ),
            models.UniqueConstraint(
                fields=["labelled", "organisation"],
                condition=Q(organisation__isnull=False, state="open"),
                name="correction_once_firm",
            ),
            models.UniqueConstraint(
                fields=["labelled", "subscriber"],
                condition=Q(subscriber__isnull=False, state="open"),
                name="correction_once_person",
            ),
        )
        indexes = (models.Index(fields=["id"], condition=Q(state="open"), name="correction_open"),)


class LabelFetch(models.Model):
    """A partner took the list: everything (`since` 0), or what had changed; it then knew it up to `version`."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="label_fetches", db_index=False
    )
    key = models.BigIntegerField()  # the API key's id
    since = models.BigIntegerField()
    version = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "at"], name="label_fetch_of_firm"),
            models.Index(fields=["at"], name="label_fetch_by_time"),
        )


class LabelHook(models.Model):
    """Where a partner is told of labels that were wrong. Its secret is derived from the house's key and `id`."""

    organisation = models.OneToOneField("people.Organisation", on_delete=models.PROTECT, related_name="label_hook")
    url = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    account = models.BigIntegerField()


class LabelTelling(models.Model):
    """One partner, which took the list while a label of the number stood, is told that the label was wrong."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="label_tellings", db_index=False
    )
    labelled = models.ForeignKey(LabelledNumber, on_delete=models.CASCADE, related_name="tellings")
    kind = models.CharField(max_length=24)  # of the label that was wrong
    made_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # None: told, or given up
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="label_telling_due"),
            models.Index(fields=["organisation", "id"], name="label_telling_of_firm"),
        )
