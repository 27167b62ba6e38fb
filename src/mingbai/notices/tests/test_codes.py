"""One-time codes: good once, for one purpose and person, for five minutes and five tries."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connections

from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.notices import actions, queries, rules
from mingbai.notices.models import OneTimeCode
from mingbai.people import actions as people


@pytest.fixture
def one(db: None) -> int:
    return people.ensure_subscriber(msisdn.require("13800000001"))


def sent(message: int) -> str:
    view = queries.outgoing(message)
    assert view is not None
    found = re.search(r"\d{6}", view.text)
    return found[0] if found else ""


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_is_good_once(one: int) -> None:
    code = sent(actions.issue_code(one, "login"))
    assert actions.check_code(one, "login", f" {code} ")
    assert not actions.check_code(one, "login", code)


def test_a_code_is_bound_to_purpose_and_person(one: int) -> None:
    two = people.ensure_subscriber(msisdn.require("13800000002"))
    code = sent(actions.issue_code(one, "login"))
    assert not actions.check_code(one, "order:7", code)
    assert not actions.check_code(two, "login", code)
    assert actions.check_code(one, "login", code)


def test_a_code_ends_after_five_minutes(one: int) -> None:
    with clock.at(clock.now()) as advance:
        code = sent(actions.issue_code(one, "login"))
        advance(300)
        assert not actions.check_code(one, "login", code)


def test_a_code_ends_after_five_tries(one: int) -> None:
    code = sent(actions.issue_code(one, "login"))
    for _ in range(5):
        assert not actions.check_code(one, "login", other_than(code))
    assert not actions.check_code(one, "login", code)


def test_a_new_code_replaces_the_old(one: int) -> None:
    first = sent(actions.issue_code(one, "login"))
    second = sent(actions.issue_code(one, "login"))
    assert first == second or not actions.check_code(one, "login", first)
    assert actions.check_code(one, "login", second)


def test_a_code_in_wide_digits_is_the_code(one: int) -> None:
    code = sent(actions.issue_code(one, "login"))
    assert actions.check_code(one, "login", " " + "".join(chr(ord(digit) + 0xFEE0) for digit in code))


def test_five_codes_an_hour(one: int) -> None:
    with clock.at(clock.now()) as advance:
        for _ in range(5):
            actions.issue_code(one, "login")
        with pytest.raises(Problem) as raised:
            actions.issue_code(one, "order:7")
        assert raised.value.status == 429
        advance(3600)
        actions.issue_code(one, "login")


def test_what_is_stored_is_no_code(one: int) -> None:
    code = sent(actions.issue_code(one, "login"))
    row = OneTimeCode.objects.get()
    assert code.encode() not in bytes(row.digest)
    assert len(bytes(row.digest)) == 32


def test_the_texts_of_used_and_old_codes_cannot_be_read(one: int) -> None:
    with clock.at(clock.now()) as advance:
        used = actions.issue_code(one, "login")
        assert actions.check_code(one, "login", sent(used))
        assert sent(used) == ""
        old = actions.issue_code(one, "login")
        advance(301)
        assert actions.dim_old_codes() == 1
        assert sent(old) == ""


@pytest.mark.django_db(transaction=True)
def test_of_many_who_try_the_right_code_at_once_one_gets_in() -> None:
    one = people.ensure_subscriber(msisdn.require("13800000001"))
    code = sent(actions.issue_code(one, "login"))
    inside: list[bool] = []

    def enter() -> None:
        try:
            inside.append(actions.check_code(one, "login", code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enter) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(inside) == [False] * 4 + [True]


@pytest.mark.parametrize(("text", "folded"), [(" ｔ２\u3000", "T2"), ("Td", "TD"), ("退订", "退订"), ("！", "!")])
def test_replies_are_folded(text: str, folded: str) -> None:
    assert rules.folded(text) == folded


def test_codes_have_their_digits() -> None:
    assert all(len(rules.new_code(6)) == 6 and rules.new_code(6).isdecimal() for _ in range(100))
