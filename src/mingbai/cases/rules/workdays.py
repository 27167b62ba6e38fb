"""工作日: the clocks of cases are those of the kernel."""

from mingbai.kernel.workdays import Calendar, Due, covered

__all__ = ["Calendar", "Due", "covered"]
