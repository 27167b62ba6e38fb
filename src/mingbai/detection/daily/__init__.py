"""Detection over whole days of the lake: the day before, each night; and past days for a rule set that is tried."""

from mingbai.detection.daily.asked import Asked, detect, numbers, write
from mingbai.detection.daily.days import day_due, run_day
from mingbai.detection.daily.shadows import shadow_due

__all__ = ["Asked", "day_due", "detect", "numbers", "run_day", "shadow_due", "write"]
