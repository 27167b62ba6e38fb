"""Pages for anyone: what they show, and what they never do."""

from __future__ import annotations

from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
import segno
from django.test import Client, RequestFactory

from mingbai.consent import actions as consent
from mingbai.kernel.msisdn import parse
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.numbers import actions as numbers
from mingbai.web import limits
from mingbai.web.public import printing

pytestmark = pytest.mark.django_db


def test_home_is_chinese_first_and_english_when_asked(client: Client) -> None:
    assert "谁可以打给您，您说了算。" in client.get("/").content.decode()
    english = client.get("/", headers={"accept-language": "en-GB"}).content.decode()
    assert "Who may call you is yours to say." in english
    client.post("/language/", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/").content.decode()


def test_every_answer_carries_the_policy(client: Client) -> None:
    for path in ("/", "/no-such-page", "/number/"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "<script>" not in answer.content.decode()


def test_a_firm_s_number_shows_holder_use_and_label(client: Client, house: SimpleNamespace) -> None:
    page = client.post("/number/", {"number": "400-810-9889"}).content.decode()
    assert "青禾保险 推销" in page
    assert "营销" in page


def test_a_person_s_number_never_shows_a_holder(client: Client, house: SimpleNamespace) -> None:
    numbers.register_number(first=parse("13911112222"), holder=house.operator, use="personal")
    page = client.post("/number/", {"number": "13911112222"}).content.decode()
    assert "海东移动" not in page
    assert "这里从不显示" in page


@pytest.mark.parametrize("typed", ["", "hello", "123456789012345678901234567890", "+", "<script>"])
def test_what_is_no_number_is_told_in_a_sentence(client: Client, typed: str) -> None:
    answer = client.post("/number/", {"number": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode() or 'class="wrong"' in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_numbers_do_not_travel_in_addresses(client: Client, house: SimpleNamespace) -> None:
    page = client.get("/number/?number=4008109889").content.decode()
    assert "青禾保险" not in page


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/theme/"), ("get", "/logout/"), ("put", "/number/"), ("get", "/my/stop/")]
)
def test_other_methods_are_refused(client: Client, method: str, path: str) -> None:
    assert getattr(client, method)(path).status_code == 405


def test_the_theme_is_kept_and_goes_nowhere_else(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_tries_are_counted_by_the_address_that_the_proxy_saw(rf: RequestFactory, settings: Any) -> None:
    sent = rf.get("/", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})
    assert limits.origin(sent) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert limits.origin(sent) == "2.2.2.2"
    assert limits.origin(rf.get("/")) == "127.0.0.1"


def test_the_log_has_a_page(client: Client) -> None:
    page = client.get("/log/").content.decode()
    assert ledger.vkey() in page


def test_a_form_without_its_token_is_refused_with_a_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/number/", {"number": "4008109889"})
    assert answer.status_code == 403
    assert "表单已失效" in answer.content.decode()


def test_a_receipt_is_checked_by_the_form_too(client: Client, house: SimpleNamespace) -> None:
    consent.give(subscriber=house.subscriber, principal=house.firm, purpose="marketing", how="web")
    while order.integrate():
        pass
    entry = ledger.of_subject(f"subscriber:{house.subscriber}")[0]
    text = ledger.receipt(entry.id)
    assert text is not None
    page = client.post("/receipt/", {"text": text})
    assert "这张凭证是真的。" in page.content.decode()
    assert f"第 {entry.index} 条" in page.content.decode()
    tampered = (
        text.replace("index 0", "index 1") if "index 0" in text else text.replace(f"index {entry.index}", "index 0")
    )
    refused = client.post("/receipt/", {"text": tampered})
    assert refused.status_code == 422
    assert "这张凭证不成立。" in refused.content.decode()
    assert client.post("/receipt/", {"text": " "}).status_code == 422


@pytest.mark.parametrize("most", [printing.ONE_CODE, 300])  # a longer one takes more codes
def test_a_receipt_is_laid_out_for_paper(
    client: Client, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(printing, "ONE_CODE", most)
    consent.refuse(subscriber=house.subscriber, principal=house.firm, how="web", purpose="any")
    while order.integrate():
        pass
    text = ledger.receipt(ledger.of_subject(f"subscriber:{house.subscriber}")[-1].id)
    assert text
    page = client.post("/receipt/", {"text": text, "print": "yes"}).content.decode()
    pieces = printing.parts(text)
    assert "".join(pieces) == text
    assert page.count("<svg") == len(pieces) == -(-len(text) // most)
    for piece in pieces:
        drawn = segno.make(piece, error="l", micro=False, boost_error=False)
        assert drawn.version <= 30  # modules that a telephone tells apart on paper
        assert (
            drawn.svg_inline(omitsize=True, dark="#000", light="#fff", border=4, svgclass="qr", lineclass=None) in page
        )
    assert " style=" not in page  # the policy would drop it
    assert ledger.vkey() in unescape(page)
    tampered = client.post("/receipt/", {"text": text.replace("index ", "index 1"), "print": "yes"})
    assert (tampered.status_code, b"<svg" in tampered.content) == (422, False)


@pytest.mark.parametrize("size", [0, 1, printing.ONE_CODE, printing.ONE_CODE + 1, 5 * printing.ONE_CODE])
def test_a_text_of_any_length_is_parted_evenly(size: int) -> None:
    text = "".join(chr(33 + place % 90) for place in range(size))
    pieces = printing.parts(text)
    assert "".join(pieces) == text
    assert len(pieces) == max(1, -(-size // printing.ONE_CODE))
    assert max(map(len, pieces)) <= printing.ONE_CODE
