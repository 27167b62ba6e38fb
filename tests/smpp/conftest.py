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


@pytest.fixture(scope="session")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with an empty database, for others to be copied from."""
    made = House(tmp_path_factory.mktemp("smpp") / "empty")
    made.keeper.tell(do="states")
    made.keeper.tell(do="rest")
    made.close()
    return made.home


@pytest.fixture
def house(tmp_path: Path, empty_house: Path) -> Iterator[House]:
    made = House(tmp_path / "house", empty_house)
    yield made
    made.close()
