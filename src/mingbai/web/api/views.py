"""/api/v1: what firms' systems do. Subjects are named in bodies, never in addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from ninja import Query, Router

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.consent.queries import ConsentView
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import Refused, verify_receipt
from mingbai.notices import actions as notices
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.people.queries import ApiKeyView
from mingbai.web.api import admission, bodies, cases, idempotency, orders, problems, reports, shapes, verdicts
from mingbai.web.api.description import Described
from mingbai.web.api.keys import Key, key_of
from mingbai.web.entries import latest_entries
from mingbai.web.public.views import look_up

_PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), shapes.ProblemOut)
router = Router()


@router.post("/consents", response={201: shapes.ConsentOut, **_PROBLEMS}, tags=["consents"])
def give(request: HttpRequest, body: shapes.ConsentIn) -> HttpResponse:
    """Record a consent that your organisation holds."""
    key = key_of(request, Scope.CONSENT_WRITE)

    def act() -> HttpResponse:
        subscriber = people.ensure_subscriber(require(body.number))
        if body.expires_at is not None and body.expires_at.tzinfo is None:
            raise Problem("api.time_zone", where="expires_at")
        made = consent.give(
            subscriber=subscriber,
            principal=key.organisation,
            purpose=body.purpose,
            how=body.how,
            reference=body.reference,
            proof_sha256=_raw(body.proof_sha256),
            wording_sha256=_raw(body.wording_sha256),
            expires_at=body.expires_at,
        )
        return _told(request, made, 201)

    return idempotency.once(request, key.id, act)


@router.post("/refusals", response={201: shapes.ConsentOut, **_PROBLEMS}, tags=["consents"])
def refuse(request: HttpRequest, body: shapes.RefusalIn) -> HttpResponse:
    """Record that a subscriber refused your organisation. One call is enough; doing it twice changes nothing."""
    return _ended(request, body, consent.refuse)


@router.post("/withdrawals", response={201: shapes.ConsentOut, **_PROBLEMS}, tags=["consents"])
def withdraw(request: HttpRequest, body: shapes.WithdrawalIn) -> HttpResponse:
    """Record that a subscriber took a consent back. Where none was given, it is a refusal."""
    return _ended(request, body, consent.withdraw)


@router.get("/consents", response={200: shapes.PageOut, **_PROBLEMS}, tags=["consents"])
def listed(
    request: HttpRequest,
    cursor: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    state: Annotated[str, Query(max_length=16)] = "",
) -> shapes.PageOut:
    """Your organisation's consents and refusals, oldest first, page by page."""
    key = key_of(request, Scope.CONSENT_READ)
    bodies.check_query(request, {"cursor", "limit", "state"})
    if state and state not in ("given", "claimed", "refused", "withdrawn", "expired"):
        raise Problem("web.choice", where="state")
    found = consents.of_firm(
        key.organisation, states=[state] if state else (), after=bodies.after(cursor), limit=limit + 1
    )
    page = found[:limit]
    digits = known.numbers_of({one.subscriber for one in page if one.filed})
    masks = {one.id: one.masked for one in known.subscribers({one.subscriber for one in page})}
    items = [
        shapes.ListedOut(number=(digits if one.filed else masks).get(one.subscriber, ""), **_fields(one))
        for one in page
    ]
    return shapes.PageOut(items=items, next=bodies.cursor(page[-1].id) if len(found) > limit else None)


@router.get("/consents/{int:consent_id}", response={200: shapes.ConsentOut, **_PROBLEMS}, tags=["consents"])
def one(request: HttpRequest, consent_id: int) -> shapes.ConsentOut:
    """One consent of your organisation."""
    return shapes.ConsentOut(**_fields(_own(request, consent_id)))


@router.get("/consents/{int:consent_id}/receipt", response={200: str, **_PROBLEMS}, tags=["receipts"])
def receipt(request: HttpRequest, consent_id: int) -> HttpResponse:
    """The receipt of a consent's latest entry, as a .tlog-proof file. 409 while the log has not numbered it."""
    said = _own(request, consent_id)
    if said.row is not None and said.state == "claimed":
        text = consents.receipt(said.id)
    else:
        entry = latest_entries(ledger.of_subject(f"subscriber:{said.subscriber}")).get((said.principal, said.purpose))
        text = ledger.receipt(entry.id) if entry else None
    if text is None:
        raise Problem("web.receipt_waiting", status=409)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@router.post("/numbers/lookup", response={200: shapes.NumberOut, **_PROBLEMS}, tags=["numbers"])
def number(request: HttpRequest, body: shapes.NumberIn) -> shapes.NumberOut:
    """What a number is registered for. A person's number never shows a holder."""
    found = look_up(require(body.number))
    firm = found.firm
    return shapes.NumberOut(
        kind=found.kind.lower(),
        holder=firm.holder_name if firm else None,
        principal=firm.principal_name if firm else None,
        use=firm.use if firm else None,
        industry=(firm.industry or None) if firm else None,
        label=found.label.text if found.label else (firm.label or None) if firm else None,
        state=firm.state if firm else None,
    )


