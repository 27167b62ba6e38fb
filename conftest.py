"""For every test, wherever it lies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

# No test is timed: what is fast is shown by benchmarks, and a busy machine is no fault of the code.
hypothesis.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("untimed")


@pytest.fixture(autouse=True)
def _fresh_log() -> Iterator[None]:
    """The log's files follow the database; a test's database is rolled back, so its files go too.

    And the seal: its certificate began in the time that its test was set in.
    """
    yield
    from django.conf import settings

    shutil.rmtree(settings.HOME.log, ignore_errors=True)
    (settings.HOME.keys / "seal.pem").unlink(missing_ok=True)


@pytest.fixture(scope="session")
def recorded_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small town's call records, what the operator knows, and the truth: town/records/writing.py."""
    from mingbai.town import records

    folder = tmp_path_factory.mktemp("town")
    records.small(folder)
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a second run on PostgreSQL, what touches no database has been seen in the first."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    on_it = [item for item in items if _touches_the_database(item)]
    known = set(map(id, on_it))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in known])
    items[:] = on_it


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "transactional_db"})
