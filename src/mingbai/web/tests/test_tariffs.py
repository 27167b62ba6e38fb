"""The disclosure zone, without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client

from mingbai.kernel import clock
from mingbai.ledger import canonical, order
from mingbai.people import actions as people
from mingbai.tariffs import actions, queries
from mingbai.tariffs import content as contents
from mingbai.tariffs.content import Allowances, Content, Price, PriceKind, Tier, Trial, Unit
from mingbai.tariffs.tests.conftest import GOOD, changed
from mingbai.web import jobs
from mingbai.web.console.tariffs import form
from mingbai.web.tariffs import files


@pytest.fixture
def zone(db: None) -> SimpleNamespace:
    """An operator, a writer, a reviewer, one published tariff."""
    made = SimpleNamespace(operator=people.create_organisation(name="青山通信", kind="operator"))
    for name, role in (("writer", "operations"), ("reviewer", "admin")):
        account = people.create_account(
            username=name, password="spring-rain-2026", organisation=made.operator, role=role
        )
        setattr(made, name, account)
    made.version = publish(made, GOOD)
    made.plan = plan_of(made.version)
    order.integrate()
    return made


def plan_of(version: int) -> int:
    found = queries.version(version)
    assert found is not None
    return found.plan


def publish(house: SimpleNamespace, content: Content) -> int:
    version = actions.draft(operator=house.operator, content=content, account=house.writer)
    actions.submit(version, account=house.writer)
    actions.publish(version, account=house.reviewer)
    return version


def test_anyone_finds_and_reads_a_tariff(zone: SimpleNamespace, client: Client) -> None:
    page = client.get("/tariffs/", {"q": "畅聊"}).content.decode()
    assert GOOD.name in page
    assert "59.00 元" in page
    assert GOOD.name not in client.get("/tariffs/", {"q": "冰激凌"}).content.decode()
    one = client.get(f"/tariffs/{zone.plan}/").content.decode()
    for said in (GOOD.leave, GOOD.beyond, GOOD.code, "有据可查"):
        assert said in one


def test_its_receipt_holds_the_hash(zone: SimpleNamespace, client: Client) -> None:
    page = client.get(f"/tariffs/{zone.plan}/receipt/{zone.version}/")
    assert page.status_code == 200
    assert page.headers["Content-Disposition"].endswith('.tlog-proof"')


def test_what_changed_stands_in_its_history(zone: SimpleNamespace, client: Client) -> None:
    publish(zone, changed(leave="随时可在营业厅退订"))
    page = client.get(f"/tariffs/{zone.plan}/history/").content.decode()
    assert GOOD.leave in page
    assert "随时可在营业厅退订" in page


def test_side_by_side_marks_what_differs(zone: SimpleNamespace, client: Client) -> None:
    other = plan_of(
        publish(zone, changed(code="26QS100002", penalty="提前退订付 100 元", term="24个月", term_months=24))
    )
    page = client.get(f"/tariffs/compare/?plan={zone.plan}&plan={other}").content.decode()
    assert page.count('class="differ"') == 3
    assert "提前退订付 100 元" in page
    assert client.get(f"/tariffs/compare/?plan={zone.plan}").status_code == 422


def test_cheapest_for_a_use(zone: SimpleNamespace, client: Client) -> None:
    page = client.get("/tariffs/cheapest/?voice=310&data=40&sms=0").content.decode()
    assert "60.50 元" in page
    part = client.get("/tariffs/cheapest/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_for_machines(zone: SimpleNamespace, client: Client) -> None:
    table = b"".join(client.get("/tariffs/tariffs.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(table) == 2
    assert table[0].startswith("唯一编号,运营商,方案编号")
    whole = json.loads(b"".join(client.get("/tariffs/tariffs.json").streaming_content))
    (one,) = whole["tariffs"]
    assert contents.digest(canonical.dumps(one["content"])) == one["sha256"]


def test_as_tmf_620(zone: SimpleNamespace, client: Client) -> None:
    for place in range(2, 5):
        publish(zone, changed(code=f"26QS10000{place}"))
    base = "/tmf-api/productCatalogManagement/v4/productOffering"
    page = client.get(base, {"offset": 1, "limit": 2, "fields": "name,validFor"})
    assert (page.status_code, page.headers["X-Total-Count"], page.headers["X-Result-Count"]) == (206, "4", "2")
    assert [sorted(one) for one in page.json()] == [["@type", "href", "id", "name", "validFor"]] * 2
    one = client.get(f"{base}/{zone.plan}").json()
    assert one["lifecycleStatus"] == "Active"
    assert one["productOfferingPrice"][0]["price"] == {"unit": "CNY", "value": 59.0}
    assert one["validFor"]["startDateTime"] == "2026-02-09T00:00:00+08:00"
    assert client.get(f"{base}/{zone.plan + 99}").json()["code"] == "404"
    assert client.get(base, {"limit": "x"}).status_code == 400
    assert client.get(base).status_code == 200
    for answer, status in (
        (client.post(base), 405), (client.get(base, {"name": "\0"}), 400), (client.get(f"{base}/1/x"), 404),
    ):  # fmt: skip
        assert (answer.status_code, answer.json()["@type"]) == (status, "Error")


def test_tmf_620_lists_by_the_status_that_it_shows(zone: SimpleNamespace, client: Client) -> None:
    coming, over = date(2099, 1, 1), date(2027, 1, 1)
    publish(zone, changed(code="26QS100002", on_date=coming, off_date=date(2099, 12, 31)))
    publish(zone, changed(code="26QS100003", off_date=over))
    base = "/tmf-api/productCatalogManagement/v4/productOffering"
    with clock.at(datetime(2028, 1, 1, tzinfo=UTC)):
        shown = {one["externalId"]: one["lifecycleStatus"] for one in client.get(base).json()}
        assert shown == {GOOD.code: "Active", "26QS100002": "Active", "26QS100003": "Retired"}
        for status in ("Active", "Retired", "Launched"):
            found = {one["externalId"] for one in client.get(base, {"lifecycleStatus": status}).json()}
            assert found == {code for code, said in shown.items() if said == status}


def test_a_summary_as_pdf(zone: SimpleNamespace, client: Client) -> None:
    answer = client.get(f"/tariffs/{zone.plan}/summary.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) > 5_000


def test_without_a_font_it_says_so(zone: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.kernel.paper.FONT", Path("/nowhere.ttc"))
    assert client.get(f"/tariffs/{zone.plan}/summary.pdf").status_code == 503


def test_as_it_stood(zone: SimpleNamespace, client: Client) -> None:
    day = f"{clock.now():%Y-%m-%d}"
    assert GOOD.name in client.get(f"/tariffs/{zone.plan}/", {"day": "2099-01-01"}).content.decode()
    assert GOOD.name not in client.get(f"/tariffs/{zone.plan}/", {"day": "2020-01-01"}).content.decode()
    assert client.get(f"/tariffs/{zone.plan}/", {"day": "gestern"}).status_code == 422
    assert client.get(f"/tariffs/{zone.plan + 99}/", {"day": day}).status_code == 404
    assert GOOD.name in client.get(f"/tariffs/{zone.plan}/", {"day": "9999-12-31"}).content.decode()
    assert client.get(f"/tariffs/{10**30}/", {"day": day}).status_code == 404


def test_what_was_on_sale_on_a_day_is_said_so_whatever_became_of_it(zone: SimpleNamespace, client: Client) -> None:
    now = clock.now()
    with clock.at(now + timedelta(days=3)):
        publish(zone, changed(leave="随时可在营业厅退订", on_date=(now + timedelta(days=5)).date()))
        for days, said in ((1, "当日在售"), (3, "当日未在售"), (6, "当日在售")):
            page = client.get(f"/tariffs/{zone.plan}/", {"day": f"{now + timedelta(days=days):%Y-%m-%d}"})
            assert said in page.content.decode()
            assert "已替换" not in page.content.decode()


@pytest.fixture
def log_in(zone: SimpleNamespace, client: Client) -> Callable[[str], Client]:
    """A client at that person's desk."""

    def enter(username: str) -> Client:
        answer = client.post("/login/", {"username": username, "password": "spring-rain-2026"})
        assert answer.status_code == 302
        return client

    return enter


