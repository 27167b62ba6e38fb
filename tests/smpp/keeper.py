"""Who keeps a test's house: puts messages into the outbox and tells what became of them, in lines of JSON."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.testing")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from mingbai.kernel import clock, msisdn  # noqa: E402
from mingbai.notices import actions  # noqa: E402
from mingbai.notices.models import Incoming, Outgoing, Part  # noqa: E402
from mingbai.people import actions as people  # noqa: E402


def put(count: int, text: str, *, first: int = 13_800_000_000, step: int = 10) -> dict[str, Any]:
    """`{n}` in the text is the place of each. Numbers end in 0 unless `first` says otherwise."""
    with transaction.atomic():
        who = [people.ensure_subscriber(msisdn.require(str(first + step * n))) for n in range(count)]
        ids = [
            actions.send(subscriber=one, template="test", text=text.replace("{n}", str(n))) for n, one in enumerate(who)
        ]
    return {"ids": ids}


def fill(count: int, text: str, people_at_most: int = 2000) -> dict[str, Any]:
    """Very many messages, without the house's own action."""
    with transaction.atomic():
        numbers = [msisdn.require(str(13_800_000_000 + 10 * n)) for n in range(min(count, people_at_most))]
        who = [people.ensure_subscriber(number) for number in numbers]
    now = clock.now()
    made = [
        Outgoing(subscriber_id=who[n % len(who)], template="test", text=f"{text} {n}", created_at=now, due_at=now)
        for n in range(count)
    ]
    Outgoing.objects.bulk_create(made, batch_size=1000)
    return {}


def rows() -> dict[str, Any]:
    columns = ("id", "state", "text", "tries", "parts", "failure", "link")
    parts = ("outgoing_id", "number", "state", "status", "centre_id")
    return {
        "rows": list(Outgoing.objects.order_by("id").values(*columns)),
        "parts": list(Part.objects.order_by("outgoing_id", "number").values(*parts)),
        "incoming": list(Incoming.objects.order_by("id").values("text", "handler")),
    }


def states() -> dict[str, Any]:
    return {"states": Counter(Outgoing.objects.values_list("state", flat=True))}


def answer() -> dict[str, Any]:
    return {"count": actions.answer_waiting()}


def soon() -> dict[str, Any]:
    """What waits for its next try is due now."""
    idle = Outgoing.objects.filter(state="waiting", claimed_until=None)
    return {"count": idle.update(due_at="2020-01-01T00:00Z")}


def rest() -> dict[str, Any]:
    """All is in the one file that the database is."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return {}


DO = {"rest": rest, "fill": fill, "put": put, "rows": rows, "states": states, "answer": answer, "soon": soon}

if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = settings.HOME.database
    if not settings.HOME.database.exists():
        call_command("migrate", verbosity=0)
    for line in sys.stdin:
        command = json.loads(line)
        act = DO[command.pop("do")]
        print(json.dumps({"is": "answer", **act(**command)}), flush=True)
