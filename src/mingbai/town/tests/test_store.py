"""The town's time: real by day, the next morning by night, never backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mingbai.town.store import daytime_offset


def _s(text: str) -> int:
    """Beijing time to seconds since the epoch."""
    return int((datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("now", "last", "town"),
    [
        ("2026-11-21 10:30", "", "2026-11-21 10:30"),
        ("2026-11-21 16:59", "", "2026-11-21 16:59"),
        ("2026-11-21 17:00", "", "2026-11-22 10:00"),
        ("2026-11-21 23:59", "", "2026-11-22 10:00"),
        ("2026-11-22 00:00", "", "2026-11-22 10:00"),
        ("2026-11-22 09:29", "", "2026-11-22 10:00"),
        ("2026-11-21 18:10", "2026-11-22 10:07", "2026-11-22 10:07"),
        ("2026-11-21 18:10", "2026-11-22 18:00", "2026-11-23 10:00"),
        ("2026-11-23 11:00", "2026-11-22 18:00", "2026-11-23 11:00"),
        ("2026-11-21 11:00", "2026-11-21 11:05", "2026-11-21 11:05"),
    ],
)
def test_the_towns_time(now: str, last: str, town: str) -> None:
    began = _s(now)
    assert began + daytime_offset(began, _s(last) if last else 0) == _s(town)