def typed(content: Content) -> dict[str, object]:
    """The editor's fields as a browser would send them."""
    fields = form.typed(content)
    rows = fields["prices"]
    return {
        **{name: value for name, value in fields.items() if isinstance(value, str)},
        **{name: value for name, _label, value in (*fields["amounts"], *fields["long"])},
        "channels": fields["channels"],
        **{f"price_{name}": [getattr(row, name) for row in rows] for name in ("unit", "yuan", "what", "tiers")},
    }


FULL = changed(
    code="26QS100009",
    trial=Trial(30, "试用满 30 天须再次确认，否则停用", 990),
    caps_fen=(1000, 5000),
    prices=(*GOOD.prices, Price(PriceKind.USAGE, Unit.MESSAGE, tiers=(Tier(100, 20), Tier(None, 10)))),
    allowances=Allowances(voice_min=300, data_mb=40 * 1024, directed_mb=512, directed_to="视频", unlimited=("sms",)),
    singles=("26QS100002",),
)


def test_the_editor_gives_back_what_it_shows() -> None:
    posted = QueryDict(mutable=True)
    for name, value in typed(FULL).items():
        posted.setlist(name, value if isinstance(value, list) else [value])
    assert form.content(posted) == FULL


def test_from_editor_to_zone_by_two_people(zone: SimpleNamespace, log_in: Callable[[str], Client]) -> None:
    writer = log_in("writer")
    wrong = writer.post("/console/tariffs/findings/", typed(changed(name="青山套餐69元"))).content.decode()
    assert "69元" in wrong
    made = writer.post("/console/tariffs/new/", typed(changed(code="26QS100009", notes="赠品以实物为准")))
    assert made.status_code == 302, made.content.decode()
    address = made.headers["Location"]
    assert writer.post(f"{address}do/", {"do": "submit"}).status_code == 302
    assert "赠品" in writer.get("/tariffs/", {"q": "赠品"}).content.decode()  # only what was typed into the field
    assert writer.post(f"{address}do/", {"do": "publish"}).status_code == 403
    reviewer = log_in("reviewer")
    assert reviewer.post(f"{address}do/", {"do": "publish"}).status_code == 422
    page = reviewer.get(address).content.decode()
    key = page.split('name="key" value="')[1][:16]
    assert reviewer.post(f"{address}do/", {"do": "answer", "key": key, "text": "只关系到赠品"}).status_code == 302
    assert reviewer.post(f"{address}do/", {"do": "publish"}).status_code == 302
    assert reviewer.post(f"{address}do/", {"do": "publish"}).status_code == 409
    assert "26QS100009" in reviewer.get("/tariffs/", {"q": "赠品"}).content.decode()
    plan = plan_of(int(address.rstrip("/").rpartition("/")[2]))
    assert reviewer.post(f"/console/tariffs/plan/{plan}/withdraw/", {"reason": "清理资费"}).status_code == 302
    assert "26QS100009" in reviewer.get("/tariffs/", {"state": "withdrawn"}).content.decode()


