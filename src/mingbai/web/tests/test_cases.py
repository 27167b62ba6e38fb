"""The desk of cases, who may do what there, what a firm and a person see of measures against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingbai.cases import actions, queries
from mingbai.cases.rules import Party
from mingbai.cases.tests.desk import ROGUE, SECOND, VERIFIER, Desk
from mingbai.cases.tests.reporting import world
from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people
from mingbai.people import queries as identities

PASSWORD = "spring-rain-2026"
Log_in = Callable[[str], Client]


@pytest.fixture
def at(house: SimpleNamespace) -> Iterator[Desk]:
    """A call centre, called `house.firm` in this house, that is reported; an authority beside."""
    with world() as made:
        resource = numbers.register_number(
            first=parse(ROGUE), holder=house.firm, principal=house.other, use="marketing"
        )
        authority = people.create_organisation(name="海东通信管理局", kind="authority")
        for role in ("compliance", "auditor"):
            people.create_account(username=f"authority-{role}", password=PASSWORD, organisation=authority, role=role)
        yield Desk(made, house.operator, house.firm, house.other, resource)


def account(name: str) -> int:
    found = identities.account(name)
    assert found is not None
    return found.id


def found(at: Desk, **more: Any) -> int:
    """A case verified and found by operator-compliance."""
    case = at.reported(1, 2, 3)
    at.verified(case, account=account("operator-compliance"))
    actions.find(case, finding="marketing", text="未经同意反复推销", account=account("operator-compliance"))
    return case


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_whole_way_at_the_desk(at: Desk, desk: Log_in) -> None:
    case = at.reported(1, 2, 3)
    client = desk("operator-compliance")
    page = text(client.get("/console/cases/"))
    assert f"/console/cases/{case}/" in page
    base = f"/console/cases/{case}"
    assert client.post(f"{base}/take/").status_code == 302
    early = client.post(f"{base}/find/", {"finding": "marketing", "text": "看起来是推销"})
    assert early.status_code == 409  # nothing was looked at
    for kind, seen in (("pattern", "confirms"), ("sample", "impossible"), ("test_call", "undecided")):
        answer = client.post(f"{base}/check/", {"kind": kind, "seen": seen, "note": "据实记录所见"})
        assert answer.status_code == 302, text(answer)
    assert client.post(f"{base}/ask/", {"text": "请说明外呼名单来源"}).status_code == 302
    (asked,) = queries.questions_to(Party(organisation=at.centre))
    actions.answer_question(asked.id, party=Party(organisation=at.centre), text="客户回访，附凭证")
    client.post(f"{base}/check/", {"kind": "holder_answer", "seen": "undecided", "note": "答复未附凭证"})
    assert client.post(f"{base}/find/", {"finding": "marketing", "text": "未经同意反复推销"}).status_code == 302
    seen = text(client.get(f"{base}/foresee/", {"kind": "limit", "scope": "number", "per_hour": "1"}))
    assert "3" in seen
    wish = {"kind": "limit", "scope": "number", "days": "30", "per_hour": "5", "reason": "多人举报，核实属实"}
    assert client.post(f"{base}/measure/", wish).status_code == 302
    heavy = {"kind": "suspend", "scope": "number", "days": "30", "reason": "多人举报，核实属实"}
    assert client.post(f"{base}/measure/", heavy).status_code == 302
    light, waiting = queries.case(case).measures  # type: ignore[union-attr]  # it is there
    assert (light.stage, waiting.stage) == ("standing", "proposed")
    assert client.post(f"/console/cases/measures/{waiting.id}/approve/").status_code == 403  # the verifier's own
    page = text(client.get(base + "/"))
    assert [word for word in ("呼叫特征", "按时段", "既往案件", "拒绝后呼叫", "复核") if word not in page] == []
    assert not any(f"1380000000{n}" in page for n in (1, 2, 3))


def test_a_second_person_approves(at: Desk, desk: Log_in) -> None:
    case = found(at)
    waiting = at.measure(case, account=account("operator-compliance"))
    client = desk("operator-admin")
    assert f"/measures/{waiting}/approve/" in text(client.get("/console/cases/approvals/"))
    assert client.post(f"/console/cases/measures/{waiting}/approve/").status_code == 302
    assert at.stage(waiting) == "standing"
    assert client.post(f"/console/cases/measures/{waiting}/approve/").status_code == 409
    assert client.post(f"/console/cases/measures/{waiting}/lift/", {"reason": "好"}).status_code == 422  # no reason
    assert client.post(f"/console/cases/measures/{waiting}/lift/", {"reason": "已整改，提前解除"}).status_code == 302
    assert at.stage(waiting) == "lifted"


def test_a_recording_is_given_for_a_reason(at: Desk, desk: Log_in) -> None:
    case = found(at)
    sample = at.view(case).samples[0]
    client = desk("operator-compliance")
    answer = client.post(f"/console/cases/samples/{sample.id}/", {"reason": "复核录音内容"})
    assert answer.content.startswith(b"#!AMR")
    assert answer["Cache-Control"] == "no-store"
    assert client.post(f"/console/cases/samples/{sample.id}/", {"reason": ""}).status_code == 302
    assert len(at.view(case).looks) == 1


def test_a_firm_reads_answers_appeals_and_sees_its_conduct(at: Desk, desk: Log_in) -> None:
    case = found(at)
    made = at.stands(case)
    client = desk("firm-compliance")
    page = text(client.get("/enterprise/measures/"))
    assert "每万次呼叫举报数" in page
    (notice,) = queries.notices_of(Party(organisation=at.centre))
    assert f"/enterprise/measures/{notice.id}/" in page
    page = text(client.get(f"/enterprise/measures/{notice.id}/"))
    assert "所需材料" in page
    assert not any(f"1380000000{n}" in page or "138****" in page for n in (1, 2, 3))
    assert queries.unread(Party(organisation=at.centre)) == 0
    answer = client.post(f"/enterprise/measures/{notice.id}/", {"text": "系预约回访，附同意凭证"})
    assert answer.status_code == 302
    assert "待审理" in text(client.get(f"/enterprise/measures/{notice.id}/"))
    (appeal,) = at.view(case).appeals
    client.logout()
    client = desk("operator-compliance")  # who verified
    path = f"/console/appeals/{appeal.id}/"
    assert "您参与过本案" in text(client.get(path))
    form = {"answer": "凭证属实，予以更正", "outcome": "upheld", "finding": "legitimate"}
    assert client.post(path, form).status_code == 403
    client.logout()
    client = desk("operator-admin")
    assert client.post(path, form).status_code == 302
    assert at.stage(made) == "lifted"


def test_another_firm_sees_nothing_of_it(at: Desk, desk: Log_in) -> None:
    case = found(at)
    at.stands(case)
    (notice,) = queries.notices_of(Party(organisation=at.centre))
    client = desk("other-admin")
    assert client.get(f"/enterprise/measures/{notice.id}/").status_code == 404
    assert client.post(f"/enterprise/measures/{notice.id}/", {"text": "与我无关的申诉"}).status_code == 404
    assert client.get(f"/console/cases/{case}/").status_code == 403
    assert f"/enterprise/measures/{notice.id}/" not in text(client.get("/enterprise/measures/"))


def test_a_person_reads_answers_and_appeals(at: Desk, me: Client, house: SimpleNamespace) -> None:
    case = at.reported(1, 2, 3, number=house.phone)
    actions.take_up(case, account=VERIFIER)
    asked = actions.ask_holder(case, text="请说明近期呼叫用途", account=VERIFIER, page="https://x.cn/my/measures/")
    page = text(me.get("/my/measures/"))
    assert "请说明近期呼叫用途" in page
    assert me.post(f"/my/measures/questions/{asked}/", {"text": "是我家人在用这张卡"}).status_code == 302
    assert me.post(f"/my/measures/questions/{asked}/", {"text": "再答一次可以吗"}).status_code == 409
    for kind in ("pattern", "sample", "test_call", "holder_answer"):
        seen = "confirms" if kind == "pattern" else "impossible"
        actions.check(case, kind=kind, seen=seen, note="据实记录所见", account=VERIFIER)
    actions.find(case, finding="malicious", text="短时间内反复呼叫", account=VERIFIER)
    made = at.measure(case, "limit", limits=(0, 5, 0), account=VERIFIER)
    (notice,) = queries.notices_of(Party(subscriber=house.subscriber))
    assert "所需材料" in text(me.get(f"/my/measures/{notice.id}/"))
    assert me.post(f"/my/measures/{notice.id}/", {"text": "这是误会，请核查"}).status_code == 302
    (appeal,) = at.view(case).appeals
    actions.decide_appeal(appeal.id, account=SECOND, outcome="upheld", text="核查属实，已更正", page="https://x.cn")
    assert at.stage(made) == "lifted"
    assert "核查属实" in text(me.get(f"/my/measures/{notice.id}/"))


OPERATOR = ("operator-admin", "operator-compliance", "operator-operations", "operator-auditor")
FIRM = ("firm-admin", "firm-compliance", "firm-operations", "firm-auditor")
AUTHORITY = ("authority-compliance", "authority-auditor")
# Of every act those who may; everybody else is refused, whatever the case is in.
MAY: dict[str, tuple[str, ...]] = {
    "GET /console/cases/": OPERATOR,
    "GET /console/cases/approvals/": OPERATOR,
    "GET /console/cases/{case}/": (*OPERATOR, *AUTHORITY),
    "GET /console/cases/{case}/picture/": (*OPERATOR, *AUTHORITY),
    "GET /console/cases/{case}/foresee/?kind=warn&scope=holder": OPERATOR[:2],
    "POST /console/cases/open/": OPERATOR[:2],
    "POST /console/cases/{case}/take/": OPERATOR[:2],
    "POST /console/cases/{case}/check/": OPERATOR[:2],
    "POST /console/cases/{case}/sample/": OPERATOR[:2],
    "POST /console/cases/{case}/ask/": OPERATOR[:2],
    "POST /console/cases/{case}/find/": OPERATOR[:2],
    "POST /console/cases/{case}/measure/": OPERATOR[:2],
    "POST /console/cases/{case}/close/": OPERATOR[:2],
    "POST /console/cases/{case}/hand-over/": OPERATOR[:2],
    "POST /console/cases/samples/{sample}/": OPERATOR[:2],
    "POST /console/cases/evidence/1/": OPERATOR[:2],
    "POST /enterprise/keys/label-hook/": (OPERATOR[0], FIRM[0]),
    "POST /console/cases/measures/{measure}/approve/": OPERATOR[:2],
    "POST /console/cases/measures/{measure}/decline/": OPERATOR[:2],
    "POST /console/cases/measures/{measure}/lift/": OPERATOR[:2],
    "GET /console/appeals/{appeal}/": OPERATOR[:2],
    "POST /console/appeals/{appeal}/": OPERATOR[:2],
    "GET /enterprise/measures/": (*OPERATOR, *FIRM, *AUTHORITY),
    "GET /enterprise/measures/{notice}/": FIRM,
    "POST /enterprise/measures/{notice}/": FIRM[:2],
    "POST /enterprise/measures/questions/{question}/": (*OPERATOR[:2], *FIRM[:2], AUTHORITY[0]),
}


def test_every_role_and_every_act(at: Desk, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell of roles and acts: let in (whatever the act then finds), or refused."""
    case = found(at)
    measure = at.stands(case)
    appeal = actions.appeal_case(case, party=Party(organisation=at.centre), text="系预约回访，附凭证")
    (notice,) = queries.notices_of(Party(organisation=at.centre))
    view = at.view(case)
    names = {
        "case": case, "measure": measure, "appeal": appeal, "notice": notice.id, "sample": view.samples[0].id,
        "question": view.questions[0].id,
    }  # fmt: skip
    wrong = []
    from django.contrib.auth import get_user_model

    for who in (*OPERATOR, *FIRM, *AUTHORITY, ""):
        client.logout()
        if who:
            client.force_login(get_user_model().objects.get(username=who))
        for act, may in MAY.items():
            method, path = act.format(**names).split(" ", 1)
            answer = client.get(path) if method == "GET" else client.post(path)  # nothing is filled in: nothing is done
            let_in = answer.status_code not in (403, 404) and not str(answer.get("Location", "")).startswith("/login/")
            if answer.status_code == 403 and b"cases." in answer.content:
                let_in = True
            if let_in != (who in may):
                wrong.append((who, act, answer.status_code))
    assert wrong == []


