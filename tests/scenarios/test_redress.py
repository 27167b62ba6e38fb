"""A refused call, from the card that its answer names to the appeal and its answer. RFC 8688."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.scenarios.redress_town import (
    CALLED,
    CALLING,
    FIRM_NUMBER,
    STRANGE,
    Town,
    by_code,
    dict_of,
    jcard,
    logged_in,
    seal,
    text,
)

from mingbai.cases import queries as cases
from mingbai.gate import journal
from mingbai.gate.hosts.sip.answers import reply
from mingbai.gate.hosts.sip.config import Config
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.terms import Decision
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.notices import queries as messages
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


def test_a_firm_s_refused_call_from_the_card_to_the_answer(town: Town, house: Home) -> None:
    """The exchange follows the card; the insurer sees why, at once; it appeals; the operator answers; all is proved."""
    refusal = town.answer(FIRM_NUMBER)
    config = Config(redress="https://mingbai.example.cn")
    sip = reply(refusal, CALLED, config.default, config, profile.load(house).sip.styles, has_608=True)
    named = r"^Call-Info: <https://mingbai\.example\.cn(/\S+)>;purpose=jwscard\r$"
    (card,) = re.findall(named, sip.headers, re.MULTILINE)
    page = urlsplit(dict_of(jcard(Client().get(card)))["url"]).path
    assert page == f"/redress/{refusal.receipt}"

    public = text(Client().get(page))
    for secret in (CALLED, "138****5678", "青禾保险", "正道呼叫", "callee.refused", FIRM_NUMBER):
        assert secret not in public
    assert "海东移动" in public

    firm = logged_in("insurer-admin")
    record = text(firm.get(page))
    for told in ("被叫用户拒绝该单位来电", "138****5678", FIRM_NUMBER, "callee.refused", "民法典 1033", "607"):
        assert told in record, told
    assert CALLED not in record
    assert "尚未封存" in record
    assert "正道呼叫" in text(logged_in("centre-auditor").get(page))

    assert firm.post(f"{page}/appeal", {"text": "该用户昨日已重新同意，请核查。"}).status_code == 302
    assert "该用户昨日已重新同意" in text(firm.get(page))
    assert firm.post(f"{page}/appeal", {"text": "再申诉一次"}).status_code == 409

    staff = logged_in("operator-admin")
    assert "该用户昨日已重新同意" in text(staff.get("/console/appeals/"))
    (waiting,) = cases.appeals(state="open")
    case = f"/console/appeals/{waiting.id}/"
    assert "138****5678" in text(staff.get(case))
    assert CALLED not in text(staff.get(case))
    assert staff.post(case, {"answer": "经核查，用户未再同意，判定无误。"}).status_code == 302
    assert staff.post(case, {"answer": "另一答复"}).status_code == 409
    assert "判定无误" in text(firm.get(page))

    seal(house, town)
    assert "尚未封存" not in text(firm.get(page))
    proof = firm.post(f"{page}.tlog-proof", {"number": CALLED})
    assert proof.status_code == 200
    found = verify_receipt(text(proof), ledger.vkey())
    assert found.row is not None
    assert (found.row.content["code"], found.row.content["principal"]) == (502, town.insurer)
    told = [one.kind for one in ledger.of_subject(f"organisation:{town.insurer}")]
    assert {"cases.appealed", "cases.appeal_answered"} <= set(told)


def test_a_person_whose_call_was_refused(town: Town, house: Home) -> None:
    """Blocked by the called person; the caller logs in by SMS to their own number, appeals, and hears of the answer."""
    verdict = town.refused(CALLING)
    page = f"/redress/{verdict}"
    me, landed = by_code(CALLING, page)
    assert landed.headers["Location"] == page
    record = text(me.get(page))
    assert CALLING in record
    assert "138****5678" in record
    assert CALLED not in record
    assert me.post(f"{page}/appeal", {"text": "我从未打过这个电话，有人冒用我的号码。"}).status_code == 302
    (waiting,) = cases.appeals(state="open")
    staff = logged_in("operator-admin")
    assert "139****2222" in text(staff.get(f"/console/appeals/{waiting.id}/"))
    assert CALLING not in text(staff.get(f"/console/appeals/{waiting.id}/"))
    staff.post(f"/console/appeals/{waiting.id}/", {"answer": "已核实来话线路，冒用属实，线路已停用。"})
    last = messages.messages(people.ensure_subscriber(parse(CALLING)))[0]
    assert last.template == "appeal.answered"
    assert f"https://mingbai.example.cn{page}" in last.text
    assert "冒用属实" in text(me.get(page))
    seal(house, town)
    # A forged number's user does not learn from the receipt whom somebody called.
    assert [me.post(f"{page}.tlog-proof", {"number": f"1381234{n}678"}).status_code for n in range(5)] == [422] * 5
    assert me.post(f"{page}.tlog-proof", {"number": CALLED}).status_code == 429


def test_a_stranger_sees_nothing(town: Town) -> None:
    verdict = town.refused(FIRM_NUMBER)
    page = f"/redress/{verdict}"
    person, _ = by_code(STRANGE, page)
    called, _ = by_code(CALLED, page)
    for who in (person, called, logged_in("other-admin")):
        answer = who.get(page)
        assert answer.status_code == 403
        assert "不是从您的号码打出" in text(answer)
        assert "callee.refused" not in text(answer)
        assert who.post(f"{page}/appeal", {"text": "也给我看看"}).status_code == 404
        assert who.post(f"{page}.tlog-proof", {"number": CALLED}).status_code == 404
        assert who.post(f"{page}/look", {"reason": "想看看"}).status_code == 404
    assert cases.appeals() == []
    key = people.create_api_key(organisation=town.other, name="CRM", scopes=["consent:read"])[1]
    answer = Client().get(f"/api/v1/verdicts/{verdict}", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "cases.no_verdict")


def test_a_firm_does_not_learn_whom_others_called_with_its_number(town: Town, house: Home) -> None:
    """Its own refused call has a receipt in its list; one from a line that is not the firm's has none."""
    own = town.refused(FIRM_NUMBER)
    foreign = town.gate.attempt(town.gate.question(parse(FIRM_NUMBER), parse(CALLED), trunk="elsewhere"))
    assert foreign.verdict.rule == "trunk.foreign"
    seal(house, town)
    firm = logged_in("insurer-admin")
    links = [f"/enterprise/calls/{verdict}.tlog-proof" for verdict in (own, foreign.receipt)]
    assert [firm.get(link).status_code for link in links] == [200, 404]
    page = text(firm.get("/enterprise/"))
    assert [link in page for link in links] == [True, False]


