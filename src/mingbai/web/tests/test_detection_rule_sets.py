"""Rule sets of detection on the console: thresholds proposed, tried on past days, let go live by a second person."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from mingbai.detection import queries
from mingbai.detection.tests import found
from mingbai.web.console.detection import form
from mingbai.web.tests.test_detection import BASE, Log_in, account, text


@pytest.fixture
def at(house: SimpleNamespace) -> SimpleNamespace:
    return found.world(house.firm, account("operator-compliance"))


def test_the_report_of_a_shadow_run(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-auditor")
    page = text(client.get(f"{BASE}/runs/{at.run}/"))
    assert "90.0 %" in page
    assert "95.0 %" in page
    assert "79.2 %" in page
    assert "已排除" in page
    assert "已排除" not in text(client.get(f"{BASE}/runs/{at.run}/?change=new"))
    answer = client.get(f"{BASE}/runs/{at.run}/state/")
    assert answer["HX-Refresh"] == "true"


def test_other_thresholds_are_proposed_and_only_what_differs_is_kept(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-admin")
    page = text(client.get(f"{BASE}/rules/new/"))
    now = form.present()["mass"]["per_day"]
    assert f'name="mass.per_day" value="{now}"' in page
    form_now = dict(re.findall(r'<input name="([a-z_.]+)" value="([^"]*)"', page))
    wanted = {**form_now, "note": "夜班误报偏多", "mass.per_day": str(now + 30)}
    answer = client.post(f"{BASE}/rules/new/", wanted)
    assert answer.status_code == 302
    made = queries.rule_set(int(re.findall(r"\d+", answer["Location"])[0]))
    assert made is not None
    assert [one.name for one in made.changes] == ["mass"]
    assert made.changes[0].wished["per_day"] == now + 30
    page = text(client.get(answer["Location"]))
    assert str(now + 30) in page
    assert "未试运行" in page
    assert "/live/" not in page


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"mass.per_day": "viele"}, "mass"),
        ({"mass.per_day": "-1"}, "mass"),
        ({"mass.per_day": ""}, "mass"),
        ({"mass.per_day": "１２０"}, "mass"),
        ({"weights_for.reach": "nan"}, "weights_for"),
        ({"weights_for.reach": "1e999"}, "weights_for"),
        ({"day_hours": "25:00-99:00"}, "day_hours"),
        ({}, ""),
        ({"mass.per_day": "120", "note": ""}, ""),
    ],
)
def test_bad_thresholds_are_told_where_they_stand(
    at: SimpleNamespace, desk: Log_in, typed: dict[str, str], where: str
) -> None:
    client = desk("operator-admin")
    before = len(queries.rule_sets())
    answer = client.post(f"{BASE}/rules/new/", {"note": "试一试新的阈值", **typed})
    page = text(answer)
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert not where or f'href="#set-{where}"' in page
    for name, value in typed.items():
        assert f'value="{value}"' in page, name  # what was typed stands there still
    assert len(queries.rule_sets()) == before


def test_a_second_person_lets_it_go_live(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")  # who proposed it
    assert f"/rules/{at.rules}/live/" not in text(client.get(f"{BASE}/rules/{at.rules}/"))
    assert client.post(f"{BASE}/rules/{at.rules}/live/").status_code == 403
    client.logout()
    client = desk("operator-admin")
    assert f"/rules/{at.rules}/live/" in text(client.get(f"{BASE}/rules/{at.rules}/"))
    assert client.post(f"{BASE}/rules/{at.rules}/live/").status_code == 302
    assert queries.in_force().rules == at.rules
    assert client.post(f"{BASE}/rules/{at.rules}/live/").status_code == 409
    page = text(client.get(f"{BASE}/rules/"))
    assert f"现行规则版本：{at.rules}" in page
    assert form.present()["mass"]["per_day"] == 90  # the next proposal begins from what is in force


@pytest.mark.parametrize("days", [{}, {"first": "x", "last": "y"}, {"first": "2026-01-02", "last": "2026-01-01"},
                                  {"first": "2020-01-01", "last": "2026-01-01"},
                                  {"first": "2999-01-01", "last": "2999-01-02"}])  # fmt: skip
def test_bad_days_of_a_shadow_run(at: SimpleNamespace, desk: Log_in, days: dict[str, str]) -> None:
    client = desk("operator-compliance")
    answer = client.post(f"{BASE}/rules/{at.rules}/run/", days)
    assert answer.status_code == 422
    assert "92 天" in text(answer)


def test_a_shadow_run_is_asked_for_once(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    days = {"first": "2026-01-01", "last": "2026-01-07"}
    answer = client.post(f"{BASE}/rules/{at.rules}/run/", days)
    assert answer.status_code == 302
    page = text(client.get(answer["Location"]))
    assert "7 天中已完成 0 天" in page
    assert 'hx-trigger="every 2s"' in page
    assert client.post(f"{BASE}/rules/{at.rules}/run/", days).status_code == 409
    assert client.post(f"{BASE}/rules/{at.rules}/drop/", {"reason": "先不改了"}).status_code == 302
    assert "已放弃" in text(client.get(f"{BASE}/rules/{at.rules}/"))
    assert client.post(f"{BASE}/rules/{at.rules}/drop/", {"reason": "再放弃一次"}).status_code == 409
