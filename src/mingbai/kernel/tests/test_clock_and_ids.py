"""Time comes from one place, and identifiers sort by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mingbai.kernel import clock
from mingbai.kernel.ids import uuid7

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)


class TestClock:
    def test_it_stands_still_and_moves_when_told(self) -> None:
        with clock.at(NOON) as advance:
            assert clock.now() == NOON
            assert clock.now_s() == int(NOON.timestamp())
            assert clock.now_us() == clock.now_s() * 1_000_000 + 123_456
            assert clock.now_ns() == clock.now_us() * 1_000
            advance(1.5)
            assert clock.now_us() == int(NOON.timestamp()) * 1_000_000 + 1_623_456

    def test_one_stop_inside_another(self) -> None:
        with clock.at(NOON):
            with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
                assert clock.now().year == 2027
            assert clock.now() == NOON
        assert clock.now() != NOON

    def test_it_goes_on_after_an_error(self) -> None:
        with pytest.raises(ValueError, match="x"), clock.at(NOON):
            raise ValueError("x")
        assert clock.now() != NOON

    def test_a_source_of_ones_own(self) -> None:
        clock.set_source(lambda: 5_000_000_000)
        try:
            assert clock.now_s() == 5
        finally:
            clock.set_source(None)
        assert clock.now().year > 2020

    def test_waiting_is_measured_by_a_clock_that_never_runs_back(self) -> None:
        before = clock.monotonic()
        with clock.at(datetime(1999, 1, 1, tzinfo=UTC)):
            assert clock.monotonic() >= before


class TestIds:
    def test_they_are_version_7_and_tell_their_millisecond(self) -> None:
        with clock.at(NOON):
            made = uuid7()
        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert made.int >> 80 == int(NOON.timestamp()) * 1_000 + 123

    def test_they_sort_by_the_time_they_were_made(self) -> None:
        with clock.at(NOON) as advance:
            made = []
            for _ in range(2_000):
                made.append(uuid7())
                advance(0.000001)
        assert made == sorted(made)
        assert [str(one) for one in made] == sorted(str(one) for one in made)

    def test_no_two_are_alike_at_one_moment(self) -> None:
        with clock.at(NOON):
            assert len({uuid7() for _ in range(10_000)}) == 10_000
