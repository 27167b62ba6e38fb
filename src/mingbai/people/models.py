"""Who is who: subscribers, organisations, their staff and their machines' keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Subscriber(models.Model):
    """用户: a number *and* its tenure.

    `lookup` is the keyed hash of the number (kernel.lookup), `sealed` the number itself, encrypted. A number given to
    somebody else (二次放号) ends this tenure and begins another, to whom nothing of the first applies.
    """

    lookup = models.BinaryField(max_length=16)
    sealed = models.BinaryField(max_length=16, null=True)
    tenure = models.PositiveIntegerField(default=1)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # 个保法 47: a law wants the records kept until then; once restricted, they are stored and nothing else.
    kept_until = models.DateTimeField(null=True)
    restricted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["lookup"], condition=models.Q(ended_at__isnull=True), name="subscriber_current"
            ),
            # Former tenures have an index of their own, so that a present one costs a single entry.
            models.UniqueConstraint(
                fields=["lookup", "tenure"], condition=models.Q(ended_at__isnull=False), name="subscriber_former"
            ),
        )
        indexes = (
            models.Index(
                fields=["kept_until"], condition=models.Q(restricted_at__isnull=False), name="subscriber_restricted"
            ),
        )


class Organisation(models.Model):
    """运营商、呼叫中心、企业、代理商、主管部门."""

    class Kind(models.TextChoices):
        OPERATOR = "operator", _("operator")
        CALL_CENTRE = "call_centre", _("call centre")
        ENTERPRISE = "enterprise", _("enterprise")
        AGENT = "agent", _("agent")
        AUTHORITY = "authority", _("authority")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        CLOSED = "closed", _("closed")

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    industry = models.CharField(max_length=24, blank=True)  # kernel.terms.Industry
    credit_code = models.CharField(max_length=18, blank=True)  # 统一社会信用代码, GB 32100
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their name; accounts are made in people.actions alone."""


class Account(AbstractBaseUser):
    """A person who works for an organisation."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("administrator")
        COMPLIANCE = "compliance", _("compliance")
        OPERATIONS = "operations", _("operations")
        AUDITOR = "auditor", _("auditor")

    username = models.CharField(max_length=80, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accounts")
    role = models.CharField(max_length=16, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class ApiKey(models.Model):
    """A machine's key: shown once, stored as its SHA-256, scoped.

    `scopes`: words of kernel.terms.Scope. `trunks` and `numbers` (normal form) bound what it may decide about; both
    empty means every trunk, which only an operator's key may have.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.JSONField(default=list)
    trunks = models.JSONField(default=list)
    numbers = models.JSONField(default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
