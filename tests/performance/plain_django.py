"""The baseline of bench_http_gate: the same verdict from a plain Django view, with no middleware at all."""

from __future__ import annotations

import json

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from mingbai.gate.check import Gate
from mingbai.gate.hosts.keys import Keys
from mingbai.gate.hosts.wire import instant
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.terms import Decision

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="benchmark", MIDDLEWARE=[], USE_TZ=True)
gate = Gate(Home.from_environment())
gate.run_ticks()
keys = Keys(gate.reader)


@require_POST
def decide(request: HttpRequest) -> JsonResponse:
    bearer = keys.bearer(request.headers["Authorization"])
    asked = json.loads(request.body)
    call = gate.question(parse(asked["caller"]), parse(asked["callee"]), asked.get("trunk", ""))
    bearer.check(call)
    answer = gate.attempt(call)
    verdict = answer.verdict
    return JsonResponse(
        {
            "decision": Decision(verdict.decision).name.lower(),
            "code": verdict.code,
            "reason": verdict.reason,
            "rule": verdict.rule,
            "basis": verdict.basis._asdict(),
            "sip": verdict.sip._asdict(),
            "label": verdict.label,
            "consent": verdict.consent,
            "receipt_id": answer.receipt,
            "facts_at": instant(answer.facts_at),
        }
    )


urlpatterns = [path("gate/v1/decide", decide)]
application = get_wsgi_application()
