"""A subscriber's pages: log-in that tells nothing, one tap that stops, receipts of one's own alone."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.people import actions as people
from mingbai.people import queries as known

pytestmark = pytest.mark.django_db
OWN = ("/my/", "/my/calls/", "/my/blocks/", "/my/record/", "/my/consents.csv", "/my/give/1/")


def test_without_log_in_nothing_is_shown(client: Client, house: SimpleNamespace) -> None:
    for path in OWN:
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/my/login/")


def test_log_in_does_not_tell_who_is_known(house: SimpleNamespace) -> None:
    pages = []
    for number in (house.phone, "13700000000"):
        client = Client()
        first = client.post("/my/login/", {"number": number})
        asked = client.get("/my/code/").content.decode()
        wrong = client.post("/my/code/", {"code": "000000"})
        said = wrong.content.decode().partition("<main")[2]
        masked = parse(number).masked
        pages.append(
            (first.status_code, first.headers["Location"], masked in asked, wrong.status_code, _plain(said, masked))
        )
    assert pages[0] == pages[1]


def _plain(page: str, masked: str) -> str:
    start, _, rest = page.replace(masked, "#").partition('name="csrfmiddlewaretoken" value="')
    return start + rest.partition('"')[2]


def test_whom_no_firm_ever_listed_logs_in_and_refuses(client: Client, house: SimpleNamespace) -> None:
    from mingbai.web.tests.conftest import code_of

    number = parse("13700000000")
    assert known.subscriber_id(number) is None
    client.post("/my/login/", {"number": number.national})
    subscriber = known.subscriber_id(number)
    assert subscriber is not None
    assert client.post("/my/code/", {"code": code_of(subscriber)}).headers["Location"] == "/my/"
    client.post("/my/stop/", {"firm": house.firm})
    assert consents.status(subscriber=subscriber, principal=house.firm, purpose="marketing") == "refused"


def test_what_is_nobody_s_phone_becomes_no_subscriber(house: SimpleNamespace) -> None:
    before = known.count_subscribers()
    assert Client().post("/my/login/", {"number": "4008109889"}).status_code == 302
    assert Client().post("/my/login/", {"number": "x"}).status_code == 422
    assert known.count_subscribers() == before


def test_codes_asked_for_are_limited_alike_for_all(house: SimpleNamespace) -> None:
    for number in (house.phone, "13700000000"):
        codes = [Client().post("/my/login/", {"number": number}).status_code for _ in range(6)]
        assert codes == [302] * 5 + [429]


def test_the_limits_are_those_of_the_profile(house: SimpleNamespace, settings: Any) -> None:
    from mingbai.web.tests.conftest import code_of

    text = settings.HOME.profile.read_text("utf-8")
    for name, value in (("code_per_hour", 3), ("code_tries", 2), ("code_minutes", 10)):
        head, _, rest = text.partition(f'[settings."notices.{name}"]\nvalue = 5\n')
        assert rest, name
        text = f'{head}[settings."notices.{name}"]\nvalue = {value}\n{rest}'
    settings.HOME.profile.write_text(text, "utf-8")
    assert [Client().post("/my/login/", {"number": "13700000000"}).status_code for _ in range(4)] == [302] * 3 + [429]
    client, now = Client(), clock.now()
    with clock.at(now):
        client.post("/my/login/", {"number": house.phone})
    with clock.at(now + timedelta(minutes=9)):
        right = code_of(house.subscriber)
        wrong = "000000" if right != "000000" else "000001"
        pages = [client.post("/my/code/", {"code": wrong}).content.decode() for _ in range(2)]
        assert ["输错次数太多" in page for page in pages] == [False, True]
        assert client.post("/my/code/", {"code": right}).status_code == 422


def test_a_code_is_good_for_five_tries(client: Client, house: SimpleNamespace) -> None:
    from mingbai.web.tests.conftest import code_of

    client.post("/my/login/", {"number": house.phone})
    right = code_of(house.subscriber)
    for _ in range(5):
        assert client.post("/my/code/", {"code": "999999" if right != "999999" else "999998"}).status_code == 422
    assert client.post("/my/code/", {"code": right}).status_code == 422
    assert client.get("/my/").status_code == 302


def test_the_session_ends_with_the_tenure(me: Client, house: SimpleNamespace) -> None:
    assert me.get("/my/").status_code == 200
    people.recycle(parse(house.phone))
    assert me.get("/my/").headers["Location"] == "/my/login/"


def test_log_in_makes_a_new_session(client: Client, house: SimpleNamespace) -> None:
    from mingbai.web.tests.conftest import code_of

    client.post("/my/login/", {"number": house.phone})
    before = client.session.session_key
    client.post("/my/code/", {"code": code_of(house.subscriber)})
    assert client.session.session_key != before
    client.post("/my/logout/")
    assert client.get("/my/").status_code == 302


def test_one_tap_stops_a_firm(me: Client, house: SimpleNamespace) -> None:
    consent.give(subscriber=house.subscriber, principal=house.firm, purpose="marketing", how="web")
    assert "1 家企业可以打给您" in me.get("/my/").content.decode()
    me.post("/my/stop/", {"firm": house.firm})
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="marketing") == "refused"
    page = me.get("/my/").content.decode()
    assert "没有企业可以向您推销" in page
    me.post(f"/my/give/{house.firm}/", {"purpose": "service"})
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="service") == "given"
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="marketing") == "refused"


def test_one_tap_beside_a_call_stops_the_firm_it_was_for(me: Client, house: SimpleNamespace, settings: Any) -> None:
    writer = journal.Writer(settings.HOME.journal, capacity=16)
    for principal, caller, kind in ((house.firm, 864008109889, Kind.TOLL_400), (0, 8613900000001, Kind.MOBILE)):
        record = journal.Record(
            at_us=clock.now_us(), caller=caller, callee=int(parse(house.phone).digits), consent=0, position=0, trunk=1,
            resource=0, holder=principal, principal=principal, age_ms=1, code=int(Code.PASSED), sip=0,
            purpose=journal.NO_PURPOSE, use=USES.index(Use.SERVICE), mode=0, decision=int(Decision.ALLOW),
            caller_kind=int(kind), callee_kind=int(Kind.MOBILE),
        )  # fmt: skip
        writer.append(tuple(record))
    writer.close()
    page = me.get("/my/calls/").content.decode()
    assert page.count("不再接听该公司") == 1
    assert page.count("拦截这个号码") == 2
    assert f'name="firm" value="{house.firm}"' in page
    answer = me.post("/my/stop/", {"firm": house.firm, "from": "calls"})
    assert answer.headers["Location"] == "/my/calls/"
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="service") == "refused"
    assert "不再接听该公司" not in me.get("/my/calls/").content.decode()


def test_one_purpose_alone_and_all_at_once(me: Client, house: SimpleNamespace) -> None:
    for purpose in ("marketing", "service"):
        consent.give(subscriber=house.subscriber, principal=house.firm, purpose=purpose, how="web")
    consent.give(subscriber=house.subscriber, principal=house.other, purpose="marketing", how="web")
    me.post("/my/stop/", {"firm": house.firm, "purpose": "marketing"})
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="service") == "given"
    assert "2 家" in me.post("/my/stop-all/", follow=True).content.decode()
    assert consents.holders(house.subscriber) == []


def test_i_never_agreed(me: Client, house: SimpleNamespace) -> None:
    claimed = consent.give(
        subscriber=house.subscriber, principal=house.firm, purpose="marketing", how="recording", reference="LY-7"
    )
    page = me.get("/my/").content.decode()
    assert "待证同意" in page
    assert "LY-7" in page
    me.post("/my/dispute/", {"consent": claimed})
    [request] = consents.proof_requests(subscriber=house.subscriber)
    assert request.state == "open"
    assert "待举证" in me.get("/my/").content.decode()


def test_another_s_consent_cannot_be_disputed_or_read(me: Client, house: SimpleNamespace) -> None:
    somebody = people.ensure_subscriber(parse("13700000001"))
    theirs = consent.give(subscriber=somebody, principal=house.firm, purpose="marketing", how="recording")
    while order.integrate():
        pass
    entry = ledger.of_subject(f"subscriber:{somebody}")[0].id
    assert me.post("/my/dispute/", {"consent": theirs}).status_code == 404
    assert me.get(f"/my/consents/{theirs}.tlog-proof").status_code == 404
    assert me.get(f"/my/record/{entry}.tlog-proof").status_code == 404
    assert me.get(f"/my/record/{entry}/print/").status_code == 404
    assert me.get("/my/calls/0123456789abcdef-0.tlog-proof").status_code == 404


def test_a_receipt_waits_for_its_number_then_comes(me: Client, house: SimpleNamespace) -> None:
    consent.refuse(subscriber=house.subscriber, principal=house.firm, how="web")
    entry = ledger.of_subject(f"subscriber:{house.subscriber}")[-1].id
    assert "编号中" in me.get("/my/record/").content.decode()
    assert me.get(f"/my/record/{entry}.tlog-proof").status_code == 409
    assert me.get(f"/my/record/{entry}/print/").status_code == 409
    while order.integrate():
        pass
    answer = me.get(f"/my/record/{entry}.tlog-proof")
    assert answer.content.startswith(b"c2sp.org/tlog-proof@v1\n")
    assert answer.headers["Content-Disposition"].endswith('.tlog-proof"')
    page = me.get(f"/my/record/{entry}/print/").content.decode()
    assert "<svg" in page
    assert escape(answer.content.decode()) in page
    assert f"/my/record/{entry}/print/" in me.get("/my/record/").content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("number", "010-88886666", "861088886666"),
        ("prefix", "400810", "86400810"),
        ("prefix", "+1", "1"),
        ("firm", "青禾保险", None),
        ("category", "loans", "loans"),
    ],
)
def test_blocks_are_set_and_lifted(me: Client, house: SimpleNamespace, kind: str, value: str, kept: str | None) -> None:
    assert me.post("/my/blocks/add/", {"kind": kind, "value": value}).status_code == 302
    [block] = consents.blocks(house.subscriber)
    assert block.value == (kept or str(house.firm))
    page = me.get("/my/blocks/").content.decode()
    assert "生效中" in page
    me.post("/my/blocks/lift/", {"block": block.id})
    assert consents.blocks(house.subscriber) == []


@pytest.mark.parametrize(
    ("kind", "value"), [("number", "x"), ("prefix", "1"), ("firm", "无此企业"), ("category", "cats"), ("", "")]
)
def test_a_block_that_is_none_is_told(me: Client, kind: str, value: str) -> None:
    answer = me.post("/my/blocks/add/", {"kind": kind, "value": value})
    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.content.decode()


def test_the_export_is_one_s_own_and_harmless_in_a_spreadsheet(me: Client, house: SimpleNamespace) -> None:
    firm = people.create_organisation(name="=HYPERLINK(1)", kind="enterprise")
    consent.give(subscriber=house.subscriber, principal=firm, purpose="marketing", how="web")
    text = me.get("/my/consents.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    assert text.count("\n") == 2


def test_pages_hold_no_full_number_of_one_s_own(me: Client, house: SimpleNamespace) -> None:
    for path in ("/my/", "/my/record/", "/my/blocks/"):
        assert house.phone not in me.get(path).content.decode()
    assert known.masked(house.subscriber) in me.get("/my/").content.decode()


def test_a_code_runs_out(client: Client, house: SimpleNamespace) -> None:
    from mingbai.web.tests.conftest import code_of

    now = clock.now()
    with clock.at(now):
        client.post("/my/login/", {"number": house.phone})
        code = code_of(house.subscriber)
    with clock.at(now + timedelta(minutes=6)):
        assert client.post("/my/code/", {"code": code}).status_code == 302
        assert client.get("/my/").headers["Location"] == "/my/login/"


def test_log_in_leads_back_to_the_page_that_was_asked_for(house: SimpleNamespace, client: Client) -> None:
    from mingbai.web.tests.conftest import code_of

    asked = client.get("/my/notices/?kind=success")
    assert asked.headers["Location"] == "/my/login/?next=%2Fmy%2Fnotices%2F%3Fkind%3Dsuccess"
    client.post("/my/login/", {"number": house.phone, "next": "/my/notices/?kind=success"})
    answer = client.post("/my/code/", {"code": code_of(house.subscriber)})
    assert answer.headers["Location"] == "/my/notices/?kind=success"
