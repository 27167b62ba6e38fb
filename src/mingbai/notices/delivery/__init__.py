"""Ways for a message to leave the house. Only here are message sockets opened."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Message(NamedTuple):
    """What a delivery gets: the full number in E.164, and the text."""

    id: int
    number: str
    masked: str
    template: str
    text: str


class Delivery(Protocol):
    """Send one message. Raises OSError when it could not be sent now; it is tried again later."""

    def __call__(self, message: Message) -> None: ...


def delivery() -> Delivery:
    """The delivery of this installation: setting NOTICES_DELIVERY, a dotted name, or the console."""
    chosen: Delivery = import_string(getattr(settings, "NOTICES_DELIVERY", "mingbai.notices.delivery.console.deliver"))
    return chosen
