"""The disclosure zone with 25,000 tariffs, a regulator's yearly intake: a page of the list, a search, on the server.

Runs in a home and a SQLite database of its own, in a process of its own: `python -m tests.performance.bench_tariffs`.
Requests go through Django's whole stack (middleware, view, template) without a socket. MINGBAI_BENCH_TARIFFS makes it
smaller.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from time import perf_counter
from typing import Any

from tests.performance import harness

COUNT = int(os.environ.get("MINGBAI_BENCH_TARIFFS", "25000"))
ASKED = {
    "first page of the list": ("", 100),
    "last page, cheapest first": (f"?sort=price&page={COUNT // 50}", 100),
    "filtered by kind, region, channel and price": ("?kind=package&region=河北&channel=app&least=30&most=80", 100),
    "search of a word that most have": ("?q=流量", 150),
    "search of one character": ("?q=包", 150),
    "search of two words": ("?q=50G 校园", 150),
    "search of a code": ("?q=26QS012345", 150),
}  # fmt: skip


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        environment = {**os.environ, "MINGBAI_TEST_HOME": folder, "DJANGO_SETTINGS_MODULE": "mingbai.settings.testing"}
        command = [sys.executable, "-m", "tests.performance.bench_tariffs", "measure"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return [
        harness.row(
            f"tariffs, {COUNT:,}: {name}", found[name], "ms", target=f"≤ {most} ms server time", met=found[name] <= most
        )
        for name, (_query, most) in ASKED.items()
    ]


def measure() -> dict[str, float]:
    """Milliseconds of each request, the median."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    settings.HOME.root.mkdir(parents=True, exist_ok=True)
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0, skip_checks=True)
    begun = perf_counter()
    fill()
    print(f"{COUNT} tariffs published in {perf_counter() - begun:.0f} s", file=sys.stderr)
    client = Client()
    figures = {}
    for name, (query, _most) in ASKED.items():
        answer = client.get(f"/tariffs/{query}")
        assert answer.status_code == 200, (name, answer.status_code)
        figures[name] = 1000 * harness.median_seconds(lambda path=f"/tariffs/{query}": client.get(path), times=9)
        print(f"{name}: {figures[name]:.1f} ms", file=sys.stderr)
    return figures


def fill() -> None:
    """Published tariffs, written by the thousand: the actions would take minutes, and are not what is measured."""
    from django.db import transaction

    from mingbai.kernel import clock
    from mingbai.people import actions as people
    from mingbai.tariffs import content as contents
    from mingbai.tariffs import places, search
    from mingbai.tariffs.actions import drafting
    from mingbai.tariffs.models import Body, Plan, Tag, Version

    names = ("青山通信", "远海电信", "白鹭移动", "南屏联通")
    operators = [people.create_organisation(name=name, kind="operator") for name in names]
    cities = sorted(name for name in places.PROVINCE_OF if len(name) == 2)
    for start in range(0, COUNT, 1000):
        now = clock.now()
        listed = [made(place, cities) for place in range(start, min(COUNT, start + 1000))]
        with transaction.atomic():
            plans = Plan.objects.bulk_create(
                Plan(operator_id=operators[i % 4], code=one.code, created_at=now) for i, one in enumerate(listed)
            )
            bodies = [contents.body(one) for one in listed]
            versions = Version.objects.bulk_create(
                Version(
                    plan=plan, number=1, state="published", sha256=contents.digest(body), editors=[1], created_at=now,
                    published_at=now, published_by=2, **drafting.columns_of(one),
                )
                for plan, body, one in zip(plans, bodies, listed, strict=True)
            )  # fmt: skip
            Body.objects.bulk_create(
                Body(version=row, text=body.decode()) for row, body in zip(versions, bodies, strict=True)
            )
            for plan, row in zip(plans, versions, strict=True):
                plan.shown = row
            Plan.objects.bulk_update(plans, ["shown"])
            Tag.objects.bulk_create(
                tag for row, one in zip(versions, listed, strict=True) for tag in drafting.tags_of(row.id, one)
            )
            for row, one in zip(versions, listed, strict=True):
                search.index(row.id, one)


def made(place: int, cities: list[str]) -> Any:
    """A plan of the length that real ones have."""
    from mingbai.tariffs.content import Allowances, Audience, Channel, Content, Kind, Price, PriceKind, Unit

    fen = 100 * (5 + place * 7 % 195)
    gb = (5, 10, 20, 30, 50, 100)[place % 6]
    city = cities[place % len(cities)]
    package = place % 3 == 0
    word = ("畅聊", "校园", "银龄", "智家", "云智", "冰激凌")[place // 6 % 6]
    name = f"青山{word}{'套餐' if package else '流量包'}{fen // 100}元{gb}G（{city}）"
    return Content(
        code=f"26QS{place:06d}",
        name=name,
        kind=Kind.PACKAGE if package else Kind.ADDON,
        prices=(
            Price(PriceKind.RECURRING, Unit.MONTH, fen, "月功能费"),
            Price(PriceKind.USAGE, Unit.MB, 29, "超出流量"),
            Price(PriceKind.USAGE, Unit.MINUTE, 15, "超出语音"),
        ),
        allowances=Allowances(voice_min=place % 10 * 100, data_mb=gb * 1024, directed_mb=0, sms=0),
        audience=list(Audience)[place % 2],
        audience_text=f"{city}市公众用户，每个身份证限办五个，已办理其他优惠的须先退订",
        regions=(city,),
        channels=tuple(Channel)[place % 3 : place % 3 + 3],
        on_date=date(2026, 1, 1 + place % 28),
        off_date=date(2039, 12, 31),
        term="长期有效，每月一日自动续订，续订前五日短信提醒",
        term_months=0,
        in_network="无",
        leave="营业厅、手机营业厅或 10000 号随时退订，次月生效，当月费用照收",
        penalty="无",
        beyond="超出流量 0.29 元/MB，超出语音 0.15 元/分钟，国内接听免费",
        services=f"来电显示、{word}会员权益一份，权益自办理之日起三十日内领取",
        notes=f"流量当月有效，月底清零，不可转赠，方案 {place}",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure()))
    else:
        harness.main(run)
