"""A refused call, from the card that its answer names to the appeal and its answer. RFC 8688."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from mingbai.cases import queries as cases
from mingbai.consent import actions as consent
from mingbai.gate import feed, journal
from mingbai.gate.check import Answer, Gate
from mingbai.gate.feed import segments
from mingbai.gate.hosts.sip.answers import reply
from mingbai.gate.hosts.sip.config import Config
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.terms import Decision
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.notices import queries as messages
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
PASSWORD = "spring-rain-2026"
FIRM_NUMBER, CALLED, CALLING, STRANGE = "4008109889", "13812345678", "13911112222", "13700001111"


class Town:
    """An operator, a call centre that calls for an insurer, another firm, people, and a gate that knows them."""

    def __init__(self, home: Home) -> None:
        self.operator = people.create_organisation(name="海东移动", kind="operator", industry="telecom")
        self.centre = people.create_organisation(name="正道呼叫", kind="call_centre")
        self.insurer = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
        self.other = people.create_organisation(name="白鹭湾地产", kind="enterprise", industry="property")
        for name in ("operator", "centre", "insurer", "other"):
            for role in ("admin", "auditor"):
                where = getattr(self, name)
                people.create_account(username=f"{name}-{role}", password=PASSWORD, organisation=where, role=role)
        trunk = numbers.create_trunk("haidong-1", self.operator)
        numbers.register_number(
            first=parse(FIRM_NUMBER),
            holder=self.centre,
            principal=self.insurer,
            use="marketing",
            trunks=[trunk],
            outbound_committed=True,
        )
        self.called = people.ensure_subscriber(parse(CALLED))
        consent.refuse(subscriber=self.called, principal=self.insurer, how="sms")
        consent.block(subscriber=self.called, kind="number", value=CALLING)
        integrate()
        feed.rebuild(home)
        self.gate, self.gate_runs = Gate(home), True

    def refused(self, caller: str) -> str:
        """A call that the gate refuses; its verdict's id."""
        return str(self.answer(caller).receipt)

    def answer(self, caller: str) -> Answer:
        """What the gate says to a call that it refuses."""
        answer = self.gate.attempt(self.gate.question(parse(caller), parse(CALLED), trunk="haidong-1"))
        assert answer.verdict.decision == Decision.REFUSE, answer.verdict
        assert answer.receipt
        return answer


@pytest.fixture
def town(house: Home, settings: Any) -> Iterator[Town]:
    cache.clear()
    settings.PUBLIC_URL = "https://mingbai.example.cn"
    settings.REDRESS_EMAIL = "shensu@haidong.example"
    settings.REDRESS_TEL = "+8610086"
    made = Town(house)
    yield made
    if made.gate_runs:
        made.gate.close()


def integrate() -> None:
    while order.integrate():
        pass


def seal(home: Home, town: Town) -> None:
    """What the work loop does within a minute or two: the segment closed, stored, anchored, in order."""
    town.gate.close()
    town.gate_runs = False
    while segments.collect(home):
        pass
    integrate()


def logged_in(username: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def by_code(number: str, back: str) -> tuple[Client, Any]:
    """Somebody who logs in from the page by SMS code, and where that leads."""
    client = Client()
    assert client.post("/my/login/", {"number": number, "next": back}).headers["Location"] == "/my/code/"
    texts = [one.text for one in messages.messages(people.ensure_subscriber(parse(number))) if one.template == "code"]
    answer = client.post("/my/code/", {"code": re.findall(r"\d{4,8}", texts[0])[0]})
    return client, answer


def text(answer: Any) -> str:
    return str(answer.content.decode())


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


def parts(answer: Any) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """(header, payload, what was signed, r ‖ s) of a compact JWS, read without this project's code."""
    head, body, signature = text(answer).split(".")

    def raw(part: str) -> bytes:
        assert "=" not in part
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))

    return json.loads(raw(head)), json.loads(raw(body)), f"{head}.{body}".encode(), raw(signature)


def jcard(answer: Any) -> list[Any]:
    found: list[Any] = parts(answer)[1]["jcard"]
    return found


def dict_of(card: list[Any]) -> dict[str, str]:
    assert card[0] == "vcard"
    assert card[1][0] == ["version", {}, "text", "4.0"]
    assert all(len(line) == 4 and isinstance(line[1], dict) for line in card[1])
    return {line[0]: line[3] for line in card[1]}


