"""How a fault of ours is told to the operator: with where it happened, and without anybody's number."""

from __future__ import annotations

import logging
import re
from typing import Any

_DIGITS = re.compile(r"\d{7,}")  # a telephone number in an exception's words; no line of a program has so many


class Masked(logging.Formatter):
    """A record and its traceback, with every long run of digits left out."""

    def format(self, record: logging.LogRecord) -> str:
        return _DIGITS.sub("…", super().format(record))


# Django's own settings tell a fault to nobody unless DEBUG is on or mail is set up.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"masked": {"()": Masked, "format": "%(asctime)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
