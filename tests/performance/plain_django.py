"""The baseline of bench_http_gate: the same verdict from a plain Django view, with no middleware at all.

It is served by the gate's own server, which hands it each request as WSGI (PEP 3333).
"""

from __future__ import annotations

import io
import json
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from mingbai.gate.check import Gate
from mingbai.gate.hosts.connection import Reply, Request
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
    bearer = keys.bearer(request.headers["Authorization"].encode())
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
_django = get_wsgi_application()


class Plain:
    """Django behind the gate's server."""

    def respond(self, request: Request) -> Reply:
        environ = {
            "REQUEST_METHOD": request.method.decode(),
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path.decode(),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "CONTENT_LENGTH": str(len(request.body)),
            "CONTENT_TYPE": request.headers.get(b"content-type", b"").decode(),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
        }
        for name, value in request.headers.items():
            environ["HTTP_" + name.decode().upper().replace("-", "_")] = value.decode("latin-1")
        said: list[Any] = []
        body = b"".join(_django(environ, lambda *told: said.extend(told)))
        kept = tuple((name, value) for name, value in said[1] if name.lower() != "content-length")
        return Reply(int(said[0][:3]), kept, body)

    def most_bytes(self, path: bytes, headers: dict[bytes, bytes]) -> int:
        return 16_384

    def fault(self, status: int, code: str, what: str, where: str = "") -> Reply:
        return Reply(status, (), code.encode())

    def close(self) -> None:
        gate.close()


application = Plain
