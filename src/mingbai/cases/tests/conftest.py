"""What tests of cases begin from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mingbai.cases.tests.desk import Desk, desk


@pytest.fixture
def at(db: None) -> Iterator[Desk]:
    """A call centre that is reported, and the people at the operator's desk."""
    with desk() as made:
        yield made
