"""Centres and houses that are gone when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.smpp.harness import Centre, House


@pytest.fixture
def centre() -> Iterator[Callable[..., Centre]]:
    """Starts centres."""
    with ExitStack() as stack:

        def started(**settings: Any) -> Centre:
            made = Centre(**settings)
            stack.callback(made.kill)
            return made

        yield started


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "house")
    yield made
    made.close()
