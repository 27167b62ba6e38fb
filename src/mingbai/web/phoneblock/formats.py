"""How answers are written: compact JSON, which apps search with patterns; XML for who asks for it; plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from mingbai.kernel.problems import Problem
from mingbai.web.api import problems

_TEXT, _XML, _JSON = "text/plain; charset=utf-8", "text/xml; charset=utf-8", "application/json; charset=utf-8"
_FORBIDDEN_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
NO_LOGIN = "Please provide login credentials."


def text(said: str, status: int = 200) -> HttpResponse:
    return HttpResponse(said, status=status, content_type=_TEXT)


def wants_xml(request: HttpRequest) -> bool:
    """`format=xml`, or an Accept that ends in it, as theirs does."""
    return request.GET.get("format") == "xml" or request.headers.get("Accept", "").endswith("/xml")


def answer(request: HttpRequest, tag: str, body: Schema) -> HttpResponse:
    """One object; `tag` is the name of its XML element."""
    said = body.model_dump(exclude_none=True)
    if wants_xml(request):
        return HttpResponse(_element(tag, said), content_type=_XML)
    return HttpResponse(json.dumps(said, ensure_ascii=False, separators=(",", ":")), content_type=_JSON)


def _element(tag: str, said: Mapping[str, Any]) -> str:
    """Plain values as attributes, lists as elements within."""
    plain = {name: value for name, value in said.items() if not isinstance(value, list)}
    lists = {name: value for name, value in said.items() if isinstance(value, list)}
    attributes = "".join(f" {_dashed(name)}={_value(value)}" for name, value in plain.items())
    if not lists:
        return f"<{tag}{attributes}/>"
    inside = "".join(f"<{name}>{_items(name, value)}</{name}>" for name, value in lists.items())
    return f"<{tag}{attributes}>{inside}</{tag}>"


def _items(name: str, values: Iterable[Mapping[str, Any]]) -> str:
    return "".join(_element("phone-info" if name == "numbers" else "range-match", value) for value in values)


def _dashed(name: str) -> str:
    return _HUMP.sub("-", name).lower()


def _value(value: Any) -> str:
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return quoteattr(_FORBIDDEN_IN_XML.sub("", said))


class Shaped(NinjaAPI):
    """Errors are sentences in plain text here, as apps of this API know them, and its description says so."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """OpenAPI 3.1, as served at openapi.json."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in schema["paths"].values():
            for told in methods.values():
                for each in told["responses"].values():
                    _mend(each)
        return schema


def _mend(response: dict[str, Any]) -> None:
    said = response.get("content", {}).pop("application/json", None)
    if said is None:
        return
    if said.get("schema", {}).get("type") == "string":
        response["content"]["text/plain"] = said
    else:
        response["content"] |= {"application/json": said, "text/xml": {"schema": {"type": "string"}}}


def install(api: NinjaAPI) -> None:
    """Have every error told in a sentence. What was sent is never repeated in it."""

    @api.exception_handler(Problem)
    def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
        made = text(problem.what or problem.code, problem.status if problem.status in (403, 429) else 400)
        if problem.status == 429:
            made.headers["Retry-After"] = "3600"
        return made

    @api.exception_handler(AuthenticationError)
    def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        made = text(NO_LOGIN, 401)
        made.headers["WWW-Authenticate"] = 'Basic realm="PhoneBlock", charset="UTF-8"'
        return made

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        where = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors}))
        return text(f"Invalid or missing: {where}." if where.isascii() else "Invalid request.", 400)

    @api.exception_handler(HttpError)
    def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return text("The request cannot be read.", 400)

    @api.exception_handler(Exception)
    def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
        return problems.told_operator(request, error, text("Internal error.", 500))
