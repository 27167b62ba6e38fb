"""Reports on every face: who may report, follow, decide, direct; each role's every verb."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingbai.cases import actions as cases
from mingbai.cases.models import Case, Directive, Report
from mingbai.cases.rules.reports import shown_follow
from mingbai.cases.tests import reporting
from mingbai.cases.tests.reporting import ROGUE, World, settle
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as people
from mingbai.people.rules import may
from mingbai.web import jobs
from mingbai.web.tests.conftest import PASSWORD, code_of

Desk = Callable[[str], Client]
ROLES = ("admin", "compliance", "operations", "auditor")


@pytest.fixture
def world(house: SimpleNamespace) -> Iterator[World]:
    with reporting.world() as made:
        yield made


@pytest.fixture
def authority(house: SimpleNamespace) -> int:
    made = people.create_organisation(name="海东省通信管理局", kind="authority")
    for role in ROLES:
        people.create_account(username=f"authority-{role}", password=PASSWORD, organisation=made, role=role)
    return made


def sms(subscriber: int, template: str = "report.received") -> list[str]:
    return [one.text for one in messages.messages(subscriber) if one.template == template]


def tried(world: World, house: SimpleNamespace, **more: str) -> dict[str, str]:
    world.call(ROGUE, house.phone)
    return {"reported": ROGUE, "kind": "marketing", "text": "推销房产", "number": house.phone, **more}


def test_anybody_reports_with_a_code_and_follows_without_saying_who(
    client: Client, world: World, house: SimpleNamespace
) -> None:
    assert client.post("/report/", tried(world, house)).status_code == 302
    assert not Report.objects.exists()
    wrong = client.post("/report/code/", {"code": "000000"})
    assert wrong.status_code == 422
    page = client.post("/report/code/", {"code": code_of(house.subscriber)}).content.decode()
    made = Report.objects.get()
    assert (made.reporter_id, made.verified, made.source) == (house.subscriber, True, "web")
    shown = shown_follow(made.follow)
    assert shown in page
    assert shown in sms(house.subscriber)[0]
    settle()
    followed = Client().post("/report/follow/", {"follow": shown.lower()})
    text = followed.content.decode()
    assert followed.status_code == 200
    for private in (house.phone, "138****", ROGUE, "6100", "推销房产"):
        assert private not in text
    assert Client().post("/report/follow/", {"follow": "0000-0000-0000-0000"}).status_code == 404


def test_what_cannot_be_reported_is_told_beside_the_form(client: Client, world: World, house: SimpleNamespace) -> None:
    for bad in ({"reported": "1"}, {"number": "x"}, {"reported": house.phone}, {"called_at": "gestern"}, {"kind": "x"}):
        answer = client.post("/report/", tried(world, house, **bad))
        assert answer.status_code == 422, bad
        assert 'role="alert"' in answer.content.decode()
    later = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    client.post("/report/", tried(world, house, called_at=later))
    assert client.post("/report/code/", {"code": code_of(house.subscriber)}).status_code == 422
    assert not Report.objects.exists()


def test_guessing_numbers_to_follow_is_stopped(client: Client, house: SimpleNamespace) -> None:
    statuses = {client.post("/report/follow/", {"follow": f"0000-0000-0000-{n:04}"}).status_code for n in range(61)}
    assert statuses == {404, 429}


def test_one_tap_in_the_list_of_calls(me: Client, world: World, house: SimpleNamespace) -> None:
    call = world.call(ROGUE, house.phone)
    assert f'value="{call}"' in me.get("/my/calls/").content.decode()
    for _ in range(2):
        assert me.post("/my/reports/call/", {"call": call}).status_code == 302
    made = Report.objects.get()
    assert (made.attempt, made.source) == (call, "my")
    settle()
    page = me.get(f"/my/reports/{made.id}/").content.decode()
    assert "021****6100" in page
    assert me.get("/my/reports/").status_code == 200
    assert me.post("/my/reports/call/", {"call": world.call(ROGUE, "13900000001")}).status_code == 404


def test_a_subscriber_sees_their_own_reports_alone_and_may_contest(
    me: Client, world: World, house: SimpleNamespace
) -> None:
    me.post("/my/reports/", {"reported": ROGUE, "kind": "marketing", "text": "推销"})
    other = world.report("13900000001")
    settle()
    mine = Report.objects.get(reporter=house.subscriber)
    page = me.get(f"/my/reports/{mine.id}/").content.decode()
    assert "未查到该号码与您的通话记录" in page
    for path in (f"/my/reports/{other.id}/", f"/my/reports/{other.id}.tlog-proof"):
        assert me.get(path).status_code == 404
    assert me.post(f"/my/reports/{mine.id}/", {"text": "我有通话截图"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.contest, mine.stage) == ("我有通话截图", "answer")


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("JB 02160876100 推销房产", ROGUE, "marketing"),
        ("jb02160876100", ROGUE, "other"),
        ("举报 021-6087 6100 诈骗", ROGUE, "fraud"),
        ("ＪＢ＃０２１６０８７６１００＃骚扰", ROGUE, "malicious"),
        ("02160876100*推销", ROGUE, "marketing"),
        ("投诉+862160876100", ROGUE, "other"),
        ("JB", "4008109889", "other"),
        ("举报 卖保险的", "4008109889", "marketing"),
    ],
)
def test_formats_that_people_type(world: World, house: SimpleNamespace, text: str, number: str, kind: str) -> None:
    world.call(ROGUE, house.phone, ago=timedelta(hours=3))
    world.call("4008109889", house.phone, ago=timedelta(hours=1))
    assert notices.receive(subscriber=house.subscriber, text=text, message_id="m1") == "reports.sms"
    notices.receive(subscriber=house.subscriber, text=text, message_id="m1")
    made = Report.objects.get()
    told = parse(number)
    assert (made.kind, made.source, made.verified) == (kind, "sms", True)
    assert shown_follow(made.follow) in sms(house.subscriber)[0]
    assert told.masked in sms(house.subscriber)[0]


@pytest.mark.parametrize("text", ["举报人您好", "JBL音箱", "T", "你好", "12345*"])
def test_what_is_no_report_is_left_to_others(world: World, house: SimpleNamespace, text: str) -> None:
    assert notices.receive(subscriber=house.subscriber, text=text) != "reports.sms"


@pytest.mark.parametrize("text", ["JB", "JB 12", "JB 13812345678", "JB 00000"])
def test_an_sms_that_names_nobody_is_answered_how_to(world: World, house: SimpleNamespace, text: str) -> None:
    assert notices.receive(subscriber=house.subscriber, text=text) == "reports.sms"
    assert not Report.objects.exists()
    assert "JB 02160876100" in sms(house.subscriber, "report.not_taken")[0]


# who may open or do what: (address, verb, whose desk)
PAGES = [
    ("/console/reports/", "see.reports", "operator"),
    ("/console/reports/clocks/", "see.reports", "operator"),
    ("/console/reports/{report}/", "see.reports", "operator"),
    ("/console/reports/feeds/", "import.reports", "operator"),
    ("/console/directives/{directive}/", "see.directives", "operator"),
    ("/authority/", "see.directives", "authority"),
    ("/authority/reports/", "see.directives", "authority"),
    ("/authority/directives/new/", "issue.directive", "authority"),
    ("/authority/directives/{directive}/", "see.directives", "authority"),
]
ACTS: list[tuple[str, str, str, dict[str, str]]] = [
    ("/console/reports/{report}/", "judge.report", "operator",
     {"act": "set_aside", "outcome": "quarrel", "text": "亲属纠纷"}),
    ("/console/reports/{aside}/", "judge.report", "operator", {"act": "reinstate", "text": "有截图为证"}),
    ("/console/reports/{report}/", "answer.report", "operator", {"outcome": "not_proven", "text": "查无实据"}),
    ("/console/reports/{untold}/", "answer.report", "operator", {"act": "told"}),
    ("/console/reports/feeds/answers/", "answer.report", "operator", {"feed": "12321"}),
    ("/console/directives/{directive}/", "answer.directive", "operator", {"text": "已依规查处"}),
    ("/authority/directives/new/", "issue.directive", "authority",
     {"reference": "〔2026〕1号", "reported": ROGUE, "due": "2099-01-01", "text": "请核查该号码"}),
]  # fmt: skip


@pytest.fixture
def standing(world: World, house: SimpleNamespace, authority: int) -> dict[str, int]:
    """One of each: a report that counts, one set aside, one whose hotline is to be told, a directive."""
    counts = world.called_and_reported(1)[0]
    aside = world.report(reporting.phone(2), called_at=clock.now() - timedelta(hours=1))
    untold = world.report(None, source="hotline", organisation=house.operator, feed="12321", feed_id="1")
    settle()
    cases.answer_report(untold.id, outcome="not_proven", account=1)
    directive, _ = cases.direct(
        authority=authority, account=1, reference="〔2026〕9号", number=parse(ROGUE), text="请核查该号码",
        due_at=clock.now() + timedelta(days=9),
    )  # fmt: skip
    return {"report": counts.id, "aside": aside.id, "untold": untold.id, "directive": directive}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_opens_what_it_may_and_nothing_else(desk: Desk, standing: dict[str, int], role: str) -> None:
    for whose in ("operator", "firm", "authority"):
        client = desk(f"{whose}-{role}")
        for path, verb, of in PAGES:
            wanted = 200 if of == whose and may(role, verb) else 403
            assert client.get(path.format(**standing)).status_code == wanted, (path, whose, role)
        for path, verb, of, body in ACTS:
            if of != whose or not may(role, verb):
                assert client.post(path.format(**standing), body).status_code == 403, (path, body, whose, role)
        client.post("/logout/")
    assert Report.objects.filter(state="answered").count() == 1
    assert Directive.objects.filter(state="answered").count() == 0


@pytest.mark.parametrize(("path", "verb", "whose", "body"), ACTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_does_what_it_may(
    desk: Desk, standing: dict[str, int], role: str, path: str, verb: str, whose: str, body: dict[str, str]
) -> None:
    if may(role, verb):
        answer = desk(f"{whose}-{role}").post(path.format(**standing), body)
        assert answer.status_code in (200, 302), answer.content.decode()[-1500:]


def test_the_verbs_of_reports_by_role() -> None:
    verbs = (
        "see.reports",
        "see.directives",
        "import.reports",
        "judge.report",
        "answer.report",
        "issue.directive",
        "answer.directive",
    )
    table = {role: "".join("x" if may(role, verb) else "-" for verb in verbs) for role in (*ROLES, "nobody")}
    assert table == {
        "admin": "xxxxxxx", "compliance": "xxxxxxx", "operations": "xx-----", "auditor": "xx-----", "nobody": "-------"
    }  # fmt: skip


def test_nobody_who_is_not_logged_in_sees_any_of_it(client: Client, standing: dict[str, int]) -> None:
    for path, _verb, _of in PAGES:
        assert client.get(path.format(**standing)).status_code == 302


def test_the_queue_is_ordered_by_what_is_due_and_paged(desk: Desk, world: World) -> None:
    for n in range(101):
        world.report(None, number=f"0216087{n:04}", source="hotline", received_at=clock.now() - timedelta(days=n % 7))
    client = desk("operator-compliance")
    first = client.get("/console/reports/").content.decode()
    more = re.search(r"after=([\d-]+)", first)
    assert more
    second = client.get(f"/console/reports/?after={more[1]}").content.decode()
    ids = [set(re.findall(r"/console/reports/(\d+)/", page)) for page in (first, second)]
    assert (len(ids[0]), len(ids[0] | ids[1])) == (50, 100)


def test_a_directive_opens_a_case_and_is_answered_and_the_authority_reads_it(
    desk: Desk, standing: dict[str, int], authority: int
) -> None:
    body = dict(ACTS[-1][3])
    client = desk("authority-compliance")
    assert client.post("/authority/directives/new/", body).status_code == 302
    assert client.post("/authority/directives/new/", body).status_code == 409
    made = Directive.objects.get(reference="〔2026〕1号")
    assert made.case == Case.objects.get().id
    client.post("/logout/")
    desk("operator-compliance").post(f"/console/directives/{made.id}/", {"text": "已停呼该号码"})
    client.post("/logout/")
    assert "已停呼该号码" in desk("authority-auditor").get(f"/authority/directives/{made.id}/").content.decode()


def test_an_authority_sees_no_other_authoritys_directives(desk: Desk, standing: dict[str, int]) -> None:
    other = people.create_organisation(name="别省通信管理局", kind="authority")
    people.create_account(username="other-authority", password=PASSWORD, organisation=other, role="admin")
    client = desk("other-authority")
    assert client.get(f"/authority/directives/{standing['directive']}/").status_code == 404
    assert "〔2026〕9号" not in client.get("/authority/").content.decode()


def test_what_an_authority_sees_of_a_report_names_nobody(desk: Desk, world: World, authority: int) -> None:
    filed = world.called_and_reported(1, text="推销房产")[0]
    settle()
    text = desk("authority-admin").post("/authority/reports/", {"follow": filed.follow}).content.decode()
    assert shown_follow(filed.follow) in text
    for private in ("138****", "6100", "推销房产"):
        assert private not in text


FEED = "编号,举报人号码,已验证,被举报号码,类型,来电时间,时长,内容\n" + "\n".join(
    [
        "A1,13800000001,是,02160876100,营销,2026-11-20 15:30,1分20秒,推销房产",
        "A2,13800000002,是,02160876100,诈骗,2026/11/20 16:00,80,冒充客服",
        "A3,13800000003,,不是号码,营销,,,",
        "A4,,,02160876100,骚扰,昨天,,",
        "A1,13800000009,是,02160876100,营销,,,另一件事",
    ]
)


def _sent(client: Client, content: bytes, name: str, **more: str) -> Any:
    file = SimpleUploadedFile(name, content)
    sent = client.post("/console/reports/feeds/", {"feed": "12321", "file": file, "keep_good": "yes", **more})
    assert sent.status_code == 302, sent.content.decode()
    jobs.run_due(settings.HOME)
    return client.get(sent["Location"])


def test_a_hotlines_file_is_taken_as_a_job_and_told_row_by_row(desk: Desk, world: World) -> None:
    client = desk("operator-compliance")
    with clock.at(reporting.at("2026-11-22 10:00")):
        page = _sent(client, FEED.encode("gb18030"), "12321.csv")
        text = page.content.decode()
        assert Report.objects.count() == 2
        for row in ("4", "5", "6"):
            assert f'<td class="num">{row}</td>' in text
        report = client.get(page.request["PATH_INFO"] + "report.csv")
        rows = list(csv.reader(io.StringIO(b"".join(report).decode("utf-8-sig"))))  # type: ignore[arg-type]
        assert len(rows) == 6
        first = Report.objects.get(feed_id="A1")
        assert (first.duration_s, first.kind, first.verified) == (80, "marketing", True)
        assert ["2", "A1", first.follow] == rows[1][:3]
        _sent(client, FEED.encode(), "again.csv")
        assert Report.objects.count() == 2


def test_of_a_file_with_a_bad_row_none_is_taken_when_none_is_wanted(desk: Desk, world: World) -> None:
    _sent(desk("operator-compliance"), FEED.encode(), "12321.csv", keep_good="no")
    assert not Report.objects.exists()


def test_what_became_of_a_feed_is_handed_back_and_is_told_by_that(desk: Desk, standing: dict[str, int]) -> None:
    answer = desk("operator-compliance").post("/console/reports/feeds/answers/", {"feed": "12321"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0] == "1"
    assert rows[1][3] == "not_proven"
    assert Report.objects.get(id=standing["untold"]).stage == "done"


def test_partners_report_through_the_api_once_and_follow(client: Client, world: World, house: SimpleNamespace) -> None:
    key = people.create_api_key(organisation=house.firm, name="手机厂商", scopes=["reports:write"])[1]
    world.call(ROGUE, house.phone)

    def post(path: str, body: dict[str, Any], token: str = key) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)

    body = {"id": "77", "number": ROGUE, "reporter": house.phone, "verified": True, "kind": "fraud"}
    first, again = post("reports", body), post("reports", body)
    assert (first.status_code, first.json()["follow"]) == (201, again.json()["follow"])
    assert Report.objects.get().organisation_id == house.firm
    settle()
    assert post("reports/follow", {"follow": first.json()["follow"]}).json()["state"] == "standing"
    assert post("reports", {**body, "id": "78", "number": "1"}).status_code == 422
    read = people.create_api_key(organisation=house.firm, name="x", scopes=["consent:read"])[1]
    assert post("reports", body, read).status_code == 403


def test_a_year_without_a_calendar_raises_an_alarm_on_the_pages(desk: Desk, world: World) -> None:
    client = desk("operator-compliance")
    with clock.at(reporting.at("2026-12-20 10:00")):
        world.report(None, source="hotline")
        settle()
        assert Report.objects.get().provisional
        for path in ("/console/reports/", "/console/reports/clocks/"):
            assert "2027" in client.get(path).content.decode()
