"""Requests made from the APIs' own descriptions, right and wrong ones: every answer is one that the description tells.

schemathesis makes the requests and compares; a number that is right by its form may still be none, so that right
requests need not be taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mingbai.consent import actions as consent
from mingbai.kernel.terms import Scope
from mingbai.ledger import order
from mingbai.people import actions as people
from mingbai.web.api.views import api
from mingbai.web.phoneblock.views import api as phoneblock

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
)
EXAMPLES = 20 if connection.vendor == "postgresql" else 8  # PostgreSQL minds more: how large a number is, say
CALLS = [
    (method.upper(), path, place)
    for one, place in ((api, "/api/v1/openapi.json"), (phoneblock, "/phoneblock/api/openapi.json"))
    for path, methods in one.get_openapi_schema()["paths"].items()
    for method in methods
]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests on the test's own connection, which a server would close after each."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(house: SimpleNamespace) -> str:
    """An operator's key that may do everything, of an operator that holds consents itself."""
    consent.give(subscriber=house.subscriber, principal=house.operator, purpose="marketing", how="api")
    while order.integrate():
        pass
    return people.create_api_key(organisation=house.operator, name="all", scopes=[scope.value for scope in Scope])[1]


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path", "place"), CALLS, ids=lambda part: part)
def test_every_answer_is_as_described(key: str, method: str, path: str, place: str, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi(place, get_wsgi_application())
    operation = schema[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def probe(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(answer, checks=list(CHECKS))

    probe()