def test_a_former_user_of_the_number_and_the_next_see_only_their_own(town: Town) -> None:
    before = town.refused(CALLING)
    me, _ = by_code(CALLING, f"/redress/{before}")
    assert me.get(f"/redress/{before}").status_code == 200
    people.recycle(parse(CALLING))
    assert me.get(f"/redress/{before}").status_code == 200  # logged out now: the public page
    assert "callee.blocked" not in text(me.get(f"/redress/{before}"))
    after = town.refused(CALLING)
    heir, _ = by_code(CALLING, f"/redress/{after}")
    assert heir.get(f"/redress/{before}").status_code == 403
    assert "callee.blocked" in text(heir.get(f"/redress/{after}"))


def test_staff_sees_it_for_a_reason_that_is_on_record_first(town: Town) -> None:
    page = f"/redress/{town.refused(FIRM_NUMBER)}"
    staff = logged_in("operator-admin")
    assert "callee.refused" not in text(staff.get(page))
    assert staff.post(f"{page}/look", {"reason": "无"}).status_code == 422
    assert staff.post(f"{page}/look", {"reason": "用户来电询问"}).status_code == 302
    assert "callee.refused" in text(staff.get(page))
    (entry,) = [
        one for one in ledger.of_subject(f"organisation:{town.centre}") if one.kind == "cases.verdict_looked_at"
    ]
    assert entry.content is not None
    assert entry.content["reason"] == "用户来电询问"
    auditor = logged_in("operator-auditor")
    assert auditor.get(page).status_code == 403
    assert auditor.post(f"{page}/look", {"reason": "用户来电询问"}).status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/redress", "javascript:alert(1)", ""])
