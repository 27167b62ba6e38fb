"""What may be registered, and what restricts a number. Pure."""

from __future__ import annotations

from mingbai.numbers.rules.registering import CALL_CENTRE, WIDEST, Taken, check_range, check_use

__all__ = ["CALL_CENTRE", "WIDEST", "Taken", "check_range", "check_use"]
