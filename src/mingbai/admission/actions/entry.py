"""入网限制: a holder that was put out is recognised when it comes back; a person decides, letting through takes two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingbai.admission import events, traits
from mingbai.admission.actions import who
from mingbai.admission.actions.recording import append, iso, of_firm, policy
from mingbai.admission.models import Application, Doubt, EntryLimit, Likeness, Trait
from mingbai.admission.rules import declared as rules
from mingbai.admission.rules import identity, words
from mingbai.admission.rules.words import State, Verdict
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people

ITSELF = "itself"
LIMIT = "limit"
LONGEST_TRAIT = 200
MOST_ALIKE = 500  # firms that share a trait and are looked at: an address may be shared by a whole tower
_OPEN = (Verdict.OPEN.value, Verdict.FIRST_YES.value)


def recognise(row: Application) -> list[int]:
    """Look for holders that were put out and that the applicant is like; ids of what a person has to decide.

    Inside the submission's transaction. A likeness that was decided stays decided, unless more agrees now.
    """
    setting = policy().admission
    found = _alike(row.applicant_id)
    themselves = {row.applicant_id, row.principal_id}
    found |= {firm: [] for firm in themselves}
    waiting = []
    for other, agree in sorted(found.items()):
        itself = other in themselves
        score, told = (100, [ITSELF]) if itself else _scored(agree, setting.trait_scores)
        if score < setting.ask_score:
            continue
        if not (why := put_out(other)):
            continue
        waiting.append(_note(row, other, score, told, why))
    return [one for one in waiting if one]


def identify(organisation: int, *, account: int, identity: Mapping[str, str]) -> int:
    """File by what a firm that never applied here is known again, by words of `Trait`; how many were new.

    Kept as keyed hashes alone. Raises Problem for an unknown firm or part, and when nothing says anything.
    """
    who.staff(account, "limit.entry")
    if people.organisation(organisation) is None:
        raise Problem("admission.firm", "no such firm", where="organisation", status=404)
    unknown = sorted(set(identity) - set(words.Trait))
    if unknown:
        raise Problem("admission.identity", "there is no such part", where=unknown[0])
    hashes = traits.of({words.Trait(name): text[:LONGEST_TRAIT] for name, text in identity.items()})
    if not hashes:
        raise Problem("admission.identity", "nothing of it says who the firm is", where="licence")
    with transaction.atomic():
        new = [trait for trait, hashed in hashes.items() if note_trait(organisation, trait, hashed)]
        of_firm(events.IDENTIFIED, organisation, traits=[one.value for one in new], account=account)
    return len(new)


def note_trait(organisation: int, trait: words.Trait, hashed: bytes) -> bool:
    """Keep a hash; whether it was new. Inside a transaction."""
    _made, new = Trait.objects.get_or_create(
        organisation_id=organisation, trait=trait.value, hashed=hashed, defaults={"since": clock.now()}
    )
    return new


def put_out(organisation: int) -> str:
    """Why a holder counts as put out: “limit”, or as `numbers.queries.put_out` says; "" if it does not."""
    return LIMIT if in_force(organisation) else numbers.put_out(organisation)


def in_force(organisation: int) -> bool:
    """Whether an entry limit stands against a firm now."""
    rows = EntryLimit.objects.filter(organisation_id=organisation, lifted_at=None, began_at__lte=clock.now())
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now())).exists()


def refuse_put_out(row: Application) -> None:
    """Raises Problem when applicant or principal was put out and two people did not let it through."""
    for firm in sorted({row.applicant_id, row.principal_id}):
        through = Likeness.objects.filter(application=row, other_id=firm, state=Verdict.LET_THROUGH.value)
        if put_out(firm) and not through.exists():
            what = "a firm of the application was put out"
            raise Problem("admission.likeness", what, where="likeness", mend="two people decide on it", status=409)


def decide(likeness: int, *, account: int, let_through: bool, reason: str) -> str:
    """What one person says of a likeness; its state then. A second person has to agree before anything goes through.

    Kept out, the application is refused at once, by one person. Raises Problem without a reason, for what is decided,
    for whoever entered the application, and for the first person's second yes.
    """
    who.staff(account, "decide.entry")
    why = rules.words(reason, "reason")[:300]
    with transaction.atomic():
        row = Likeness.objects.select_for_update().filter(id=likeness).first() if 0 < likeness < 1 << 63 else None
        if row is None:
            raise Problem("admission.unknown", "no such likeness", where="likeness", status=404)
        application = Application.objects.select_for_update().get(id=row.application_id)
        if account in application.editors:
            raise Problem("admission.second_person", "whoever entered it does not decide", where="account", status=409)
        state = said(Likeness.objects.filter(id=row.id), Verdict(row.state), row.first_by, account, let_through, why)
        content: dict[str, Any] = {"likeness": row.id, "state": state.value, "reason": why, "account": account}
        append(events.LIKENESS_DECIDED, application, **content)
        if state is Verdict.KEPT_OUT:
            _refuse(application, account, why)
    return state.value


def limit(
    organisation: int, *, account: int | None, ground: str, ends_at: datetime | None = None, case: int | None = None
) -> int:
    """Keep a holder from coming back, also under another name; the limit's id. `account` None: a case decided it."""
    if account is not None:
        who.staff(account, "limit.entry")
    why = rules.words(ground, "ground")[:300]
    if people.organisation(organisation) is None:
        raise Problem("admission.firm", "no such firm", where="organisation", status=404)
    now = clock.now()
    if ends_at is not None and ends_at <= now:
        raise Problem("admission.ends", "a limit ends later than now", where="ends_at")
    with transaction.atomic():
        made = EntryLimit.objects.create(
            organisation_id=organisation, ground=why, case=case, began_at=now, ends_at=ends_at
        )
        of_firm(
            events.LIMITED, organisation, limit=made.id, ground=why, ends_at=iso(ends_at), account=account or 0,
            case=case or 0,
        )  # fmt: skip
    return made.id