def test_log_in_leads_nowhere_else(town: Town, elsewhere: str) -> None:
    _, landed = by_code(CALLING, elsewhere)
    assert landed.headers["Location"] == "/my/"


def test_who_reads_may_not_appeal(town: Town) -> None:
    page = f"/redress/{town.refused(FIRM_NUMBER)}"
    reader = logged_in("centre-auditor")
    assert "callee.refused" in text(reader.get(page))
    assert reader.post(f"{page}/appeal", {"text": "我们认为判定有误"}).status_code == 404


def test_the_api_says_the_same(town: Town, house: Home) -> None:
    verdict = town.refused(FIRM_NUMBER)
    logged_in("centre-admin").post(f"/redress/{verdict}/appeal", {"text": "线路已报备，请核查。"})
    key = people.create_api_key(organisation=town.centre, name="CRM", scopes=["consent:read"])[1]
    sent = {"Authorization": f"Bearer {key}"}
    answer = Client().get(f"/api/v1/verdicts/{verdict}", headers=sent)
    told = answer.json()
    assert CALLED not in text(answer)
    assert told["rule"] == "callee.refused"
    assert told["basis"]["standing"] == "law"
    assert (told["caller"], told["callee"], told["holder"]) == (FIRM_NUMBER, "138****5678", town.centre)
    assert (told["sip"], told["index"], told["decision"]) == (607, None, "refuse")
    assert (told["appeal"]["state"], told["appeal"]["text"]) == ("open", "线路已报备，请核查。")
    assert told["page"] == f"https://mingbai.example.cn/redress/{verdict}"
    ask = {"path": f"/api/v1/verdicts/{verdict}/receipt", "content_type": "application/json", "headers": sent}
    body = json.dumps({"callee": CALLED})
    assert Client().post(data=body, **ask).status_code == 409
    seal(house, town)
    assert Client().post(data=json.dumps({"callee": STRANGE}), **ask).json()["code"] == "redress.other_number"
    verify_receipt(text(Client().post(data=body, **ask)), ledger.vkey())
    narrow = people.create_api_key(organisation=town.centre, name="w", scopes=["consent:write"])[1]
    answer = Client().get(f"/api/v1/verdicts/{verdict}", headers={"Authorization": f"Bearer {narrow}"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")


def test_what_rang_and_what_never_was_are_alike_to_strangers(town: Town) -> None:
    """Who has one address cannot tell by counting on which calls rang; and tries that miss are counted."""
    refused = town.refused(FIRM_NUMBER)
    answer = town.gate.attempt(town.gate.question(parse(STRANGE), parse(CALLED), trunk="haidong-1"))
    assert answer.verdict.decision == Decision.ALLOW
    nowhere = journal.receipt_id(refused.partition("-")[0], 9_999)
    for ident in (answer.receipt, nowhere, "0" * 32 + "-0"):
        for path in (f"/redress/{ident}", f"/redress/{ident}.jws"):
            assert Client().get(path).status_code == 404, path
    codes = [Client().get(f"/redress/{nowhere}").status_code for _ in range(300)]
    assert codes[-1] == 429
    assert Client().get(f"/redress/{refused}.jws").status_code == 429


def test_erasing_a_person_takes_what_they_wrote(town: Town) -> None:
    page = f"/redress/{town.refused(CALLING)}"
    me, _ = by_code(CALLING, page)
    me.post(f"{page}/appeal", {"text": "我从未打过这个电话。"})
    people.erase(parse(CALLING), reason="用户申请注销")
    assert cases.appeals() == []


# ── the card, checked by others' means ──────────────────────────────────────────────────────────────────────────────
