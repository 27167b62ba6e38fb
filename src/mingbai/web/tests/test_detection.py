"""The desk of findings: who may do what, what comes of them, what bad input meets; no number in the clear anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client

from mingbai.cases import queries as cases
from mingbai.detection import actions, queries
from mingbai.detection.rules import CODES, RULES
from mingbai.detection.states import Found as By
from mingbai.detection.tests import found
from mingbai.kernel.profile.detecting import TERMS
from mingbai.notices.queries import profile
from mingbai.people import queries as identities
from mingbai.web import words_detection as words
from mingbai.web.console.detection import form, pictures, terms

Log_in = Callable[[str], Client]
BASE = "/console/findings"


def account(name: str) -> int:
    view = identities.account(name)
    assert view is not None
    return view.id


@pytest.fixture
def at(house: SimpleNamespace) -> SimpleNamespace:
    return found.world(house.firm, account("operator-compliance"))


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_queue_says_each_finding_in_a_sentence_and_a_campaign_once(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    page = text(client.get(f"{BASE}/"))
    assert "平均每天呼叫 118 个不同的人" in page
    assert "得分 13。 最突出的是： 呼叫已拒绝的人、少有人回拨、呼叫人数多。" in page  # a score alone says little
    assert f"{BASE}/{at.one}/" in page  # the higher one of two stands for the campaign
    assert f'data-href="{BASE}/{at.other}/"' not in page
    assert f"{BASE}/campaigns/{at.campaign}/" in page
    assert not [digits for digits in (*found.ROGUES, "13900008888", "13812345678") if digits in page]


@pytest.mark.parametrize(
    ("asked", "seen", "unseen"),
    [
        ("kind=holder", "holder", "mass"),
        ("rule=bombed", "bombed", "mass"),
        ("verdict=suspicion", "suspicion", "mass"),
        ("least=40", "one", "mass"),
        ("state=all", "mass", ""),
        ("state=cased", "", "mass"),
        ("holder=0", "mass", ""),
        ("after=3", "suspicion", "one"),
        ("kind=x&rule='&least=-1&day=32&holder=99999999999999999999&after=x&order=;", "mass", ""),
    ],
)
def test_the_queue_is_filtered(at: SimpleNamespace, desk: Log_in, asked: str, seen: str, unseen: str) -> None:
    page = text(desk("operator-auditor").get(f"{BASE}/?{asked}"))
    row = 'data-href="{base}/{ident}/"'
    assert not seen or row.format(base=BASE, ident=getattr(at, seen)) in page
    assert not unseen or row.format(base=BASE, ident=getattr(at, unseen)) not in page


def test_pages_of_findings_go_on(at: SimpleNamespace, desk: Log_in, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai.web.console.detection import listing

    monkeypatch.setattr(listing, "PAGE", 2)
    client = desk("operator-auditor")
    seen: list[str] = []
    address = f"{BASE}/?order=calls"
    while address:
        page = text(client.get(address))
        seen += re.findall(r'data-href="(/console/findings/\d+/)"', page)
        more = re.search(r'href="\?([^"]*after=\d+)"', page)
        address = f"{BASE}/?{more[1].replace('&amp;', '&')}" if more else ""
    assert len(seen) == len(set(seen)) == 7


def test_a_finding_shows_why_how_it_adds_up_and_the_calls(at: SimpleNamespace, desk: Log_in) -> None:
    page = text(desk("operator-auditor").get(f"{BASE}/{at.mass}/"))
    assert "81%" in page
    assert "13.0" in page
    assert page.count('class="points term for"') == 4
    assert page.count('class="points term against"') == 2
    assert page.count("拒绝之后") == 2
    assert page.count("网关拒接") == 1
    assert queries.mark(found.pseudonym("13900000000", queries.finding(at.mass).quarter)[0]) in page  # type: ignore[union-attr]  # it is there
    assert "13900000000" not in page
    assert found.ROGUES[0] not in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>", 1)[0]  # an auditor decides on nothing


def test_bars_share_one_scale_and_the_beginning_stands_first() -> None:
    made = terms.bars([queries.Term("short", 1, 2, 10.0), queries.Term("prior", 1, -30, -30.0)])
    assert [bar.term.name for bar in made] == ["prior", "short"]
    prior, short = made
    assert (prior.x, prior.width, prior.zero) == ("0.0", "150.0", "150.0")
    assert (short.x, short.width, short.look) == ("150.0", "50.0", "for")
    assert terms.bars([]) == []


def test_a_finding_becomes_a_case_with_a_reason_and_once(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    short = client.post(f"{BASE}/{at.mass}/case/", {"reason": "好"})
    assert short.status_code == 422
    assert 'role="alert"' in text(short)
    answer = client.post(f"{BASE}/{at.mass}/case/", {"reason": "外呼特征明显，立案核实"})
    assert answer.status_code == 302
    case = int(re.findall(r"\d+", answer["Location"])[0])
    view = cases.case(case)
    assert view is not None
    assert view.ground == "detection"
    assert view.number == found.ROGUES[0]
    again = client.post(f"{BASE}/{at.mass}/case/", {"reason": "再点一次"})
    assert again.status_code == 409
    assert "已有人处理" in text(again)
    page = text(client.get(f"{BASE}/{at.mass}/"))
    assert f"/console/cases/{case}/" in page
    assert "外呼特征明显" in page
    assert "operator-compliance" in page
    file = text(client.get(f"/console/cases/{case}/"))
    assert f"{BASE}/{at.mass}/" in file
    assert "平均每天呼叫 118 个不同的人" in file


def test_a_finding_is_dismissed_with_a_reason(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    assert client.post(f"{BASE}/{at.suspicion}/dismiss/", {}).status_code == 422
    answer = client.post(f"{BASE}/{at.suspicion}/dismiss/", {"reason": "快递员，多人回拨"})
    assert answer.status_code == 302
    assert "快递员，多人回拨" in text(client.get(answer["Location"]))
    assert client.post(f"{BASE}/{at.suspicion}/dismiss/", {"reason": "再来一次"}).status_code == 409


def test_several_at_once_and_what_was_decided_meanwhile_keeps_none_of_the_others(
    at: SimpleNamespace, desk: Log_in
) -> None:
    actions.dismiss(at.suspicion, account=account("operator-admin"), reason="已由他人处理")
    client = desk("operator-compliance")
    form = {"finding": [at.one, at.suspicion, at.other, at.one], "reason": "同一活动，一并立案", "do": "case"}
    page = text(client.post(f"{BASE}/many/", form, follow=True))
    assert "已处理 2 条线索" in page
    assert "已有人处理" in page
    assert {view.state for view in queries.findings(queries.Wanted(states=(), campaign=at.campaign))} == {"cased"}


@pytest.mark.parametrize(
    "form",
    [
        {"finding": [], "reason": "没有勾选", "do": "case"},
        {"finding": ["x", "-1", "9" * 30], "reason": "乱写编号", "do": "dismiss"},
        {"finding": ["{mass}"], "reason": "短", "do": "case"},
        {"finding": ["{mass}"], "reason": "理由充分", "do": "delete"},
        {"finding": ["{mass}"], "reason": "理由充分", "do": "case", "campaign": "C-20261121-1", "finding2": ["1"]},
    ],
)
def test_bad_forms_are_told_and_change_nothing(at: SimpleNamespace, desk: Log_in, form: dict[str, Any]) -> None:
    client = desk("operator-compliance")
    good = "campaign" in form
    sent = {**form, "finding": [one.format(mass=at.mass) for one in form["finding"]]}
    answer = client.post(f"{BASE}/many/", sent)
    assert answer.status_code == (302 if good else 422)
    assert good or 'role="alert"' in text(answer)
    state = queries.finding(at.mass).row.state  # type: ignore[union-attr]  # it is there
    assert state == ("cased" if good else "new")


def test_a_campaign_stands_as_one(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-auditor")
    page = text(client.get(f"{BASE}/campaigns/"))
    assert f"{BASE}/campaigns/{at.campaign}/" in page
    assert "2 个未登记号码" in page
    page = text(client.get(f"{BASE}/campaigns/{at.campaign}/"))
    assert f"{BASE}/{at.one}/" in page
    assert f"{BASE}/{at.other}/" in page
    assert client.get(f"{BASE}/campaigns/none/").status_code == 404
    assert client.get(f"{BASE}/campaigns/{'x' * 60}/").status_code == 404


def test_holders_and_days(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-auditor")
    page = text(client.get(f"{BASE}/holders/"))
    assert "青禾保险" in page
    assert "7.0 %" in page
    assert 'data-scatter="map"' in page
    assert "还没有检测过" not in text(client.get(f"{BASE}/holders/?day=x"))
    assert "2.4 秒" in text(client.get(f"{BASE}/days/"))


def test_pictures_have_the_figures_as_tables_behind_them() -> None:
    from datetime import date

    bins = [queries.Bin(0, 5, 40), queries.Bin(5, None, 3)]
    seen = queries.Pictures(
        first=date(2026, 11, 1), last=date(2026, 11, 2), calls=44, callees=40, hours=[0] * 9 + [44] + [0] * 14,
        answered=[0] * 9 + [43] + [0] * 14, days=[(date(2026, 11, 1), 44), (date(2026, 11, 2), 0)], talk=bins,
        recorded=43, per_callee=[queries.Bin(1, 2, 38), queries.Bin(2, 4, 2)],
        back=[queries.Back("3f9a-02c1", 1, 2, 30)], returned=1,
    )  # fmt: skip
    made = pictures.of(seen)
    assert set(made) == {"hours", "talk", "spread", "days", "back"}
    assert made["hours"]["rows"][9] == ("09", [43, 1])
    assert [row[1] for row in made["talk"]["rows"]] == [[40], [3]]
    assert made["back"]["rows"] == [("3f9a-02c1", [1, 2])]
    for one in made.values():
        assert len(one["option"]["labels"]) == len(one["rows"])
        assert [len(series["values"]) for series in one["option"]["series"]] == [len(one["rows"])] * len(one["names"])


@pytest.mark.parametrize(
    "path",
    [f"{BASE}/0/", f"{BASE}/99999999999999999999999/", f"{BASE}/77/number/", f"{BASE}/rules/77/", f"{BASE}/runs/77/",
     f"{BASE}/runs/77/state/", f"{BASE}/rules/99999999999999999999999/", f"{BASE}/runs/99999999999999999999999/"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(at: SimpleNamespace, desk: Log_in, path: str) -> None:
    assert desk("operator-admin").get(path).status_code == 404


def test_a_trunk_has_no_pictures(at: SimpleNamespace, desk: Log_in) -> None:
    assert desk("operator-admin").get(f"{BASE}/{at.trunk}/number/").status_code == 404


def test_the_first_page_says_what_waits(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    page = text(client.get("/console/"))
    assert "待办" in page
    assert "待处理的重点线索" in page
    assert "待启用的规则版本" in page
    assert '<b class="figure">6</b> <span>待处理的重点线索' in page
    client.logout()
    assert "待启用的规则版本" in text(desk("operator-auditor").get("/console/"))


def test_everything_that_rules_say_has_its_words(house: SimpleNamespace) -> None:
    measures = {test.measure for rule in RULES for test in rule.tests}
    assert measures - set(words.MEASURES) == set()
    assert set(CODES) - set(words.RULES) == set()
    assert {"prior", *TERMS} - set(words.TERMS) == set()
    assert set(queries.settable()) - set(words.SETTINGS) == set()
    known = profile().settings
    for name, value in form.present().items():
        if isinstance(value, dict):
            assert set(value) - set(words.THRESHOLDS) == set(), name
        else:
            assert known[f"detection.{name}"].unit in words.UNITS, name


OPERATOR = ("operator-admin", "operator-compliance", "operator-operations", "operator-auditor")
OTHERS = ("firm-admin", "firm-compliance", "other-auditor")
MAY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            f"GET {BASE}/", f"GET {BASE}/campaigns/", f"GET {BASE}/campaigns/{{campaign}}/", f"GET {BASE}/holders/",
            f"GET {BASE}/days/", f"GET {BASE}/rules/", f"GET {BASE}/rules/{{rules}}/", f"GET {BASE}/runs/{{run}}/",
            f"GET {BASE}/runs/{{run}}/state/", f"GET {BASE}/{{mass}}/",
        ),
        OPERATOR,
    ),
    **dict.fromkeys(
        (
            f"GET {BASE}/rules/new/", f"POST {BASE}/rules/new/", f"POST {BASE}/rules/{{rules}}/run/",
            f"POST {BASE}/rules/{{rules}}/drop/", f"POST {BASE}/{{mass}}/case/", f"POST {BASE}/{{mass}}/dismiss/",
            f"POST {BASE}/many/",
        ),
        OPERATOR[:2],
    ),
    f"POST {BASE}/rules/{{rules}}/live/": OPERATOR[:1],  # of those who may, compliance proposed it itself
}  # fmt: skip


def test_every_role_and_every_act(at: SimpleNamespace, client: Client) -> None:
    """Each cell of roles and acts: let in (whatever the act then finds), or refused."""
    wrong = []
    for who in (*OPERATOR[::-1], *OTHERS, ""):
        client.logout()
        if who:
            client.force_login(get_user_model().objects.get(username=who))
        for act, may in MAY.items():
            method, path = act.format(**vars(at)).split(" ", 1)
            answer = client.get(path) if method == "GET" else client.post(path)  # nothing is filled in: nothing is done
            let_in = answer.status_code not in (403, 404) and not str(answer.get("Location", "")).startswith("/login/")
            if let_in != (who in may):
                wrong.append((who, act, answer.status_code))
    assert wrong == []


def test_a_number_that_several_rules_found_stands_once_and_names_them(at: SimpleNamespace, desk: Log_in) -> None:
    again = actions.record([found.judged(found.ROGUES[0], "high_frequency", holder=0)], by=By.DAY, rules=0).new[0]
    client = desk("operator-compliance")
    page = text(client.get(f"{BASE}/"))
    assert f'data-href="{BASE}/{at.mass}/"' in page
    assert f'data-href="{BASE}/{again}/"' not in page
    assert "同时命中： 一小时内高频呼叫。" in page
    client.post(f"{BASE}/many/", {"finding": [at.mass], "do": "dismiss", "reason": "客户自己的号码"})
    view = queries.finding(again)
    assert view is not None
    assert view.row.state == "dismissed"  # decided with it, as the page says
    assert "同时命中" not in text(client.get(f"{BASE}/"))


def test_a_finding_stands_for_a_suspicion_about_the_same_number(at: SimpleNamespace, desk: Log_in) -> None:
    better = actions.record([found.judged("13900008888", "mass", score=3.2)], by=By.DAY, rules=0).new[0]
    page = text(desk("operator-compliance").get(f"{BASE}/"))
    assert f'data-href="{BASE}/{better}/"' in page
    assert f'data-href="{BASE}/{at.suspicion}/"' not in page


def test_who_is_being_bombed_comes_first_and_has_no_score(at: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    page = text(client.get(f"{BASE}/"))
    assert page.index(f'data-href="{BASE}/{at.bombed}/"') < page.index(f'data-href="{BASE}/{at.mass}/"')
    own = text(client.get(f"{BASE}/{at.bombed}/"))
    assert "这里只看规则" in own
    assert f"最多 {actions.MOST_NUMBERS} 个" in own  # whose numbers are opened, and how many
    assert "使用主体</dt>" not in own


def test_a_threshold_says_on_which_side_of_it(at: SimpleNamespace, desk: Log_in) -> None:
    page = text(desk("operator-compliance").get(f"{BASE}/{at.mass}/"))
    assert '<td class="num">118</td><td class="num">≥ 60</td>' in page
    assert '<td class="num">0.8</td><td class="num">≤ 4</td>' in page
    assert "&gt; 60" in text(desk("operator-compliance").get(f"{BASE}/{at.suspicion}/"))


def test_a_filter_that_has_no_box_is_told_and_kept(at: SimpleNamespace, house: SimpleNamespace, desk: Log_in) -> None:
    client = desk("operator-compliance")
    day = queries.finding(at.mass).row.day.isoformat()  # type: ignore[union-attr]  # it is there
    page = text(client.get(f"{BASE}/?holder={house.firm}&day={day}"))
    assert "只显示与青禾保险及其号码有关的线索。" in page
    assert f"只显示 {day} 的线索。" in page
    assert f'name="day" value="{day}"' in page
    for asked in ("0001-01-01", "9999-12-31", "x"):
        assert client.get(f"{BASE}/?day={asked}").status_code == 200
        assert client.get(f"{BASE}/holders/?day={asked}").status_code == 200


def test_a_shadow_run_names_the_trunk_that_it_would_hit(
    at: SimpleNamespace, house: SimpleNamespace, desk: Log_in
) -> None:
    apps.get_model("detection", "ShadowHit").objects.filter(run=at.run, change="new").update(
        kind="trunk", head=house.trunk, tail=0, quarter="", rule="spoofing_trunk", reason=["", {}], terms=[], holder=0
    )
    assert "haidong-1" in text(desk("operator-compliance").get(f"{BASE}/runs/{at.run}/"))


def test_the_queue_counts_its_lines(at: SimpleNamespace, desk: Log_in) -> None:
    """Else the first page of the console says 58, and the queue shows 19."""
    before = queries.counts()
    actions.record([found.judged(found.ROGUES[0], "high_frequency")], by=By.DAY, rules=0)
    after = queries.counts()
    assert (after["finding"], after["suspicion"]) == (before["finding"], before["suspicion"])
    assert after["new"] == before["new"] + 1
    lines = queries.findings(queries.Wanted(folded=True))
    assert after["finding"] == sum(row.verdict == "finding" for row in lines)


def test_a_number_that_nobody_has_is_no_case_and_the_page_says_where_to_look(
    at: SimpleNamespace, house: SimpleNamespace, desk: Log_in
) -> None:
    shown = found.judged("19900011", "mass", trunk=house.trunk)
    shown.figures["unallocated"] = 256
    ident = actions.record([shown], by=By.DAY, rules=0).new[0]
    page = text(desk("operator-compliance").get(f"{BASE}/{ident}/"))
    assert "无法对其立案" in page
    assert "请核查送来这些呼叫的中继 haidong-1。" in page
    assert f'action="{BASE}/{ident}/case/"' not in page
    assert f'action="{BASE}/{ident}/dismiss/"' in page


def test_sent_twice_or_by_two_officers_it_is_one_case(at: SimpleNamespace, desk: Log_in) -> None:
    first, second = desk("operator-compliance"), Client()
    second.force_login(get_user_model().objects.get(username="operator-admin"))
    said, problems_said = {"reason": "特征明显，立案核实"}, str(words.SENTENCES["detection.decided"][0])
    assert first.post(f"{BASE}/{at.mass}/case/", said).status_code == 302
    for client in (first, second):
        answer = client.post(f"{BASE}/{at.mass}/case/", said)
        assert answer.status_code == 409
        assert problems_said in text(answer)
    assert second.post(f"{BASE}/{at.mass}/dismiss/", said).status_code == 409
    view = queries.finding(at.mass)
    assert view is not None
    assert len(view.cases) == 1


def test_no_form_of_a_finding_is_taken_from_elsewhere(at: SimpleNamespace, house: SimpleNamespace) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(username="operator-compliance"))
    for path in (f"{at.mass}/case/", f"{at.mass}/dismiss/", "many/", f"rules/{at.rules}/live/", "rules/new/"):
        assert strict.post(f"{BASE}/{path}", {"reason": "立案核实", "finding": [at.mass]}).status_code == 403, path
    assert queries.finding(at.mass).row.state == "new"  # type: ignore[union-attr]  # it is there