def test_what_a_reporter_adds_is_seen_by_who_verifies_alone(at: Desk, desk: Log_in, me: Client) -> None:
    mine = identities.subscriber_id(parse("13812345678"))
    assert mine is not None
    at.world.call(ROGUE, "13812345678")
    filed = at.world.report("13812345678")
    page = text(me.get(f"/my/reports/{filed.id}/"))
    assert f"/my/reports/{filed.id}/evidence/" in page
    sent = {"file": SimpleUploadedFile("通话.wav", b"RIFF\x00 a call"), "sms": "【某某贷】额度已到账"}
    assert me.post(f"/my/reports/{filed.id}/evidence/", sent).status_code == 302
    wrong = me.post(f"/my/reports/{filed.id}/evidence/", {"file": SimpleUploadedFile("a.wav", b"MZ program")})
    assert wrong.status_code == 422
    assert "录音" in text(wrong)
    assert me.post(f"/my/reports/{at.world.report('13800000009').id}/evidence/", {"sms": "别人的"}).status_code == 404
    case = at.reported(1, 2, 3)
    evidence, _sms = queries.evidence_of_case(case)
    staff = Client()
    for name, taken in (("operator-admin", False), ("operator-compliance", True)):
        staff.post("/login/", {"username": name, "password": PASSWORD})
        if taken:
            staff.post(f"/console/cases/{case}/take/")
        shown = text(staff.get(f"/console/cases/{case}/"))
        assert "通话.wav" in shown
        assert (f"/console/cases/evidence/{evidence.id}/" in shown) == taken
        answer = staff.post(f"/console/cases/evidence/{evidence.id}/", {"reason": "听取录音内容"})
        assert answer.status_code == (200 if taken else 403)
    assert answer.content == b"RIFF\x00 a call"
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("audio/wav", "no-store")
    assert "听取录音内容" in text(staff.get(f"/console/cases/{case}/"))


def test_a_case_is_handed_to_a_colleague_with_a_button(at: Desk, desk: Log_in) -> None:
    case = at.reported(1, 2, 3)
    client = desk("operator-compliance")
    client.post(f"/console/cases/{case}/take/")
    page = text(client.get(f"/console/cases/{case}/"))
    assert f"/console/cases/{case}/hand-over/" in page
    assert "operator-auditor" not in page, "who may not verify is not offered"
    base = f"/console/cases/{case}/hand-over/"
    for wrong in (account("operator-auditor"), account("firm-compliance"), 0):
        assert client.post(base, {"to": str(wrong)}).status_code == 422
    assert client.post(base, {"to": str(account("operator-admin"))}).status_code == 302
    assert at.view(case).verifier == account("operator-admin")
    assert client.post(base, {"to": str(account("operator-admin"))}).status_code == 409  # not one's own any more
