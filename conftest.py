"""For every test, wherever it lies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

# No test is timed: what is fast is shown by benchmarks, and a busy machine is no fault of the code.
hypothesis.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("untimed")


@pytest.fixture(autouse=True)
def _fresh_log() -> Iterator[None]:
    """The log's files follow the database; a test's database is rolled back, so its files go too."""
    yield
    from django.conf import settings

    shutil.rmtree(settings.HOME.log, ignore_errors=True)
