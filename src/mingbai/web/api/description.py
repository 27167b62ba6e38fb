"""The API's description as it answers: problems as problem details, receipts as text."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from mingbai.web.api import problems

_PLAIN = "text/plain"
_UNREADABLE, _FAULT = 400, 500


class Described(NinjaAPI):
    """Ninja tells every answer as application/json, and leaves out those to unreadable bodies and to faults of ours."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """OpenAPI 3.1, as served at openapi.json and shown in the docs."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in schema["paths"].values():
            for told in methods.values():
                _mend(told["responses"], has_body="requestBody" in told)
        return schema


def _mend(responses: dict[int, Any], *, has_body: bool) -> None:
    problem = None
    for status, answer in responses.items():
        content = answer.get("content", {})
        said = content.pop("application/json", None)
        if said is None:
            continue
        kind = "application/json"
        if int(status) >= 400:
            kind, problem = problems.MEDIA, answer
        elif said.get("schema", {}).get("type") == "string":
            kind = _PLAIN
        content[kind] = said
    if problem is None:
        return
    if has_body:
        responses.setdefault(_UNREADABLE, {**problem, "description": "Bad Request"})
    responses.setdefault(_FAULT, {**problem, "description": "Internal Server Error"})
