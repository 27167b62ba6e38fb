"""办理系统: whoever carries an order out. The operator's, over a webhook; or the sandbox that is built in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Task(NamedTuple):
    """What is to be done. `key` is the same each time it is asked again: done before, it is only answered again.

    `act`: “fulfil” or “leave”; `body`: what the system is told.
    """

    order: int
    act: str
    key: str
    body: dict[str, Any]


class Answer(NamedTuple):
    """What became of a task: done; refused, with the reason, for good; or neither, and it is asked again."""

    done: bool
    refused: str = ""


class System(Protocol):
    """Carry tasks out, answers in their order. `at_once`: how many it is handed."""

    at_once: int

    def __call__(self, tasks: Sequence[Task]) -> list[Answer]: ...


def system() -> System | None:
    """The system of this installation, as MINGBAI_FULFIL_URL says: an address, or “sandbox”; None when it says none,
    and confirmed orders wait: nobody is told that something was done which nobody did."""
    if not settings.FULFIL_URL:
        return None
    chosen = "sandbox.Sandbox" if settings.FULFIL_URL == "sandbox" else "webhook.Webhook"
    made: System = import_string(f"mingbai.orders.systems.{chosen}")()
    return made
