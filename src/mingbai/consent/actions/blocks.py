"""个人拦截: what a subscriber does not want to hear from at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from mingbai.consent import events, rules
from mingbai.consent.models import Block
from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry
from mingbai.ledger import actions as ledger
from mingbai.people import queries as people

BLOCKS_AT_MOST = 200


def block(*, subscriber: int, kind: str, value: str) -> int:
    """The subscriber wants nothing at all from a number, prefix, firm (organisation id) or industry; the block's id.

    Raises Problem for a value that is none of its kind, or beyond 200 blocks.
    """
    kept = block_value(kind, value)
    with transaction.atomic():
        standing = Block.objects.filter(subscriber_id=subscriber, removed_at=None)
        found = standing.filter(kind=kind, value=kept).values_list("id", flat=True).first()
        if found is not None:
            # What a case had blocked for them becomes their own word, and outlasts the case.
            standing.filter(id=found, case__isnull=False).update(case=None)
            return found
        if standing.filter(case=None).count() >= BLOCKS_AT_MOST:
            raise Problem("consent.blocks_full", f"{BLOCKS_AT_MOST} blocks stand already", mend="lift one", status=409)
        made = Block.objects.create(subscriber_id=subscriber, kind=kind, value=kept, created_at=clock.now())
        _record_block(events.BLOCKED, subscriber, kind, kept)
    return made.id


def unblock(*, subscriber: int, kind: str, value: str) -> bool:
    """Lift a personal block; False when none stood."""
    kept = block_value(kind, value)
    with transaction.atomic():
        standing = Block.objects.filter(subscriber_id=subscriber, kind=kind, value=kept, removed_at=None)
        lifted = standing.update(removed_at=clock.now())
        if lifted:
            _record_block(events.UNBLOCKED, subscriber, kind, kept)
    return bool(lifted)


def block_for(*, case: int, subscribers: Collection[int], kind: str, value: str) -> int:
    """What a measure on a case blocks for those who reported; for how many of them it was not blocked already.

    It counts to nobody's own blocks, and `unblock_of` takes back what this made and nothing else.
    """
    kept, made = block_value(kind, value), 0
    with transaction.atomic():
        standing = Block.objects.filter(subscriber_id__in=subscribers, kind=kind, value=kept, removed_at=None)
        have = set(standing.values_list("subscriber_id", flat=True))
        for subscriber in sorted(set(subscribers) - have):
            if not people.is_current(subscriber):
                continue
            Block.objects.create(subscriber_id=subscriber, kind=kind, value=kept, created_at=clock.now(), case=case)
            _record_block(events.BLOCKED, subscriber, kind, kept)
            made += 1
    return made


def unblock_of(case: int, *, kind: str, value: str) -> int:
    """Lift every such block that a measure on this case made, and that nobody made their own since; how many.

    With an empty `value` of whatever value: the number was erased.
    """
    with transaction.atomic():
        rows = Block.objects.select_for_update().filter(case=case, kind=kind, removed_at=None)
        rows = rows.filter(value=block_value(kind, value)) if value else rows
        lifted = list(rows.values_list("id", "subscriber_id", "kind", "value"))
        for ident, subscriber, sort, what in lifted:
            Block.objects.filter(id=ident).update(removed_at=clock.now())
            _record_block(events.UNBLOCKED, subscriber, sort, what)
    return len(lifted)


def block_value(kind: str, value: str) -> str:
    """The normal form of a block's value. Raises Problem when it is none of its kind."""
    value = value.strip()
    if kind == Block.Kind.NUMBER:
        return msisdn.require(value).digits
    if kind == Block.Kind.PREFIX:
        return rules.prefix(value)
    if kind == Block.Kind.FIRM:
        if not value.isdecimal() or people.organisation(int(value)) is None:
            raise Problem("consent.unknown_firm", "no such organisation", where="value", status=404)
        return str(int(value))
    if kind == Block.Kind.CATEGORY:
        if value not in set(Industry):
            raise Problem("consent.unknown_category", f"no category “{value}”", where="value", mend=", ".join(Industry))
        return value
    raise Problem(
        "consent.unknown_block", f"no kind of block “{kind}”", where="kind", mend=", ".join(Block.Kind.values)
    )


def _record_block(kind: str, subscriber: int, sort: str, value: str) -> None:
    content: dict[str, Any] = {"kind": sort}
    # A blocked number is somebody else's personal data: what was blocked stands in the table alone.
    if sort in (Block.Kind.FIRM, Block.Kind.CATEGORY):
        content["value"] = value
    ledger.append(kind, content, subject=f"subscriber:{subscriber}", ref=f"subscriber:{subscriber}")