def test_an_import_reports_by_row(zone: SimpleNamespace, log_in: Callable[[str], Client], settings: Any) -> None:
    text = f"方案编号,名称,月费\n{GOOD.code},{GOOD.name},69\nA2,,5\n"
    desk = log_in("writer")
    file = SimpleUploadedFile("tariffs.csv", text.encode("gb18030"))
    assert desk.post("/console/tariffs/import/").status_code == 422
    begun = desk.post("/console/tariffs/import/", {"file": file, "keep_good": "yes"})
    assert begun.status_code == 302
    assert "hx-trigger" in desk.get(begun.url).content.decode()
    assert desk.get(f"{begun.url}report/").status_code == 404
    assert jobs.run_due(settings.HOME) == 1
    page = desk.get(begun.url).content.decode()
    assert "59.00 元/月" in page
    assert "69.00 元/月" in page
    assert "没有名称" in page
    rows = b"".join(desk.get(f"{begun.url}report/").streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(",")[:2] for row in rows[1:]] == [["2", "changed"], ["3", "rejected"]]
    assert log_in("reviewer").get(begun.url).status_code == 200
    stranger = people.create_organisation(name="远海电信", kind="operator")
    people.create_account(username="far", password="spring-rain-2026", organisation=stranger, role="admin")
    assert log_in("far").get(begun.url).status_code == 404