def lift(limit: int, *, account: int | None, reason: str) -> bool:
    """End a limit before its time; False when it has been lifted. Raises Problem without a reason."""
    if account is not None:
        who.staff(account, "limit.entry")
    why = rules.words(reason, "reason")[:300]
    with transaction.atomic():
        row = EntryLimit.objects.filter(id=limit).first() if 0 < limit < 1 << 63 else None
        if row is None:
            raise Problem("admission.unknown", "no such limit", where="limit", status=404)
        rows = EntryLimit.objects.filter(id=limit, lifted_at=None)
        if not rows.update(lifted_at=clock.now(), lifted_why=why):
            return False
        of_firm(events.LIMIT_LIFTED, row.organisation_id, limit=limit, reason=why, account=account or 0)
    return True


def doubt(row: Application, kind: words.Doubt, about: str, detail: dict[str, Any]) -> bool:
    """Note what was found, unless the same is open already; whether it was noted. Inside a transaction."""
    _made, new = Doubt.objects.get_or_create(
        application=row, kind=kind.value, about=about[:64], decided_at=None,
        defaults={"detail": detail, "found_at": clock.now()},
    )  # fmt: skip
    if new:
        append(events.DOUBTED, row, kind=kind.value, about=about[:64], **detail)
    return new


def second_look(first: int | None, account: int) -> None:
    """Raises Problem when the second look would be the first one's."""
    if first == account:
        raise Problem("admission.second_look", "somebody else has to look too", where="account", status=409)


def verdict(before: Verdict, first: int | None, account: int, let_through: bool) -> Verdict:
    """What a yes or a no makes of what waits. Raises Problem for what is decided, or the first person's second yes."""
    if before not in (Verdict.OPEN, Verdict.FIRST_YES):
        raise Problem("admission.decided", "this is decided", where="state", status=409)
    if not let_through:
        return Verdict.KEPT_OUT
    if before is Verdict.OPEN:
        return Verdict.FIRST_YES
    second_look(first, account)
    return Verdict.LET_THROUGH


def said(rows: Any, before: Verdict, first: int | None, account: int, let_through: bool, why: str) -> Verdict:
    """Write what was said into a likeness or a SIM order (`rows`: itself), as a conditional update."""
    state = verdict(before, first, account, let_through)
    fields: dict[str, Any] = {"state": state.value}
    if state is Verdict.FIRST_YES:
        fields |= {"first_by": account, "first_why": why}
    else:
        fields |= {"second_by": account, "second_why": why, "decided_at": clock.now()}
    if not rows.filter(state=before.value).update(**fields):
        raise Problem("admission.decided", "this is decided", where="state", status=409)
    return state


def _alike(organisation: int) -> dict[int, list[words.Trait]]:
    """Other firms that share a trait with this one, and which."""
    own = list(Trait.objects.filter(organisation_id=organisation).values_list("trait", "hashed"))
    found: dict[int, list[words.Trait]] = {}
    for trait, hashed in own:
        rows = Trait.objects.filter(trait=trait, hashed=bytes(hashed)).exclude(organisation_id=organisation)
        for other in rows.values_list("organisation_id", flat=True)[:MOST_ALIKE]:
            found.setdefault(other, []).append(words.Trait(trait))
    for firm, agrees in _registered_alike(organisation):
        if agrees not in found.get(firm, []):
            found.setdefault(firm, []).append(agrees)
    return found


def _registered_alike(organisation: int) -> list[tuple[int, words.Trait]]:
    """Other firms whose name or licence, as registered, is this one's: they need not have applied for anything here."""
    own = people.organisation(organisation)
    if own is None:
        return []
    name, licence = _plain(own.name, words.Trait.NAME), set(_licences(organisation))
    found = []
    for firm in people.organisations():
        if firm.id == organisation:
            continue
        if name and _plain(firm.name, words.Trait.NAME) == name:
            found.append((firm.id, words.Trait.NAME))
        if firm.credit_code and traits.hashed(words.Trait.LICENCE, firm.credit_code) in licence:
            found.append((firm.id, words.Trait.LICENCE))
    return found


def _licences(organisation: int) -> list[bytes]:
    rows = Trait.objects.filter(organisation_id=organisation, trait=words.Trait.LICENCE.value)
    return [bytes(hashed) for hashed in rows.values_list("hashed", flat=True)]


def _plain(text: str, trait: words.Trait) -> str:
    return identity.plain(trait, text)


def _scored(agree: Iterable[words.Trait], scores: Any) -> tuple[int, list[str]]:
    score, told = identity.score(set(agree), scores)
    return score, [one.value for one in told]


def _note(row: Application, other: int, score: int, told: list[str], why: str) -> int:
    """The likeness that waits for a decision; 0 when the same was decided."""
    known = Likeness.objects.filter(application=row, other_id=other).first()
    if known is not None:
        if known.state in _OPEN or known.score >= score:
            return known.id if known.state in _OPEN else 0
        Likeness.objects.filter(id=known.id).delete()
    made = Likeness.objects.create(
        application=row, other_id=other, score=score, traits=told, why_out=why, found_at=clock.now()
    )
    append(events.LIKENESS, row, likeness=made.id, score=score, traits=told)
    return made.id


def _refuse(application: Application, account: int, why: str) -> None:
    rows = Application.objects.filter(id=application.id, state__in=[State.SUBMITTED.value, State.FINDINGS.value])
    if rows.update(state=State.REFUSED.value, reason=why, decided_at=clock.now(), ended_at=clock.now()):
        append(events.REFUSED, application, reason=why, account=account)