Openssl = Callable[..., str]


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    def run(*arguments: str) -> str:
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    return run


def der(signature: bytes) -> bytes:
    """r ‖ s as the ASN.1 that openssl reads (RFC 3279 2.2.3), written by hand."""

    def integer(raw: bytes) -> bytes:
        bare = raw.lstrip(b"\0") or b"\0"
        bare = b"\0" + bare if bare[0] & 0x80 else bare
        return b"\x02" + bytes([len(bare)]) + bare

    assert len(signature) == 64
    body = integer(signature[:32]) + integer(signature[32:])
    return b"\x30" + bytes([len(body)]) + body


def check(openssl: Openssl, folder: Path, signed: bytes, signature: bytes, certificate: bytes) -> bool:
    (folder / "chain.pem").write_bytes(certificate)
    (folder / "signed").write_bytes(signed)
    (folder / "signature").write_bytes(der(signature))
    (folder / "key.pem").write_text(openssl("x509", "-in", "chain.pem", "-pubkey", "-noout"))
    try:
        openssl("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "signed")
    except subprocess.CalledProcessError:
        return False
    return True


def test_the_card_is_what_rfc_8688_says_and_openssl_believes_it(
    town: Town, openssl: Openssl, tmp_path: Path, house: Home
) -> None:
    (house.keys / "redress.key").unlink()  # a home from before this existed
    before = clock.now_s()
    verdict = town.refused(FIRM_NUMBER)
    answer = Client().get(f"/redress/{verdict}.jws")
    assert answer.headers["Content-Type"] == "application/jose"
    header, payload, signed, signature = parts(answer)
    assert header == {"alg": "ES256", "typ": "vcard+json", "x5u": "https://mingbai.example.cn/redress/certificate.pem"}
    assert set(payload) == {"iat", "jcard"}
    assert before <= payload["iat"] <= clock.now_s()
    said = dict_of(payload["jcard"])
    assert said["fn"] == "海东移动"
    assert said["url"] == f"https://mingbai.example.cn/redress/{verdict}"
    assert (said["email"], said["tel"]) == ("shensu@haidong.example", "tel:+8610086")
    served = Client().get(urlsplit(header["x5u"]).path)
    assert served.headers["Content-Type"] == "application/pem-certificate-chain"
    assert check(openssl, tmp_path, signed, signature, served.content)
    assert not check(openssl, tmp_path, signed.replace(b".", b"e."), signature, served.content)
    told = openssl("x509", "-in", "chain.pem", "-noout", "-subject", "-ext", "subjectAltName,keyUsage")
    assert "mingbai.example.cn" in told
    assert "Digital Signature" in told
    assert Client().get("/redress/certificate.pem").content == served.content


def test_a_card_is_the_same_whoever_was_called_and_whyever(town: Town) -> None:
    """But for its time and its page nothing differs: the card tells nothing of the called person or the rule."""
    firm, person = (Client().get(f"/redress/{town.refused(caller)}.jws") for caller in (FIRM_NUMBER, CALLING))
    left, right = dict_of(jcard(firm)), dict_of(jcard(person))
    assert {**left, "url": ""} == {**right, "url": ""}
    assert parts(firm)[0] == parts(person)[0]


def test_an_operator_s_own_key_and_certificate_are_taken(
    town: Town, house: Home, openssl: Openssl, tmp_path: Path
) -> None:
    making = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=haidong")
    openssl("req", "-x509", *making, "-keyout", "own.key", "-out", "own.crt")
    both = (tmp_path / "own.key").read_bytes() + (tmp_path / "own.crt").read_bytes()
    (house.keys / "redress.pem").write_bytes(both)
    verdict = town.refused(FIRM_NUMBER)
    _, _, signed, signature = parts(Client().get(f"/redress/{verdict}.jws"))
    served = Client().get("/redress/certificate.pem").content
    assert served == (tmp_path / "own.crt").read_bytes()
    assert check(openssl, tmp_path, signed, signature, served)
    openssl("genrsa", "-out", "rsa.key", "2048")
    (house.keys / "redress.pem").write_bytes((tmp_path / "rsa.key").read_bytes() + (tmp_path / "own.crt").read_bytes())
    answer = Client().get(f"/redress/{verdict}.jws")
    assert answer.status_code == 500
    assert "redress.key" in text(answer)
