"""A partner that took a label which was wrong is told at its own address: signed, again until it answers, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.receiver import Receiver, listening, signed

from mingbai.kernel import clock, webhooks
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions, queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
PHARMACY = parse("02161234567")
START = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def advance() -> Iterator[Callable[[float], None]]:
    with clock.at(START) as forward:
        yield forward


@pytest.fixture
def receiver() -> Iterator[type[Receiver]]:
    with listening() as made:
        yield made


@pytest.fixture
def partner(advance: Callable[[float], None], receiver: type[Receiver]) -> int:
    """A maker of phone apps that says where it is told."""
    made = people.create_organisation(name="来电助手", kind="enterprise")
    actions.set_label_hook(made, url=f"{receiver.address}/hook", account=1)
    return made


def labelled_and_taken(partner: int, advance: Callable[[float], None]) -> None:
    actions.set_label(number=PHARMACY, kind="confirmed_malicious", source="case", case=7, count=3)
    advance(60)
    took(partner)


def took(partner: int) -> None:
    actions.note_fetch(organisation=partner, key=1, since=0, version=queries.list_version(), rows=1)


def test_it_is_told_once_however_often_its_system_fails(
    partner: int, receiver: type[Receiver], advance: Callable[[float], None]
) -> None:
    labelled_and_taken(partner, advance)
    actions.drop_labels(case=7, reason="申诉成立", corrected=True)
    actions.correct_labels(PHARMACY, reason="申诉成立")
    receiver.answers += [(503, b""), (500, b""), (204, b"")]
    assert actions.tell_partners() == 1
    assert actions.tell_partners() == 0, "not again at once"
    for wait in (5, 10):
        advance(wait)
        assert actions.tell_partners() == 1
    advance(3600)
    assert actions.tell_partners() == 0, "and never after an answer"
    secret = bytes.fromhex(actions.label_hook_secret(partner).removeprefix("whsec_"))
    assert len(receiver.seen) == 3
    assert {head["webhook-id"] for head, _body in receiver.seen} == {receiver.seen[0][0]["webhook-id"]}
    assert all(signed(head, body, secret) for head, body in receiver.seen)
    told = json.loads(receiver.seen[-1][1])
    assert told["type"] == "label.corrected"
    assert told["data"] == {
        "number": "+862161234567", "was": "confirmed_malicious", "now": None, "version": queries.list_version()
    }  # fmt: skip
    (shown,) = queries.tellings(partner)
    assert (shown.number, shown.due_at) == ("02161234567", None)
    assert shown.told_at is not None


@pytest.mark.parametrize("granted", [True, False])
def test_a_correction_that_is_granted_is_told_and_one_that_is_not_is_not(
    partner: int, receiver: type[Receiver], advance: Callable[[float], None], granted: bool
) -> None:
    pharmacy = people.create_organisation(name="仁和药房", kind="enterprise")
    actions.register_number(first=PHARMACY, holder=pharmacy, use="service")
    labelled_and_taken(partner, advance)
    receiver.answers.append((200, b"{}"))
    asked = actions.ask_correction(number=PHARMACY, text="这是取药提醒", organisation=pharmacy, account=1)
    actions.answer_correction(asked, account=2, granted=granted, text="已核实，依规处理")
    assert actions.tell_partners() == granted
    assert len(receiver.seen) == granted
    assert (queries.label_for(PHARMACY) is None) == granted


def test_who_took_it_before_or_never_or_gave_no_address_is_not_told(
    partner: int, receiver: type[Receiver], advance: Callable[[float], None]
) -> None:
    took(partner)
    advance(60)
    actions.set_label(number=PHARMACY, kind="confirmed_malicious", source="case", case=7, count=3)
    silent = people.create_organisation(name="另一家", kind="enterprise")
    took(silent)
    actions.correct_labels(PHARMACY, reason="申诉成立")
    assert actions.tell_partners() == 0


def test_it_is_given_up_after_the_hours_of_the_profile_and_when_the_address_is_taken_back(
    partner: int, receiver: type[Receiver], advance: Callable[[float], None]
) -> None:
    labelled_and_taken(partner, advance)
    actions.correct_labels(PHARMACY, reason="申诉成立")
    receiver.answers += [(500, b"")] * 2
    assert actions.tell_partners() == 1
    advance(72 * 3600)
    assert actions.tell_partners() == 1
    advance(72 * 3600)
    assert actions.tell_partners() == 0
    assert [(one.told_at, one.due_at) for one in queries.tellings(partner)] == [(None, None)]
    actions.set_label_hook(partner, url="", account=1)
    assert queries.label_hook(partner) == ""


OUT = ("https://partner.example/hook", "https://partner.example:8443/a?b=c")
WRONG = (
    "http://partner.example/hook", "ftp://partner.example/", "https://", "https://user@partner.example/",
    "https://partner.example/ a", "https://partner.example:port/", "javascript:alert(1)",
)  # fmt: skip


@pytest.mark.parametrize("url", OUT)
def test_an_address_outside_is_called_over_https(url: str) -> None:
    assert webhooks.check(url, loopback=False) == url


@pytest.mark.parametrize("url", WRONG)
def test_no_other_address_is(url: str) -> None:
    with pytest.raises(Problem) as problem:
        webhooks.check(url, loopback=False)
    assert problem.value.code == "webhook.url"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "[::1]", "169.254.169.254", "localhost"])
def test_nobody_makes_the_house_call_its_own_network(host: str, settings: Any, partner: int) -> None:
    assert not webhooks.outside(f"https://{host}/")
    with pytest.raises(Problem):
        webhooks.check("https://partner.example/", loopback=True)
