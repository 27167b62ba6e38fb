"""A fault of ours reaches the operator, and nobody's number with it."""

from __future__ import annotations

import io
import logging.config
from collections.abc import Iterator

import pytest
from django.test import Client

from mingbai.numbers import queries as numbers
from mingbai.settings import production


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """What the operator reads under the logging of a real installation."""
    logger = logging.getLogger("django.request")
    before = logger.handlers[:], logger.level, logger.propagate
    logging.config.dictConfig(production.LOGGING)
    (handler,) = logger.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream := io.StringIO())
    yield stream
    logger.handlers[:], logger.level, logger.propagate = before


@pytest.mark.django_db
def test_a_page_that_breaks_is_told_to_the_operator(told: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no place for 8613812345678")

    monkeypatch.setattr(numbers, "holder_of", broken)
    client = Client(raise_request_exception=False)
    assert client.post("/number/", {"number": "13812345678"}).status_code == 500
    assert "Internal Server Error: /number/" in told.getvalue()
    assert "RuntimeError: no place for …" in told.getvalue()
    assert "13812345678" not in told.getvalue()
