"""Reports under load: how long one takes to be on record while 200 a second come in, and how long the queue's page of
100,000 open ones takes on the server. One process on SQLite, every report a commit of its own (`synchronous=FULL`).

A report's time runs from the moment at which it was to come in, so that waiting for the one before it counts.
"""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from statistics import median
from time import perf_counter, sleep

os.environ.setdefault("MINGBAI_TEST_HOME", tempfile.mkdtemp(prefix="mingbai-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.testing")
os.environ.pop("DATABASE_URL", None)
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from tests.performance import harness  # noqa: E402

from mingbai.cases import actions  # noqa: E402
from mingbai.cases.actions import Said  # noqa: E402
from mingbai.cases.models import Report, Reported  # noqa: E402
from mingbai.kernel import clock, msisdn  # noqa: E402
from mingbai.people import actions as people  # noqa: E402

OPEN, PEOPLE, RATE, SECONDS, ROUNDS = 100_000, 5_000, 200, 10, 5
PASSWORD = "spring-rain-2026"


def filled() -> list[int]:
    """A house with so many open reports; its people."""
    made = [people.ensure_subscriber(msisdn.require(f"139{n:08}")) for n in range(PEOPLE)]
    now = clock.now()
    about = Reported.objects.bulk_create(
        [Reported(digits=f"8640081{n:05}", last_at=now, people=3, weight=300, stale=False) for n in range(1000)],
        batch_size=500,
    )
    stages = ("forward", "answer", "answer", "tell")
    rows = [
        Report(
            follow=f"BENCH{n:011}", source="hotline", reporter_id=made[n % PEOPLE], digits=about[n % 1000].digits,
            reported=about[n % 1000], kind="marketing", received_at=now, made_at=now, state="standing", reason="found",
            stage=stages[n % 4], stage_at=now, due_at=now + timedelta(minutes=n - 10_000), entry=1, text="推销房产",
        )
        for n in range(OPEN)
    ]  # fmt: skip
    Report.objects.bulk_create(rows, batch_size=500)
    return made


def accepted(reporters: list[int], turn: int) -> list[float]:
    """Seconds from when each report was to come in until it is on record, at the rate of arrival."""
    taken, begun = [], perf_counter()
    for n in range(RATE * SECONDS):
        due = begun + n / RATE
        if (early := due - perf_counter()) > 0:
            sleep(early)
        number = msisdn.require(f"0216{turn}{n:06}")
        actions.report(Said(source="hotline", number=number, kind="marketing", reporter=reporters[n], verified=True))
        taken.append(perf_counter() - due)
    return taken


def page(client: Client, path: str) -> float:
    """Seconds that the server works on a page."""
    begun = perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, path
    return perf_counter() - begun


def run() -> list[harness.Row]:
    call_command("migrate", verbosity=0)
    setup_test_environment()
    reporters = filled()
    house = people.create_organisation(name="海东移动", kind="operator")
    people.create_account(username="staff", password=PASSWORD, organisation=house, role="compliance")
    client = Client()
    assert client.post("/login/", {"username": "staff", "password": PASSWORD}).status_code == 302
    middle = Report.objects.order_by("due_at").values_list("due_at", "id")[OPEN // 2]
    deep = f"/console/reports/?after={int(middle[0].timestamp())}-{middle[1]}"
    slowest = 0.0
    for path in ("/console/reports/", "/console/reports/?only=late", "/console/reports/?only=answer", deep):
        page(client, path)
        seconds = median(page(client, path) for _ in range(ROUNDS))
        print(f"{path.partition('after')[0]}: {1000 * seconds:.1f} ms")
        slowest = max(slowest, seconds)
    accepted(reporters, 9)  # warms up
    waits = [1000 * harness.percentile(accepted(reporters, turn), 0.99) for turn in range(ROUNDS)]
    print(f"p99 of each run: {[round(one, 1) for one in waits]} ms")
    return [
        harness.row(
            "report accepted, p99 at 200/s", median(waits), "ms", target="≤ 20 ms", met=median(waits) <= 20
        ),
        harness.row(
            "queue page over 100,000 open reports, slowest of four", 1000 * slowest, "ms", target="≤ 150 ms",
            met=slowest <= 0.15,
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    harness.main(run)
