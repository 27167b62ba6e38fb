"""For every test, wherever it lies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _fresh_log() -> Iterator[None]:
    """The log's files follow the database; a test's database is rolled back, so its files go too."""
    yield
    from django.conf import settings

    shutil.rmtree(settings.HOME.log, ignore_errors=True)
