"""Detection by the hour: what is written is judged once, whatever happens in between."""

from __future__ import annotations

import pytest

from mingbai.detection import queries
from mingbai.detection.queries import Wanted
from mingbai.detection.tests.live_world import SELLER, following, street

pytestmark = pytest.mark.django_db


def test_a_seller_is_found_while_its_segment_is_being_written() -> None:
    with street() as told, following() as live:
        told.sells(range(150))
        batch = live.step()
        print(batch, queries.findings(Wanted(states=())))
        assert batch.findings
