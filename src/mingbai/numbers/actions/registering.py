"""Registering numbers and changing what is registered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from mingbai.kernel import clock, profile
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry, Use
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json
from mingbai.numbers import events, rules
from mingbai.numbers.actions import labels
from mingbai.numbers.models import Assignment, Contract, FormerLabel, NumberResource, Standing, Trunk
from mingbai.people import queries as people
from mingbai.people.queries import OrganisationView

LONGEST_LABEL = 40
MOST_CALLS = 10_000_000
_TRUNK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_LOCK = 0x6D62_6E75_6D62_6572  # “mbnumber”: one registration at a time, so that two cannot overlap unseen
_FOLLOWING = "SELECT first FROM numbers_numberresource WHERE closed_at IS NULL AND last >= %s ORDER BY last LIMIT 1"
_RESTING = (
    "SELECT 1 FROM numbers_numberresource WHERE rests_until IS NOT NULL AND last >= %s AND last < %s AND first <= %s"
    " AND rests_until > %s LIMIT 1"
)
_ACTIVE = "active"
State = NumberResource.State


def create_trunk(
    name: str, carrier: int, source: str = "", *, international: bool = False, special: bool = False
) -> int:
    """Register a line that calls arrive on; its id.

    `source`: address[:port] that the SIP proxy sees. `special`: may send emergency and short numbers as caller.
    Raises Problem for a name in use or of other characters than letters, digits and “._:-”, or an unknown carrier.
    """
    if not _TRUNK_NAME.fullmatch(name):
        raise Problem("numbers.trunk_name", "letters, digits and ._:- are taken, 64 at most", where="name")
    organisation(carrier, "carrier")
    with transaction.atomic():
        if Trunk.objects.filter(name=name).exists():
            raise Problem("numbers.trunk_taken", "a trunk of this name is registered", where="name", status=409)
        made = Trunk.objects.create(
            name=name, carrier_id=carrier, source=source[:64], international=international, special=special,
            created_at=clock.now(),
        )  # fmt: skip
        content: dict[str, Json] = {"name": name, "source": source, "international": international, "special": special}
        ledger.append(events.TRUNK, content, subject=f"organisation:{carrier}", ref=f"trunk:{made.id}")
    return made.id


def register_number(
    *,
    first: Msisdn,
    last: Msisdn | None = None,
    holder: int,
    principal: int | None = None,
    use: str,
    industry: str = "",
    label: str = "",
    trunks: Sequence[int] = (),
    per_minute: int | None = None,
    per_hour: int | None = None,
    per_day: int | None = None,
    outbound_committed: bool = False,
    reseller: int | None = None,
) -> int:
    """Register a number, or a range up to `last`, for `holder`; its id.

    `principal` for whom it calls (the holder itself when left out); `trunks` by id, none means any line; limits in
    calls, None for those of the contract or the profile; `reseller`: from whom the holder has it, if from
    anybody. Raises Problem when numbers, use or holder do not allow it, or when any of the numbers is registered
    already or rests.
    """
    row = prepare(
        first=first, last=last or first, holder=organisation(holder, "holder"),
        principal=organisation(holder if principal is None else principal, "principal"), use=use,
        industry=industry, label=label,
        limits=(per_minute, per_hour, per_day), outbound_committed=outbound_committed,
    )  # fmt: skip
    row.reseller_id = organisation(reseller, "reseller").id if reseller is not None else None
    with transaction.atomic():
        lock()
        check_free(row.first, row.last)
        store([(row, trunk_ids(trunks))])
    return row.id


def prepare(
    *,
    first: Msisdn,
    last: Msisdn,
    holder: OrganisationView,
    principal: OrganisationView,
    use: str,
    industry: str,
    label: str,
    limits: tuple[int | None, int | None, int | None],
    outbound_committed: bool,
) -> NumberResource:
    """A checked resource that is not stored yet. Raises Problem as `register_number`."""
    rules.check_range(first, last)
    if use not in set(Use):
        raise Problem("numbers.unknown_use", f"no use “{use}”", where="use", mend=", ".join(Use))
    if industry and industry not in set(Industry):
        mend = ", ".join(Industry)
        raise Problem("numbers.unknown_industry", f"no industry “{industry}”", where="industry", mend=mend)
    forbidden = profile.load(settings.HOME).numbers.call_centre_forbidden_kinds
    rules.check_use(first.kind, Use(use), holder.kind, forbidden)
    per_minute, per_hour, per_day = map(_limit, limits, ("per_minute", "per_hour", "per_day"))
    return NumberResource(
        first=int(first.digits), last=int(last.digits), holder_id=holder.id, principal_id=principal.id, use=use,
        industry=industry or holder.industry, label=_label(label), outbound_committed=outbound_committed,
        per_minute=per_minute, per_hour=per_hour, per_day=per_day, created_at=clock.now(),
    )  # fmt: skip


def lock() -> None:
    """Until the transaction ends nobody else registers numbers. (On SQLite it is the only writer anyhow.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def check_free(first: int, last: int) -> None:
    """Raises Problem when any number from first to last is registered, or rests after it was given back.

    Open ranges never overlap each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWING, [first])
        found = cursor.fetchone()
        now = connection.ops.adapt_datetimefield_value(clock.now())
        cursor.execute(_RESTING, [first, last + rules.WIDEST, last, now])
        resting = cursor.fetchone()
    if found is not None and found[0] <= last:
        what = "the number, or one of the range, is registered already"
        raise Problem("numbers.taken", what, where="number", mend="close the present registration first", status=409)
    if resting is not None:
        what = "the number, or one of the range, was given back and rests before anybody may have it"
        raise Problem("numbers.resting", what, where="number", mend="take another, or wait", status=409)


def store(rows: Sequence[tuple[NumberResource, Sequence[int]]]) -> None:
    """Insert prepared resources with the ids of their trunks, each with its ledger entry. Inside a transaction."""
    NumberResource.objects.bulk_create([row for row, _ in rows])
    link = NumberResource.trunks.through
    link.objects.bulk_create(
        [link(numberresource_id=row.id, trunk_id=trunk) for row, trunks in rows for trunk in trunks]
    )
    Standing.objects.bulk_create([standing(row, trunks) for row, trunks in rows])
    for row, trunks in rows:
        content = {
            "first": str(row.first), "last": str(row.last), "principal": row.principal_id, "use": row.use,
            "industry": row.industry, "label": row.label, "trunks": list(trunks), "per_minute": row.per_minute,
            "per_hour": row.per_hour, "per_day": row.per_day, "committed": row.outbound_committed,
            "reseller": row.reseller_id,
        }  # fmt: skip
        append(events.REGISTERED, content, row)
    labels.registrations_changed((row.first, row.last) for row, _ in rows)


def standing(row: NumberResource, trunks: Sequence[int]) -> Standing:
    """How a number stands from its registration on."""
    return Standing(
        number=row, holder_id=row.holder_id, reseller_id=row.reseller_id, principal_id=row.principal_id, use=row.use,
        industry=row.industry, trunks=list(trunks), began_at=row.created_at,
    )  # fmt: skip


def stands_anew(row: NumberResource, trunks: Sequence[int]) -> None:
    """From now on the number stands as `row` says, on these lines. Inside a transaction."""
    now = clock.now()
    Standing.objects.filter(number=row, ended_at=None).update(ended_at=now)
    if row.closed_at is None:
        fresh = standing(row, trunks)
        fresh.began_at = now
        fresh.save(force_insert=True)


def set_number_state(resource: int, state: str, reason: str) -> None:
    """Make a resource active, suspended or closed; a closed one stays closed and its numbers are free again.

    Nothing happens when it is so already. Raises Problem without a reason.
    """
    if state not in State.values:
        raise Problem("numbers.unknown_state", f"no state “{state}”", where="state", mend=", ".join(State.values))
    if not reason.strip():
        raise Problem("numbers.no_reason", "a reason is needed", where="reason", mend="say why")
    closed_at = clock.now() if state == State.CLOSED else None
    with transaction.atomic():
        open_ones = NumberResource.objects.filter(id=resource, closed_at=None).exclude(state=state)
        if open_ones.update(state=state, closed_at=closed_at):
            if closed_at is not None:
                Standing.objects.filter(number_id=resource, ended_at=None).update(ended_at=closed_at)
            content = {"state": state, "reason": reason.strip()[:200]}
            row = _resource(resource)
            append(events.STATE, content, row)
            labels.registrations_changed([(row.first, row.last)])
            return
        row = _resource(resource)
    if row.state != state:
        raise Problem("numbers.closed", "a closed registration stays closed", where="state", status=409)


def set_principal(resource: int, trunk: int, principal: int | None, campaign: str = "") -> int | None:
    """From now on the number calls for `principal` on this trunk; with None for its registered principal again.

    The id of the assignment. Raises Problem for a closed number, or a trunk that it may not come from.
    """
    if principal is not None:
        organisation(principal, "principal")
    with transaction.atomic():
        row = opened(resource)
        name = _trunk_of(row, trunk)
        now = clock.now()
        ended = Assignment.objects.filter(number_id=resource, trunk_id=trunk, ended_at=None).update(ended_at=now)
        if principal is None:
            if ended:
                append(events.PRINCIPAL_ENDED, {"trunk": name}, row)
            return None
        made = Assignment.objects.create(
            number_id=resource, trunk_id=trunk, principal_id=principal, campaign=campaign.strip()[:80], began_at=now
        )
        content = {"trunk": name, "principal": principal, "campaign": made.campaign, "assignment": made.id}
        append(events.PRINCIPAL, content, row)
    return made.id


def set_own_label(resource: int, label: str) -> None:
    """What a called phone shows; empty for the wording of the use."""
    text = _label(label)
    with transaction.atomic():
        row = opened(resource)
        NumberResource.objects.filter(id=resource).update(label=text)
        entry = append(events.LABEL, {"label": text}, row)
        FormerLabel.objects.create(number=row, label=row.label, entry=entry)


def set_limits(resource: int, *, per_minute: int | None, per_hour: int | None, per_day: int | None) -> None:
    """How often the number may call; None for what contract or profile say."""
    _change(resource, events.LIMITS, _limits(per_minute, per_hour, per_day))


def set_committed(resource: int, *, committed: bool) -> None:
    """Whether the holder's written commitment for outbound calls from this number is on file."""
    with transaction.atomic():
        row = opened(resource)
        NumberResource.objects.filter(id=resource).update(outbound_committed=committed)
        append(events.COMMITTED, {"committed": committed}, row)


def set_trunks(resource: int, trunks: Sequence[int]) -> None:
    """The lines that the number may come from; none means any."""
    with transaction.atomic():
        row = opened(resource)
        known = trunk_ids(trunks)
        row.trunks.set(known)
        stands_anew(row, known)
        append(events.TRUNKS, {"trunks": list(known)}, row)


def sign_contract(
    holder: int, *, per_minute: int | None = None, per_hour: int | None = None, per_day: int | None = None
) -> None:
    """What a holder agreed to: how often all its numbers together may call; None for no such limit."""
    organisation(holder, "holder")
    agreed = _limits(per_minute, per_hour, per_day)
    with transaction.atomic():
        Contract.objects.update_or_create(holder_id=holder, defaults={**agreed, "signed_at": clock.now()})
        subject = f"organisation:{holder}"
        ledger.append(events.CONTRACT, {"holder": holder, **agreed}, subject=subject, ref=subject)


def _change(resource: int, kind: str, fields: dict[str, Any]) -> None:
    with transaction.atomic():
        row = opened(resource)
        NumberResource.objects.filter(id=resource).update(**fields)
        append(kind, fields, row)


def append(kind: str, content: dict[str, Any], row: NumberResource) -> int:
    """The id of the ledger entry."""
    whole = {"number": row.id, **content}
    return ledger.append(kind, whole, subject=f"organisation:{row.holder_id}", ref=f"number:{row.id}")


def _resource(resource: int) -> NumberResource:
    row = NumberResource.objects.filter(id=resource).first()
    if row is None:
        raise Problem("numbers.unknown", "no such number resource", where="number", status=404)
    return row


def opened(resource: int) -> NumberResource:
    """The resource, held until the transaction ends. Raises Problem for a closed one."""
    row = NumberResource.objects.select_for_update().filter(id=resource).first() or _resource(resource)
    if row.closed_at is not None:
        raise Problem("numbers.closed", "a closed registration stays as it is", where="number", status=409)
    return row


def organisation(organisation: int, where: str) -> OrganisationView:
    """The organisation, active. Raises Problem for any other, with `where`."""
    found = people.organisation(organisation)
    if found is None:
        raise Problem("numbers.unknown_organisation", "no such organisation", where=where, status=404)
    if found.state != _ACTIVE:
        raise Problem("numbers.organisation_state", f"the organisation is {found.state}", where=where, status=409)
    return found


def trunk_ids(trunks: Iterable[int]) -> tuple[int, ...]:
    """The trunks, each once. Raises Problem for an unknown one."""
    wanted = tuple(dict.fromkeys(trunks))
    possible = [one for one in wanted if 0 < one < 1 << 63]
    if Trunk.objects.filter(id__in=possible).count() != len(wanted):
        raise Problem("numbers.unknown_trunk", "no such trunk", where="trunks", status=404)
    return wanted


def _trunk_of(row: NumberResource, trunk: int) -> str:
    """The trunk's name, when the number may come from it."""
    (wanted,) = trunk_ids([trunk])
    allowed = set(row.trunks.values_list("id", flat=True))
    if allowed and wanted not in allowed:
        mend = "register the number for this trunk first"
        raise Problem("numbers.foreign_trunk", "the number does not come from this trunk", where="trunk", mend=mend)
    return Trunk.objects.values_list("name", flat=True).get(id=wanted)


def _limits(per_minute: int | None, per_hour: int | None, per_day: int | None) -> dict[str, int | None]:
    given = {"per_minute": per_minute, "per_hour": per_hour, "per_day": per_day}
    return {name: _limit(value, name) for name, value in given.items()}


def _limit(value: int | None, where: str) -> int | None:
    if value is not None and not 0 <= value <= MOST_CALLS:
        raise Problem("numbers.limit", f"a limit is between 0 and {MOST_CALLS} calls", where=where)
    return value


def _label(label: str) -> str:
    text = " ".join(label.split())
    if len(text) > LONGEST_LABEL or not text.isprintable():
        raise Problem("numbers.label", f"a label has at most {LONGEST_LABEL} plain characters", where="label")
    return text
