"""The operator's system over HTTP: one signed POST a task (docs/orders.md), whose id stays the same however often it
is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.conf import settings

from mingbai.kernel import webhooks
from mingbai.kernel.home import Home
from mingbai.orders.systems import Answer, Task

TIMEOUT_S = 10


class Webhook:
    """A 2xx is done. 409, 410 and 422 are a no for good, with `reason` in a JSON body; all else is tried again."""

    at_once = 10  # ten times the timeout is less than a worker holds an order

    def __call__(self, tasks: Sequence[Task]) -> list[Answer]:
        return [self._ask(task) for task in tasks]

    def _ask(self, task: Task) -> Answer:
        body = json.dumps(task.body, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            status, said = webhooks.post(
                settings.FULFIL_URL, body, headers(settings.HOME, task.key, body), timeout_s=TIMEOUT_S
            )
        except OSError:
            return Answer(done=False)
        if 200 <= status < 300:
            return Answer(done=True)
        if status in (409, 410, 422):
            return Answer(done=False, refused=_reason(said))
        return Answer(done=False)


def headers(home: Home, key: str, body: bytes) -> dict[str, str]:
    """What a task is sent with; its receiver computes the signature again."""
    home.make_key("webhook")  # of a home that is older than this
    return webhooks.headers(home.key("webhook"), key, body)


def _reason(said: bytes) -> str:
    try:
        found = json.loads(said)
        reason = found.get("reason") if isinstance(found, dict) else ""
    except (ValueError, RecursionError):
        reason = ""
    return " ".join(str(reason or "受理系统不予办理").split())[:200]