@router.post("/numbers", response={201: shapes.ResourceOut, **_PROBLEMS}, tags=["numbers"])
def register(request: HttpRequest, body: shapes.ResourceIn) -> HttpResponse:
    """Register a number or range for a holder. For operators' keys."""
    key = _operator(request, Scope.NUMBERS_WRITE)

    def act() -> HttpResponse:
        made = numbers.register_number(
            first=require(body.first),
            last=require(body.last) if body.last else None,
            holder=body.holder,
            principal=body.principal,
            use=body.use,
            industry=body.industry,
            label=body.label,
            trunks=body.trunks,
            per_minute=body.per_minute,
            per_hour=body.per_hour,
            per_day=body.per_day,
            outbound_committed=body.outbound_committed,
        )
        text = shapes.ResourceOut(id=made).model_dump_json()
        return HttpResponse(text, status=201, content_type="application/json")

    return idempotency.once(request, key.id, act)


@router.post("/messages", response={200: shapes.MessageOut, **_PROBLEMS}, tags=["messages"])
def message(request: HttpRequest, body: shapes.MessageIn) -> shapes.MessageOut:
    """Hand over an SMS that a subscriber sent: “T” stops the firm last heard of. For operators' keys."""
    key = _operator(request, Scope.MESSAGES_WRITE)
    sender = require(body.sender)
    if not sender.is_person:
        raise Problem("api.sender", where="from")
    # Two operators' gateways count each on its own.
    ident = f"{key.organisation}:{body.message_id}"
    done = notices.receive(subscriber=people.ensure_subscriber(sender), text=body.text, message_id=ident)
    return shapes.MessageOut(handled=done)


@router.post("/messages/receipts", response={200: shapes.DeliveryOut, **_PROBLEMS}, tags=["messages"])
def delivery(request: HttpRequest, body: shapes.DeliveryIn) -> shapes.DeliveryOut:
    """Say what became of a message that was handed over to your gateway. For operators' keys."""
    _operator(request, Scope.MESSAGES_WRITE)
    known_one = notices.delivered(link=body.link, centre_id=body.id, delivered=body.delivered, status=body.status)
    return shapes.DeliveryOut(known=known_one)


@router.post("/receipts/verify", response={200: shapes.ReceiptOut, **_PROBLEMS}, auth=None, tags=["receipts"])
def verify(request: HttpRequest, body: shapes.ReceiptIn) -> shapes.ReceiptOut:
    """Check a receipt here. Who does not want to trust this answer checks it offline with `mingbai-verify`."""
    try:
        found = verify_receipt(body.receipt.replace("\r\n", "\n"), body.vkey.strip() or ledger.vkey())
    except Refused as refused:
        raise Problem("api.receipt_refused", refused.en, where="receipt") from None
    return shapes.ReceiptOut(
        origin=found.origin,
        index=found.index,
        size=found.size,
        kind=found.kind,
        at=found.at,
        content=found.content,
        row={"index": found.row.index, "size": found.row.size, "content": found.row.content} if found.row else None,
    )


def docs(request: HttpRequest) -> HttpResponse:
    """The API told on one page, made from its own description; nothing is fetched from elsewhere."""
    schema = api.get_openapi_schema()
    calls = [
        {"method": method.upper(), "path": path, **told}
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
    return render(request, "web/api/docs.html", {"calls": calls, "schemas": schema["components"]["schemas"]})


@csrf_exempt  # who sends something to a wrong address is told that, and no page about cookies
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address below /api/."""
    return problems.response(Problem("api.no_such_call", status=404))


def _operator(request: HttpRequest, scope: Scope) -> ApiKeyView:
    """The key of this request, which is an operator's and has `scope`."""
    key = key_of(request, scope)
    organisation = known.organisation(key.organisation)
    if organisation is None or organisation.kind != "operator":
        raise Problem("api.scope", where=scope.value, status=403)
    return key


def _own(request: HttpRequest, consent_id: int) -> ConsentView:
    key = key_of(request, Scope.CONSENT_READ)
    said = consents.consent(consent_id) if consent_id < 1 << 62 else None
    if said is None or said.principal != key.organisation:
        raise Problem("api.no_such_consent", status=404)
    return said


def _ended(request: HttpRequest, body: shapes.RefusalIn | shapes.WithdrawalIn, end: Callable[..., int]) -> HttpResponse:
    """A refusal or a withdrawal, told by the key's organisation."""
    key = key_of(request, Scope.CONSENT_WRITE)

    def act() -> HttpResponse:
        subscriber = people.ensure_subscriber(require(body.number))
        made = end(subscriber=subscriber, principal=key.organisation, purpose=body.purpose, how="api")
        return _told(request, made, 201)

    return idempotency.once(request, key.id, act)


def _told(request: HttpRequest, consent_id: int, status: int) -> HttpResponse:
    said = consents.consent(consent_id)
    assert said is not None
    body = shapes.ConsentOut(**_fields(said)).model_dump_json()
    return HttpResponse(body, status=status, content_type="application/json")


def _fields(said: ConsentView) -> dict[str, Any]:
    names = ("id", "purpose", "state", "how", "reference", "counts", "given_at", "expires_at", "changed_at")
    return {name: getattr(said, name) for name in names}


def _raw(text: str | None) -> bytes | None:
    return bytes.fromhex(text) if text else None


api = Described(
    title="Mingbai 明白",
    version="1",
    description="Consents, refusals, numbers, offers, reports, cases, receipts. Errors are RFC 9457 problem details.",
    auth=Key(),
    parser=bodies.Once(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", router)
api.add_router("", verdicts.router)
api.add_router("", orders.router)
api.add_router("", admission.router)
api.add_router("", reports.router)
api.add_router("", cases.router)
problems.install(api)