def test_an_import_takes_all_rows_or_none_when_asked(
    zone: SimpleNamespace, log_in: Callable[[str], Client], settings: Any
) -> None:
    text = f"方案编号,名称,月费\n{GOOD.code},{GOOD.name},69\nA2,,5\n"
    desk = log_in("writer")
    begun = desk.post("/console/tariffs/import/", {"file": SimpleUploadedFile("t.csv", text.encode())})
    assert jobs.run_due(settings.HOME) == 1
    assert "一条也没有" in desk.get(begun.url).content.decode()
    assert not queries.in_work(zone.operator)


def test_many_are_published_together_each_by_its_own_findings(
    zone: SimpleNamespace, log_in: Callable[[str], Client]
) -> None:
    good, asked, mine = (
        actions.draft(operator=zone.operator, content=content, account=account)
        for content, account in (
            (changed(code="26QS100011"), zone.writer),
            (changed(code="26QS100012", notes="详询客服"), zone.writer),
            (changed(code="26QS100013"), zone.reviewer),
        )
    )
    sent = (
        log_in("writer")
        .post("/console/tariffs/many/", {"do": "submit", "version": [good, asked, mine]})
        .content.decode()
    )
    assert "26QS100012" in sent
    for version in (good, asked, mine):
        found = queries.version(version)
        assert found is not None
        if found.state == "draft":
            actions.submit(version, account=zone.writer)
    assert log_in("writer").post("/console/tariffs/many/", {"do": "publish", "version": [good]}).status_code == 403
    second = log_in("reviewer")
    chosen = {"do": "publish", "version": [good, asked, mine, 999_999]}
    page = second.post("/console/tariffs/many/", chosen).content.decode()
    assert [getattr(queries.version(one), "state", "") for one in (good, asked, mine)] == [
        "published", "in_review", "in_review",
    ]  # fmt: skip
    assert page.count('class="verdict pass"') == 1
    assert page.count('class="verdict refuse"') == 3
    assert second.post("/console/tariffs/many/", {"do": "publish"}).status_code == 422
    assert second.post("/console/tariffs/many/", {"do": "eat", "version": [asked]}).status_code == 422


def test_the_picture_of_packages(zone: SimpleNamespace, log_in: Callable[[str], Client]) -> None:
    dear = changed(code="26QS100003", name="青山套餐79元", prices=(Price(PriceKind.RECURRING, Unit.MONTH, 7900),))
    publish(zone, dear)
    page = log_in("writer").get("/console/tariffs/simplify/").content.decode()
    assert "青山套餐79元" in page.split("<tbody>")[2]
    assert 'data-scatter="points"' in page


def test_another_operator_s_drafts_are_not_shown(zone: SimpleNamespace, client: Client) -> None:
    stranger = people.create_organisation(name="远海电信", kind="operator")
    people.create_account(username="far", password="spring-rain-2026", organisation=stranger, role="admin")
    client.post("/login/", {"username": "far", "password": "spring-rain-2026"})
    assert client.get(f"/console/tariffs/version/{zone.version}/").status_code == 404
    assert client.post(f"/console/tariffs/plan/{zone.plan}/withdraw/", {"reason": "不在售"}).status_code == 404


def test_making_pdfs_has_a_limit_and_a_kept_one_costs_nothing(
    zone: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = plan_of(publish(zone, changed(code="26QS100002")))
    monkeypatch.setattr(files, "PDFS_AN_HOUR", 1)
    answers = [client.get(f"/tariffs/{plan}/summary.pdf").status_code for plan in (zone.plan, zone.plan, other)]
    assert answers == [200, 200, 429]
