"""Delivery for machines without an SMS gateway: a line in the log that names neither number nor text."""

from __future__ import annotations

import logging

from mingbai.notices.delivery import Message

_log = logging.getLogger("mingbai.notices")


def deliver(message: Message) -> None:
    """Say that a message went out. Codes and numbers stay out of logs."""
    _log.info("message %d (%s) to %s", message.id, message.template, message.masked)
