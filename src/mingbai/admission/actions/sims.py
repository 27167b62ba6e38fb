"""网上订卡: orders of SIM cards screened by where they go and to whom; what looks abnormal waits for two people."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from mingbai.admission import events, traits
from mingbai.admission.actions import entry, who
from mingbai.admission.actions.recording import lock, of_firm, of_house, policy
from mingbai.admission.models import ListedPlace, SimOrder, Trait
from mingbai.admission.rules import declared as rules
from mingbai.admission.rules import sims, words
from mingbai.admission.rules.sims import Counted
from mingbai.admission.rules.words import Verdict
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

LONGEST = 300
_LOCK = 0x6D62_7369_6D73  # “mbsims”: two orders to one place are counted one after the other


def screen(*, operator: int, reference: str, address: str, recipient: str, contact: str, cards: int) -> int:
    """Screen an order before anything is sent; its id. The same reference again is the same order.

    What passes is let through at once; what does not waits with its reasons. Address, name and telephone number are
    kept as keyed hashes alone. Raises Problem for an order that says not where, to whom or how many.
    """
    sims.check_cards(cards)
    name = reference.strip()
    if not 1 <= len(name) <= 64:
        raise Problem("admission.reference", "an order has a reference of 1 to 64 characters", where="reference")
    place, person, phone = _hashes(address, recipient, contact)
    with transaction.atomic():
        lock(_LOCK)
        known = SimOrder.objects.filter(operator_id=operator, reference=name).first()
        if known is not None:
            same = bytes(known.address) == place and bytes(known.recipient) == person and known.cards == cards
            if not same:
                raise Problem("admission.reference", "this reference stands for another order", status=409)
            return known.id
        setting = policy().admission
        counted = _counted(place, person, phone, cards, setting.sim_days)
        why = sims.reasons(counted, to_place=setting.sim_cards_to_place, to_person=setting.sim_cards_to_person)
        state, now = (Verdict.OPEN if why else Verdict.LET_THROUGH), clock.now()
        made = SimOrder.objects.create(
            operator_id=operator, reference=name, address=place, recipient=person, contact=phone, cards=cards,
            reasons=why, state=state.value, at=now, decided_at=None if why else now,
        )  # fmt: skip
        of_firm(
            events.SIM_SCREENED, operator, order=made.id, reference=name, cards=cards, state=state.value,
            reasons=[str(one["reason"]) for one in why],
        )  # fmt: skip
    return made.id


def decide(order: int, *, account: int, let_through: bool, reason: str) -> str:
    """What one person says of a held order; its state then. Two people let it through, one keeps it back."""
    who.staff(account, "screen.sims")
    why = rules.words(reason, "reason")[:300]
    with transaction.atomic():
        row = SimOrder.objects.select_for_update().filter(id=order).first() if 0 < order < 1 << 63 else None
        if row is None:
            raise Problem("admission.unknown", "no such order", where="order", status=404)
        rows = SimOrder.objects.filter(id=order)
        state = entry.said(rows, Verdict(row.state), row.first_by, account, let_through, why)
        of_firm(
            events.SIM_DECIDED, row.operator_id, order=order, reference=row.reference, state=state.value, reason=why,
            account=account,
        )  # fmt: skip
    return state.value


def list_place(address: str, *, account: int, ground: str) -> int:
    """List an address to which no cards go unseen; the place's id. The same place again is the same."""
    who.staff(account, "screen.sims")
    why = rules.words(ground, "ground")[:300]
    hashed = traits.hashed(words.Trait.ADDRESS, address[:LONGEST])
    if hashed is None:
        raise Problem("admission.address", "an address is needed", where="address")
    with transaction.atomic():
        made, new = ListedPlace.objects.get_or_create(
            hashed=hashed, removed_at=None, defaults={"ground": why, "account": account, "listed_at": clock.now()}
        )
        if new:
            of_house(events.PLACE, act="listed", place=made.id, ground=why, account=account)
    return made.id


def unlist_place(place: int, *, account: int, reason: str) -> bool:
    """Take a place from the list; False when it is off already. Raises Problem without a reason."""
    who.staff(account, "screen.sims")
    why = rules.words(reason, "reason")[:300]
    with transaction.atomic():
        if not ListedPlace.objects.filter(id=place, removed_at=None).update(removed_at=clock.now()):
            return False
        of_house(events.PLACE, act="removed", place=place, reason=why, account=account)
    return True


def _hashes(address: str, recipient: str, contact: str) -> tuple[bytes, bytes, bytes]:
    """Raises Problem when one of them says nothing."""
    found = []
    given = (
        (words.Trait.ADDRESS, address, "address"), (words.Trait.LEGAL_PERSON, recipient, "recipient"),
        (words.Trait.CONTACT, contact, "contact"),
    )  # fmt: skip
    for trait, text, where in given:
        hashed = traits.hashed(trait, text[:LONGEST])
        if hashed is None:
            raise Problem("admission.sim_order", "an order says where, to whom and under which number", where=where)
        found.append(hashed)
    return found[0], found[1], found[2]


def _counted(place: bytes, person: bytes, phone: bytes, cards: int, days: int) -> Counted:
    """Cards of the days before with this order's; those that were kept back do not count."""
    since = clock.now() - timedelta(days=days)
    rows = SimOrder.objects.filter(at__gte=since).exclude(state=Verdict.KEPT_OUT.value)
    return Counted(
        to_place=cards + _cards(rows.filter(address=place)),
        to_person=cards + _cards(rows.filter(Q(recipient=person) | Q(contact=phone))),
        listed=ListedPlace.objects.filter(hashed=place, removed_at=None).exists(),
        kept_out=_kept_out(place, phone),
    )


def _cards(rows: QuerySet[SimOrder]) -> int:
    return int(rows.aggregate(cards=Sum("cards"))["cards"] or 0)


def _kept_out(place: bytes, phone: bytes) -> bool:
    """Whether place or telephone number is that of a holder that was put out."""
    address = Q(trait=words.Trait.ADDRESS.value, hashed=place)
    contact = Q(trait=words.Trait.CONTACT.value, hashed=phone)
    firms = set(Trait.objects.filter(address | contact).values_list("organisation_id", flat=True)[: entry.MOST_ALIKE])
    return any(entry.put_out(firm) for firm in sorted(firms))
