"""Writing a plan version and sending it to review."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.people import queries as people
from mingbai.tariffs import content as contents
from mingbai.tariffs import events, queries, rules
from mingbai.tariffs.content import Content
from mingbai.tariffs.models import Body, Plan, Tag, Version

State = Version.State
LONGEST_TEXT = 4000
_LENGTHS = {"code": 40, "name": 200}
_LARGEST = 2**53 - 1


def draft(*, operator: int, content: Content, account: int) -> int:
    """Write a version of the operator's plan of this code; the version's id.

    The plan is made when its code is new; a draft that is there already is written over, and every account that wrote
    it is kept. Raises Problem for no operator, texts or figures out of bounds, a version in review, or a content that
    is what the zone shows already.
    """
    _check(operator, content)
    try:
        with transaction.atomic():
            plan, _new = Plan.objects.get_or_create(
                operator_id=operator, code=content.code, defaults={"created_at": clock.now()}
            )
            plan = Plan.objects.select_for_update().get(id=plan.id)
            return _write(plan, content, account)
    except IntegrityError:
        raise Problem("tariffs.in_work", "somebody else writes this plan just now", where="code", status=409) from None


def _check(operator: int, content: Content) -> None:
    found = people.organisation(operator)
    if found is None or found.kind != "operator":
        raise Problem("tariffs.no_operator", "no such operator", where="operator", status=404)
    if not content.code.strip() or not content.name.strip():
        raise Problem("tariffs.no_code", "a plan has a code and a name", where="code" if content.name else "name")
    for field in (*_LENGTHS, *contents.TEXTS):
        text = getattr(content, field)
        if len(text) > _LENGTHS.get(field, LONGEST_TEXT) or "\0" in text:
            raise Problem("tariffs.too_long", f"at most {_LENGTHS.get(field, LONGEST_TEXT)} characters", where=field)
    if any(len(region) > 24 for region in content.regions):
        raise Problem("tariffs.too_long", "a region has at most 24 characters", where="regions")
    if field := contents.out_of_bounds(content):
        raise Problem("tariffs.out_of_bounds", "a figure or text is out of bounds", where=field)
    try:
        contents.body(content)
    except ValueError as fault:
        raise Problem("tariffs.out_of_bounds", "a figure or text is out of bounds", where="content") from fault


def _write(plan: Plan, content: Content, account: int) -> int:
    body = contents.body(content)
    sha256 = contents.digest(body)
    present = Version.objects.filter(plan=plan, state__in=[State.DRAFT, State.IN_REVIEW]).first()
    if present is not None and present.state == State.IN_REVIEW:
        raise Problem("tariffs.in_review", "a version of this plan is in review", where="code", status=409)
    shown = plan.shown
    if present is None and shown is not None and shown.state == State.PUBLISHED and shown.sha256 == sha256:
        raise Problem("tariffs.unchanged", "this is what is published already", where="code", status=409)
    if present is not None and present.sha256 == sha256:
        return present.id
    columns = columns_of(content) | {"sha256": sha256}
    if present is None:
        number = Version.objects.filter(plan=plan).count() + 1
        present = Version.objects.create(plan=plan, number=number, editors=[account], created_at=clock.now(), **columns)
        Body.objects.create(version=present, text=body.decode())
    else:
        editors = sorted({*present.editors, account})
        Version.objects.filter(id=present.id, state=State.DRAFT).update(editors=editors, **columns)
        Body.objects.filter(version=present).update(text=body.decode())
        Tag.objects.filter(version=present).delete()
    Tag.objects.bulk_create(tags_of(present.id, content))
    append(events.DRAFTED, plan, present.number, account=account, sha256=sha256)
    return present.id


def columns_of(content: Content) -> dict[str, Any]:
    """What lists repeat of a content."""
    allowed = content.allowances
    unlimited = -1
    return {
        "name": content.name,
        "kind": content.kind or "",
        "audience": content.audience or "",
        "price_fen": contents.headline_fen(content),
        "month_fen": contents.month_fen(content),
        "data_mb": unlimited if "data_mb" in allowed.unlimited else allowed.data_mb,
        "voice_min": unlimited if "voice_min" in allowed.unlimited else allowed.voice_min,
        "on_date": content.on_date,
        "off_date": content.off_date,
    }


def tags_of(version: int, content: Content) -> list[Tag]:
    """Regions and channels of a version, not stored yet."""
    regions = [Tag(version_id=version, sort=Tag.Sort.REGION, value=one) for one in dict.fromkeys(content.regions)]
    return regions + [
        Tag(version_id=version, sort=Tag.Sort.CHANNEL, value=one) for one in dict.fromkeys(content.channels)
    ]


def append(kind: str, plan: Plan, number: int, **more: Any) -> int:
    """A ledger entry about a version of the plan; its id. Inside the caller's transaction."""
    content = {"code": plan.code, "operator": plan.operator_id, "plan": plan.id, "version": number, **more}
    return ledger.append(kind, content, ref=f"tariff:{plan.id}")


def locked(version: int) -> tuple[Plan, Version]:
    """The version and its plan, held until the transaction ends. Raises Problem for an unknown one."""
    row = Version.objects.filter(id=version).values_list("plan_id", flat=True).first()
    if row is None:
        raise Problem("tariffs.unknown", "no such tariff", where="version", status=404)
    plan = Plan.objects.select_for_update().get(id=row)
    return plan, Version.objects.get(id=version)


def refuse_state(row: Version, *wanted: str) -> None:
    """Raises Problem unless the version is in one of these states."""
    if row.state not in wanted:
        raise Problem("tariffs.state", f"the version is {row.state}", where="version", status=409)


def refuse_errors(version: int) -> list[rules.Finding]:
    """The questions about a version. Raises Problem with `findings` while an error stands."""
    found = rules.check(queries.content_of(version), queries.today())
    if wrong := rules.errors(found):
        what = "the version cannot be published: " + "; ".join(f"{one.field} {one.rule} {one.text}" for one in wrong)
        raise Problem("tariffs.errors", what[:500], where=wrong[0].field, findings=wrong)
    return rules.questions(found)


def submit(version: int, *, account: int) -> None:
    """Send a draft to review. Raises Problem with the list while an error stands."""
    with transaction.atomic():
        plan, row = locked(version)
        refuse_state(row, State.DRAFT)
        refuse_errors(version)
        Version.objects.filter(id=version, state=State.DRAFT).update(state=State.IN_REVIEW)
        append(events.SUBMITTED, plan, row.number, account=account, sha256=row.sha256)


def discard(version: int, *, account: int) -> None:
    """Give a draft up. Its number stays taken."""
    with transaction.atomic():
        plan, row = locked(version)
        refuse_state(row, State.DRAFT)
        Version.objects.filter(id=version, state=State.DRAFT).update(state=State.DISCARDED, ended_at=clock.now())
        append(events.DISCARDED, plan, row.number, account=account)
