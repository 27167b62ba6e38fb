"""RFC 9457 problem details: what is wrong, where, how to mend it. What was sent is never repeated in them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.log import log_response
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from mingbai.kernel.problems import Problem
from mingbai.web import problems

MEDIA = "application/problem+json"


def response(problem: Problem, *, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """A Problem as application/problem+json."""
    told = problems.told(problem)
    body: dict[str, Any] = {
        "type": f"urn:mingbai:problem:{problem.code}",
        "title": told["what"],
        "status": problem.status,
        "code": problem.code,
    }
    if told["mend"]:
        body["detail"] = told["mend"]
    if told["where"]:
        body["where"] = told["where"]
    if errors:
        body["errors"] = errors
    made = JsonResponse(body, status=problem.status, json_dumps_params={"ensure_ascii": False})
    made.headers["Content-Type"] = MEDIA
    return made


def install(api: NinjaAPI) -> None:
    """Have every error of the API told this way."""

    @api.exception_handler(Problem)
    def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
        return response(problem)

    @api.exception_handler(AuthenticationError)
    def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        made = response(Problem("api.key_unknown", status=401))
        made.headers["WWW-Authenticate"] = "Bearer"
        return made

    @api.exception_handler(AuthorizationError)
    def _forbidden(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
        return response(Problem("api.scope", status=403))

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        # Only place and rule: pydantic's own words may hold what was sent.
        found = [
            {"where": ".".join(str(part) for part in one["loc"][1:]), "code": str(one["type"])} for one in error.errors
        ]
        return response(Problem("api.invalid", where=", ".join(one["where"] for one in found[:5])), errors=found)

    @api.exception_handler(HttpError)
    def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error.__cause__, Problem):  # ninja wraps whatever its reader of bodies raises
            return response(error.__cause__)
        return response(Problem("api.unreadable", _("The request cannot be read."), status=error.status_code))

    @api.exception_handler(Exception)
    def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
        return told_operator(request, error, response(Problem("api.fault", status=500)))


def told_operator(request: HttpRequest, error: Exception, made: HttpResponse) -> HttpResponse:
    """As Django tells faults of pages: to the operator, with where it happened, and never to the caller."""
    log_response("%s: %s", made.reason_phrase, request.path, response=made, request=request, exception=error)
    return made
