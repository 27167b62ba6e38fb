"""Organisations, their staff accounts, their API keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry, Scope
from mingbai.ledger import actions as ledger
from mingbai.people import events
from mingbai.people.models import Account, ApiKey, Organisation

KEY_PREFIX = "mb_"
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")


def create_organisation(*, name: str, kind: str, industry: str = "", credit_code: str = "") -> int:
    """Register an organisation and answer its id. Raises Problem for an unknown kind or industry, or a name in use."""
    if kind not in Organisation.Kind.values:
        raise Problem(
            "people.unknown_kind", f"no kind “{kind}”", where="kind", mend=", ".join(Organisation.Kind.values)
        )
    if industry and industry not in set(Industry):
        raise Problem(
            "people.unknown_industry", f"no industry “{industry}”", where="industry", mend=", ".join(Industry)
        )
    if credit_code and not _CREDIT_CODE.fullmatch(credit_code):
        raise Problem("people.credit_code", "not a unified social credit code of 18 characters", where="credit_code")
    name = name.strip()
    if not name or len(name) > 120:
        raise Problem("people.name", "a name of 1 to 120 characters is needed", where="name")
    with transaction.atomic():
        if Organisation.objects.filter(name=name).exists():
            raise Problem("people.name_taken", "an organisation of this name is registered", where="name", status=409)
        made = Organisation.objects.create(
            name=name, kind=kind, industry=industry, credit_code=credit_code, created_at=clock.now()
        )
        content: dict[str, Any] = {"name": name, "kind": kind, "industry": industry, "credit_code": credit_code}
        ledger.append(events.ORGANISATION, content, subject=f"organisation:{made.id}", ref=f"organisation:{made.id}")
    return made.id


def set_organisation_state(organisation: int, state: str, reason: str) -> None:
    """Make an organisation active, suspended or closed; a closed one stays closed."""
    if state not in Organisation.State.values:
        raise Problem(
            "people.unknown_state", f"no state “{state}”", where="state", mend=", ".join(Organisation.State.values)
        )
    with transaction.atomic():
        open_ones = Organisation.objects.filter(id=organisation).exclude(state__in=[state, Organisation.State.CLOSED])
        if open_ones.update(state=state):
            ledger.append(
                events.ORGANISATION_STATE,
                {"state": state, "reason": reason},
                subject=f"organisation:{organisation}",
                ref=f"organisation:{organisation}",
            )
            return
        now = Organisation.objects.filter(id=organisation).values_list("state", flat=True).first()
    if now is None:
        raise Problem("people.unknown_organisation", "no such organisation", where="organisation", status=404)
    if now != state:
        raise Problem("people.closed", "a closed organisation stays closed", where="organisation", status=409)


def create_account(*, username: str, password: str, organisation: int, role: str) -> int:
    """Open a staff account and answer its id.

    Raises Problem for a weak password, an unknown role, a name in use, or an organisation that is not active.
    """
    if role not in Account.Role.values:
        raise Problem("people.unknown_role", f"no role “{role}”", where="role", mend=", ".join(Account.Role.values))
    _check_password(password)
    username = Account.normalize_username(username.strip())
    if not username or len(username) > 80:
        raise Problem("people.username", "a name of 1 to 80 characters is needed", where="username")
    _active(organisation)
    account = Account(username=username, organisation_id=organisation, role=role, created_at=clock.now())
    account.set_password(password)
    with transaction.atomic():
        if Account.objects.filter(username=username).exists():
            raise Problem("people.username_taken", "this user name is taken", where="username", status=409)
        account.save()
        ledger.append(events.ACCOUNT, {"account": account.id, "role": role}, subject=f"organisation:{organisation}")
    return account.id


def set_password(account: int, password: str) -> None:
    """Give an account another password. Raises Problem for a weak one."""
    _check_password(password)
    person = Account.objects.filter(id=account).first()
    if person is None:
        raise Problem("people.unknown_account", "no such account", where="account", status=404)
    person.set_password(password)
    with transaction.atomic():
        person.save(update_fields=["password"])
        content: dict[str, Any] = {"account": account, "state": "password changed"}
        ledger.append(events.ACCOUNT_STATE, content, subject=f"organisation:{person.organisation_id}")


def set_account_active(account: int, *, active: bool) -> None:
    """Close an account, or open it again; nothing happens when it is so already."""
    with transaction.atomic():
        if Account.objects.filter(id=account, is_active=not active).update(is_active=active):
            organisation = Account.objects.values_list("organisation_id", flat=True).get(id=account)
            content: dict[str, Any] = {"account": account, "state": "active" if active else "closed"}
            ledger.append(events.ACCOUNT_STATE, content, subject=f"organisation:{organisation}")


def create_api_key(
    *, organisation: int, name: str, scopes: Sequence[str], trunks: Sequence[str] = (), numbers: Sequence[str] = ()
) -> tuple[int, str]:
    """Issue an API key: (id, key). The key is shown this once; only its SHA-256 is kept.

    `numbers` in normal form. Raises Problem for an unknown scope, for none, for an organisation that is not active, or
    for a key to decide about every trunk and number that is not an operator's.
    """
    unknown = [scope for scope in scopes if scope not in set(Scope)]
    if unknown or not scopes:
        raise Problem("people.unknown_scope", f"not scopes: {unknown}", where="scopes", mend=", ".join(Scope))
    kind = _active(organisation)
    if Scope.DECIDE in scopes and not trunks and not numbers and kind != Organisation.Kind.OPERATOR:
        raise Problem("people.key_unbounded", "only an operator's key may decide about every trunk", where="trunks")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        made = ApiKey.objects.create(
            organisation_id=organisation,
            name=name.strip()[:80],
            digest=hashlib.sha256(key.encode()).digest(),
            hint=key[-4:],
            scopes=sorted(set(scopes)),
            trunks=sorted(set(trunks)),
            numbers=sorted(set(numbers)),
            created_at=clock.now(),
        )
        content: dict[str, Any] = {"key": made.id, "hint": made.hint, "scopes": made.scopes, "trunks": made.trunks}
        ledger.append(events.API_KEY, content, subject=f"organisation:{organisation}", ref=f"apikey:{made.id}")
    return made.id, key


def revoke_api_key(key: int) -> None:
    """End an API key; nothing happens when it has ended already."""
    with transaction.atomic():
        if ApiKey.objects.filter(id=key, revoked_at=None).update(revoked_at=clock.now()):
            row = ApiKey.objects.get(id=key)
            ledger.append(
                events.API_KEY_REVOKED,
                {"key": key, "hint": row.hint},
                subject=f"organisation:{row.organisation_id}",
                ref=f"apikey:{key}",
            )


def _active(organisation: int) -> str:
    """The kind of an active organisation. Raises Problem for any other: a way in that opens nothing misleads."""
    found = Organisation.objects.filter(id=organisation).values_list("kind", "state").first()
    if found is None:
        raise Problem("people.unknown_organisation", "no such organisation", where="organisation", status=404)
    kind, state = found
    if state != Organisation.State.ACTIVE:
        raise Problem(
            "people.not_active",
            f"the organisation is {state}",
            where="organisation",
            mend="" if state == Organisation.State.CLOSED else "make it active first",
            status=409,
        )
    return kind


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise Problem("people.password", " ".join(error.messages), where="password") from error
