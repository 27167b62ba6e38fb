"""Firms' and operators' desks: who may see and do what, and never another organisation's."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from mingbai.consent import actions as consent
from mingbai.consent import importing
from mingbai.consent import queries as consents
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.numbers import queries as numbers
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.web import jobs, problems
from mingbai.web.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]

ENTERPRISE = ("", "numbers/", "whitelist/", "whitelist.csv", "scrub/", "refusals/", "proofs/", "statistics/", "keys/")
CONSOLE = ("", "live/", "rules/", "search/", "numbers/", "numbers/import/", "organisations/", "appeals/", "log/")
# What a role may not open, of the pages above.
BARRED = {
    "admin": set(),
    "compliance": {"keys/"},
    "operations": {"whitelist.csv", "keys/"},
    "auditor": {"whitelist.csv", "scrub/", "keys/"},
}


def test_without_log_in_every_desk_asks_for_it(client: Client, house: SimpleNamespace) -> None:
    for path in [*(f"/enterprise/{p}" for p in ENTERPRISE), *(f"/console/{p}" for p in CONSOLE)]:
        answer = client.get(path)
        assert answer.headers["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("role", list(BARRED))
def test_a_role_opens_what_it_may(desk: Desk, role: str) -> None:
    client = desk(f"firm-{role}")
    for path in ENTERPRISE:
        assert client.get(f"/enterprise/{path}").status_code == (403 if path in BARRED[role] else 200), path


@pytest.mark.parametrize("role", ["admin", "compliance", "operations", "auditor"])
def test_the_console_is_the_operator_s_alone(desk: Desk, role: str) -> None:
    client = desk(f"firm-{role}")
    for path in CONSOLE:
        assert client.get(f"/console/{path}").status_code == 403, path


def test_the_operator_s_pages_open(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("operator-admin")
    for path in (*CONSOLE, f"numbers/{house.number}/", f"organisations/{house.firm}/"):
        assert client.get(f"/console/{path}").status_code == 200, path
    assert "gate.hours" in client.get("/console/rules/").content.decode()


def test_log_in_leads_to_one_s_own_desk(client: Client, house: SimpleNamespace) -> None:
    for username, home in (("firm-admin", "/enterprise/"), ("operator-admin", "/console/")):
        answer = client.post("/login/", {"username": username, "password": PASSWORD, "next": "//elsewhere.example"})
        assert answer.headers["Location"] == home
        client.post("/logout/")


def test_wrong_passwords_are_counted(client: Client, house: SimpleNamespace) -> None:
    codes = [client.post("/login/", {"username": "firm-admin", "password": "no"}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    for again in ("firm-admin", " firm-admin", "firm-admin\t", "FIRM-ADMIN", "ｆirm-admin"):
        assert client.post("/login/", {"username": again, "password": PASSWORD}).status_code == 429


def test_a_closed_account_and_a_closed_organisation_are_out(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("firm-admin")
    people.set_organisation_state(house.firm, "closed", "合同终止")
    assert client.get("/enterprise/").status_code == 302
    people.set_account_active(_account("other-admin"), active=False)
    assert client.post("/login/", {"username": "other-admin", "password": PASSWORD}).status_code == 422


def test_numbers_are_masked_on_pages_and_full_in_the_own_export(desk: Desk, house: SimpleNamespace) -> None:
    consent.give(subscriber=house.subscriber, principal=house.firm, purpose="service", how="recording", reference="A-1")
    consent.refuse(subscriber=house.subscriber, principal=house.firm, purpose="marketing", how="sms")
    client = desk("firm-admin")
    page = client.get("/enterprise/refusals/").content.decode()
    assert "138****5678" in page
    assert house.phone not in page
    text = b"".join(client.get("/enterprise/whitelist.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert f"\n{house.phone},service,claimed" in text
    assert "\n138****5678,marketing,refused" in text
    assert text.count("\n") == 3
    last = ledger.of_subject(f"organisation:{house.firm}")[-1]
    assert (last.kind, last.content and last.content["rows"]) == ("consent.exported", 2)


def test_another_firm_s_things_are_not_there(desk: Desk, house: SimpleNamespace) -> None:
    theirs = consent.give(subscriber=house.subscriber, principal=house.other, purpose="marketing", how="recording")
    asked = consent.dispute(consent=theirs, how="web")
    key, _ = people.create_api_key(organisation=house.other, name="theirs", scopes=["consent:read"])
    job = _submit(house.other)
    client = desk("firm-admin")
    assert "138****" not in client.get("/enterprise/refusals/").content.decode()
    assert client.post(f"/enterprise/proofs/{asked}/", {"file": io.BytesIO(b"x")}).status_code == 404
    assert client.post(f"/enterprise/keys/{key}/revoke/").status_code == 404
    for path in ("", "state/", "output/", "report.csv"):
        assert client.get(f"/enterprise/jobs/{job.id}/{path}").status_code == 404
    record = known.api_key_by_id(key)
    assert record is not None
    assert record.revoked_at is None


def test_a_proof_is_shown(desk: Desk, house: SimpleNamespace) -> None:
    proof = b"recording of 2026-11-01"
    claimed = consent.give(
        subscriber=house.subscriber,
        principal=house.firm,
        purpose="marketing",
        how="recording",
        proof_sha256=hashlib.sha256(proof).digest(),
    )
    asked = consent.dispute(consent=claimed, how="web")
    client = desk("firm-compliance")
    wrong = client.post(f"/enterprise/proofs/{asked}/", {"file": io.BytesIO(b"another")})
    assert wrong.status_code in (409, 422)
    assert 'role="alert"' in wrong.content.decode()
    assert client.post(f"/enterprise/proofs/{asked}/", {"file": io.BytesIO(proof)}).status_code == 302
    assert consents.proof_requests(principal=house.firm)[0].state == "shown"


def test_a_suspended_list_comes_back_by_two_people(desk: Desk, house: SimpleNamespace, tmp_path: Path) -> None:
    proof = b"signed form 17"
    listed = tmp_path / "list.csv"
    filed = hashlib.sha256(proof).hexdigest()
    listed.write_text(f"number,reference,proof_sha256,given_at\n{house.phone},A-1,{filed},2026-01-31\n", "utf-8")
    batch = importing.import_whitelist(listed, principal=house.firm, purpose="marketing", keep_good=False).batch
    with clock.at(clock.now()) as advance:
        [said] = consents.of_subscriber(house.subscriber)
        asked = consent.dispute(consent=said.id, how="web")
        advance(6 * 86_400)
        consent.fail_overdue()
    page, restore = f"/console/organisations/{house.firm}/", f"/console/lists/{batch}/restore/"
    client = desk("operator-compliance")
    assert "欠缺证明" in client.get(page).content.decode()
    assert client.post(restore, {"reason": "补交"}).status_code == 409
    client = desk("firm-compliance")
    assert client.post(restore, {"reason": "自己恢复"}).status_code == 403
    assert f"/enterprise/proofs/{asked}/" in client.get("/enterprise/proofs/").content.decode()
    assert client.post(f"/enterprise/proofs/{asked}/", {"file": io.BytesIO(proof)}).status_code == 302
    assert client.get("/my/").status_code != 500
    client = desk("operator-operations")
    assert client.post(restore, {"reason": "无权"}).status_code == 403
    client = desk("operator-compliance")
    assert client.post(restore, {"reason": "文件已补交"}).status_code == 302
    assert "须由另一人复核" in client.get(page).content.decode()
    client = desk("operator-admin")
    assert "文件已补交" in client.get(page).content.decode()
    assert client.post(restore, {"reason": "核对无误"}).status_code == 302
    restored = consents.batch(batch)
    assert restored is not None
    assert restored.state == "valid"
    assert client.post("/console/lists/999/restore/", {"reason": "x"}).status_code == 404


def test_a_key_is_shown_once(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("firm-admin")
    made = client.post("/enterprise/keys/", {"name": "CRM", "scopes": ["consent:read"]}).content.decode()
    [key] = [
        word for word in made.replace("<", " ").replace(">", " ").split() if word.startswith("mb_") and len(word) > 40
    ]
    assert known.api_key(key) is not None
    assert key not in client.get("/enterprise/keys/").content.decode()
    [record] = known.api_keys(house.firm)
    client.post(f"/enterprise/keys/{record.id}/revoke/")
    assert known.api_key(key) is None


def test_a_text_that_cannot_be_stored_is_refused_on_every_page(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("firm-admin")
    answer = client.post("/enterprise/keys/", {"name": "CRM\0", "scopes": ["consent:read"]})
    assert answer.status_code == 422
    assert "NUL" in answer.content.decode()
    assert known.api_keys(house.firm) == []
    assert client.get("/enterprise/", {"q": "\0"}).status_code == 422


@pytest.mark.parametrize(
    "code", ["import.column_type", "consent.expires_late", "people.service_number", "web.nul", "api.fault"]
)
def test_a_refusal_is_told_in_the_reader_s_language(code: str) -> None:
    problem = Problem(code, "a column of double", mend="write it as text")
    told = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told[language] = problems.told(problem)
    for part in ("what", "mend"):
        assert re.search(r"[\u4e00-\u9fff]", told["zh-hans"][part])
        assert told["en"][part].isascii()


def test_a_key_for_verdicts_names_one_s_own_numbers(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("firm-admin")
    for numbers_named in ("", "95533", "hello"):
        answer = client.post("/enterprise/keys/", {"name": "x", "scopes": ["decide"], "numbers": numbers_named})
        assert answer.status_code in (404, 422), numbers_named
    assert (
        client.post("/enterprise/keys/", {"name": "x", "scopes": ["decide"], "numbers": "4008109889"}).status_code
        == 200
    )


def test_a_file_is_opened_with_a_reason_and_on_record(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("operator-compliance")
    path = f"/console/subscribers/{house.subscriber}/"
    assert house.phone not in client.get(path).content.decode()
    assert client.post(path, {"reason": "x"}).status_code == 422
    assert client.post(path, {"reason": "用户来电咨询"}).status_code == 302
    assert house.phone in client.get(path).content.decode()
    looks = [one for one in ledger.of_subject(f"subscriber:{house.subscriber}") if (one.content or {}).get("reason")]
    assert looks[-1].content is not None
    assert looks[-1].content["reason"] == "用户来电咨询"


@pytest.mark.parametrize("role", ["operations", "auditor"])
def test_not_every_role_opens_files(desk: Desk, house: SimpleNamespace, role: str) -> None:
    client = desk(f"operator-{role}")
    assert client.get(f"/console/subscribers/{house.subscriber}/").status_code == 403
    assert client.post(f"/console/subscribers/{house.subscriber}/", {"reason": "好奇而已"}).status_code == 403


def test_search_goes_by_post(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("operator-admin")
    page = client.post("/console/search/", {"number": house.phone}).content.decode()
    assert f"/console/subscribers/{house.subscriber}/" in page
    assert "青禾保险" in client.post("/console/search/", {"number": "4008109889"}).content.decode()
    assert client.post("/console/search/", {"number": "?"}).status_code == 422


def test_the_operator_suspends_with_a_reason(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("operator-admin")
    path = f"/console/numbers/{house.number}/"
    assert client.post(path, {"state": "suspended", "reason": ""}).status_code == 422
    assert client.post(path, {"state": "closed", "reason": "x"}).status_code == 422
    assert client.post(path, {"state": "suspended", "reason": "举报核实"}).status_code == 302
    found = numbers.resource(house.number)
    assert found is not None
    assert found.state == "suspended"
    auditor = desk("operator-auditor")
    assert auditor.post(path, {"state": "active", "reason": "x"}).status_code == 403


def test_numbers_are_imported_with_a_report(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("operator-operations")
    table = "号码,使用主体,用途\n4008100001,青禾保险,营销\nhello,青禾保险,营销\n".encode()
    page = client.post("/console/numbers/import/", {"file": _file(table), "keep_good": "yes"}).content.decode()
    assert numbers.holder_of(parse("4008100001")) is not None
    assert "有问题的行" in page
    assert client.post("/console/numbers/import/", {}).status_code == 422


def test_what_is_not_there_is_not_found(desk: Desk, house: SimpleNamespace) -> None:
    client = desk("operator-admin")
    for path in ("numbers/999999/", "organisations/999999/", "subscribers/999999/"):
        assert client.get(f"/console/{path}").status_code == 404


def _account(username: str) -> int:
    found = known.account(username)
    assert found is not None
    return found.id


def _file(content: bytes) -> Any:
    made = io.BytesIO(content)
    made.name = "list.csv"
    return made


def _submit(organisation: int) -> jobs.Job:
    from django.conf import settings

    return jobs.submit(
        settings.HOME,
        kind="whitelist",
        organisation=organisation,
        account=1,
        file_name="list.csv",
        pieces=[b"number\n13812345678\n"],
        asked={"purpose": "marketing", "keep_good": True},
    )
