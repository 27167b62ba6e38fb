"""The life of a consent, told from end to end through the rooms that it passes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mingbai.consent import actions as consent
from mingbai.consent import exporting, importing
from mingbai.consent import queries as consents
from mingbai.kernel import clock, msisdn
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as people
from mingbai.people import queries as subscribers

pytestmark = pytest.mark.django_db

LI = msisdn.require("13812345678")
WANG = msisdn.require("13912345678")
FORM = b"%PDF the form that Ms Li is said to have signed"

Listed = Callable[..., Path]


@pytest.fixture
def house() -> int:
    return people.create_organisation(name="好房置业", kind="enterprise", industry="property")


@pytest.fixture
def listed(tmp_path: Path) -> Listed:
    """A whitelist file that names these numbers."""

    def write(*numbers: msisdn.Msisdn, day: str | None = None) -> Path:
        path = tmp_path / f"whitelist-{len(list(tmp_path.iterdir()))}.csv"
        proof = hashlib.sha256(FORM).hexdigest()
        day = day or f"{clock.now():%Y-%m-%d}"
        rows = [f"{number.national},HT-{place},{proof},{day}" for place, number in enumerate(numbers)]
        path.write_text("\r\n".join(["手机号,凭证编号,证明哈希,同意时间", *rows]), "gb18030")
        return path

    return write


def gate_is_told(subscriber: int) -> list[int]:
    """The states of a subscriber's consents as the gate gets them: 1 given, 2 claimed, 3 refused."""
    ((_, known),) = consents.facts([subscriber])
    return [said[2] for said in known[0]] if known else []


def take(path: Path, firm: int, *, keep_good: bool = True) -> importing.Report:
    return importing.import_whitelist(path, principal=firm, purpose="marketing", keep_good=keep_good)


def test_what_ms_li_refused_by_sms_no_list_brings_back(house: int, listed: Listed) -> None:
    """She agrees on the web, thinks better of it, answers “T”; the firm's list cannot undo that, only she can."""
    li = people.ensure_subscriber(LI)
    consent.give(subscriber=li, principal=house, purpose="marketing", how="web", wording_sha256=b"w" * 32)
    assert gate_is_told(li) == [1]

    notices.send(
        subscriber=li, template="call.after", text="好房置业刚才致电。回复T拒绝。", context=f"principal:{house}"
    )
    assert notices.receive(subscriber=li, text="T", message_id="smsc-77") == "consent.stop"
    assert set(gate_is_told(li)) == {3}
    assert "已拒绝“好房置业”" in messages.messages(li)[0].text

    report = take(listed(LI, WANG), house)
    assert [(bad.row, bad.code) for bad in report.bad] == [(2, "import.refused")]
    assert set(gate_is_told(li)) == {3}
    wang = subscribers.subscriber_id(WANG)
    assert wang is not None
    assert gate_is_told(wang) == [2]

    consent.give(subscriber=li, principal=house, purpose="marketing", how="web")
    told = {view.purpose: view.state for view in consents.of_subscriber(li)}
    assert told.pop("marketing") == "given"
    assert set(told.values()) == {"refused"}  # what she did not open again stays shut

    order.integrate()
    for entry in ledger.of_subject(f"subscriber:{li}"):
        receipt = ledger.receipt(entry.id)
        assert receipt is not None
        assert LI.national not in str(verify_receipt(receipt, ledger.vkey()))


def test_the_next_user_of_a_number_inherits_nothing(house: int, listed: Listed) -> None:
    """Ms Li's number goes to Mr Zhao: her consents, blocks, messages, codes are not his, nor is a firm's old list."""
    li = people.ensure_subscriber(LI)
    consent.give(subscriber=li, principal=house, purpose="marketing", how="web")
    consent.block(subscriber=li, kind="category", value="loans")
    notices.send(subscriber=li, template="call.after", text="…", context=f"principal:{house}")
    notices.issue_code(li, "login")

    zhao = people.recycle(LI)
    assert gate_is_told(zhao) == []
    assert consents.blocks(zhao) == []
    assert messages.messages(zhao) == []
    notices.receive(subscriber=zhao, text="T")  # a bare T cannot refer to what was written to Ms Li
    assert consents.of_subscriber(zhao) == []
    assert not subscribers.is_current(li)
    assert notices.deliver_due() == 1  # the answer to Mr Zhao; nothing that was meant for Ms Li

    old = f"{clock.now() - timedelta(days=30):%Y-%m-%d}"
    assert [bad.code for bad in take(listed(LI, day=old), house).bad] == ["import.recycled"]
    with clock.at(clock.now()) as advance:
        advance(2 * 86_400)
        assert take(listed(LI), house).accepted == 1
    assert gate_is_told(zhao) == [2]


def test_a_claim_that_nobody_can_prove_takes_its_batch_down(house: int, listed: Listed) -> None:
    """“N”, says Ms Li. The firm lets five days pass; then nobody on its list may be called on its strength."""
    report = take(listed(LI, WANG), house)
    li, wang = subscribers.subscriber_id(LI), subscribers.subscriber_id(WANG)
    assert li is not None
    assert wang is not None
    with clock.at(clock.now()) as advance:
        notices.send(subscriber=li, template="call.after", text="…", context=f"principal:{house}")
        assert notices.receive(subscriber=li, text="n") == "consent.never"
        assert set(gate_is_told(li)) == {3}
        assert gate_is_told(wang) == [2]
        advance(5 * 86_400 + 1)
        assert consent.fail_overdue() == 1
    assert gate_is_told(wang) == []
    batch = consents.batch(report.batch)
    assert batch is not None
    assert batch.state == "suspended"
    refs = {change.ref for change in _changes()}
    assert f"batch:{report.batch}" in refs


def test_a_claim_that_is_proved_saves_its_batch(house: int, listed: Listed) -> None:
    """The firm shows the very form whose hash it filed: its batch stands, and so does Ms Li's refusal."""
    take(listed(LI, WANG), house)
    li, wang = subscribers.subscriber_id(LI), subscribers.subscriber_id(WANG)
    assert li is not None
    assert wang is not None
    with clock.at(clock.now()) as advance:
        request = consent.dispute(consent=consents.of_subscriber(li)[0].id, how="web")
        consent.show_proof(request, io.BytesIO(FORM))
        advance(30 * 86_400)
        assert consent.fail_overdue() == 0
    assert gate_is_told(li) == [3]
    assert gate_is_told(wang) == [2]


def test_each_line_of_a_list_can_be_proved_by_itself(house: int, listed: Listed, tmp_path: Path) -> None:
    """One entry commits to the whole list; the receipt of one line shows it, and says nothing of the others."""
    take(listed(LI, WANG), house)
    order.integrate()
    li = subscribers.subscriber_id(LI)
    assert li is not None
    receipt = consents.receipt(consents.of_subscriber(li)[0].id)
    assert receipt is not None
    verified = str(verify_receipt(receipt, ledger.vkey()))
    assert LI.digits in verified
    assert WANG.digits not in verified
    assert exporting.of_firm(house, tmp_path / "ours.csv") == 2


def _changes() -> list[ledger.Change]:
    order.integrate()
    return ledger.changes(-1, 1000)
