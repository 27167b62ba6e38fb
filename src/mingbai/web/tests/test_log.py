"""/log/: as the specification of tlog-tiles says, and nothing else of the folder."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from mingbai.ledger import actions, order, queries, tiles


def a_log(*steps: int) -> None:
    for step in steps:
        with transaction.atomic():
            for n in range(step):
                actions.append("test.said", {"n": n})
        order.integrate()


@pytest.mark.django_db
def test_the_log_is_served_as_the_specification_says() -> None:
    client = Client()
    assert client.get("/log/checkpoint").status_code == 404
    a_log(200, 100)
    for path in ("checkpoint", *tiles.expected(300), tiles.tile_path(0, 0, 200), tiles.bundle_path(0, 200)):
        answer = client.get(f"/log/{path}")
        assert answer.status_code == 200, path
        assert answer.content == order.read(path)
        kept = "no-cache" if path == "checkpoint" else "public, max-age=31536000, immutable"
        assert answer["Cache-Control"] == kept
    assert client.get("/log/checkpoint")["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/log/tile/0/000")["Content-Type"] == "application/octet-stream"
    assert len(client.get("/log/tile/0/000.p/200").content) == 200 * 32  # once served, now cut from the full tile
    assert len(tiles.unpack(client.get("/log/tile/entries/000.p/200").content)) == 200
    assert client.get("/log/vkey").content.decode() == queries.vkey() + "\n"


@pytest.mark.django_db
def test_nothing_but_the_log_is_served() -> None:
    a_log(300)
    client = Client()
    for path in (
        "tile/0/002", "tile/0/001.p/45", "tile/0/001.p/0", "tile/0/000.p/256", "tile/0/000.p/999", "tile/1/000",
        "tile/0/1", "tile/64/000", "tile/0/../../checkpoint", "tile/0/000.p/1/2", "batches", ".lock", "tile/0/000/x",
    ):  # fmt: skip
        assert client.get(f"/log/{path}").status_code == 404, path
    assert client.post("/log/checkpoint").status_code == 405
