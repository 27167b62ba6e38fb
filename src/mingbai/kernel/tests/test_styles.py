"""Styles of SIP answers in a profile: what may stand there, and the line of what may not."""

from __future__ import annotations

import re

import pytest

from mingbai.kernel import profile
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import SipCode

TEXT = profile.packaged("cn-2018-whitelist")
ADDED = """\
[settings."sip.styles".value.us-603]
pass = "302 Moved Temporarily"
label = "302 Labelled"
announce = [603, 608]

[settings."sip.styles".value.us-603.refuse]
consent = "603 Network Blocked"
"hours" = "603 Network Blocked"

[settings."sip.styles".value.us-603.headers]
603 = [
  'Reason: SIP;cause=603;text="v=analytics1;url={page};id={id}";location=LN',
]
607 = ["Call-Info: <{card}>;purpose=jwscard"]

"""
AT = TEXT.index('[settings."sip.failed_ordinary"]')
LONGER = TEXT[:AT] + ADDED + TEXT[AT:]


def fault_of(text: str) -> Problem:
    with pytest.raises(Problem) as problem:
        profile.parse(text, "profile.toml")
    return problem.value


def test_a_new_style_is_only_data() -> None:
    found = profile.parse(LONGER, "profile.toml").sip.styles["us-603"]
    assert (found.passing, found.label) == (SipCode(302, "Moved Temporarily"), SipCode(302, "Labelled"))
    assert found.refuse == {"consent": (603, "Network Blocked"), "hours": (603, "Network Blocked")}
    reason = 'Reason: SIP;cause=603;text="v=analytics1;url={page};id={id}";location=LN'
    assert found.headers == {603: (reason,), 607: ("Call-Info: <{card}>;purpose=jwscard",)}
    assert found.announce == {603, 608}


def test_a_call_with_a_label_is_answered_as_one_without_unless_it_says_otherwise() -> None:
    found = profile.parse(TEXT, "profile.toml").sip.styles["clearip"]
    assert found.label == found.passing == SipCode(404, "Not Found")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('pass = "302 Moved Temporarily"\nlabel', 'pass = "200 OK"\nlabel'),
        ('pass = "302 Moved Temporarily"\nlabel', 'pass = "302"\nlabel'),
        ('pass = "302 Moved Temporarily"\nlabel', "pass = 302\nlabel"),
        ('pass = "302 Moved Temporarily"\nlabel', 'pass = "302 搬家"\nlabel'),
        ('label = "302 Labelled"', 'label = "608 Rejected"'),
        ('label = "302 Labelled"', 'labels = "302 Labelled"'),
        ("announce = [603, 608]", "announce = [302]"),
        ("announce = [603, 608]", 'announce = ["608"]'),
        ("announce = [603, 608]", "announce = 608"),
        ("announce = [603, 608]", "announce = [true]"),
        ('consent = "603 Network Blocked"', 'consent = "200 OK"'),
        ('consent = "603 Network Blocked"', 'consent = "603 Network\\r\\nBlocked"'),
        ('consent = "603 Network Blocked"', 'consent = "302 Moved Temporarily"'),  # where to?
        ('consent = "603 Network Blocked"', 'weather = "603 Network Blocked"'),
        ('"hours" = "603 Network Blocked"', '"hours" = 603'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = "Call-Info: <{card}>"'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = ["Call-Info: <{number}>"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = ["Call-Info: <{card>"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = ["Call-Info: <{{card}}>"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = ["Contact: <sip:x>"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = ["X: y\\r\\nContact: <sip:x>"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '607 = ["X:y"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', "607 = [7]"),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '200 = ["X: y"]'),
        ('607 = ["Call-Info: <{card}>;purpose=jwscard"]', '6o7 = ["X: y"]'),
    ],
)
def test_a_wrong_entry_by_its_line(before: str, after: str) -> None:
    text = LONGER.replace(before, after)
    assert text != LONGER
    problem = fault_of(text)
    assert problem.code == "profile.mistyped"
    assert "sip.styles" in problem.what
    assert problem.where == f"profile.toml:{text[: text.index(after)].count(chr(10)) + 1}"


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("value.us-603]", "value.US]", '[settings."sip.styles".value.US]'),
        ('pass = "302 Moved Temporarily"\nlabel', "label", '[settings."sip.styles".value.us-603]'),
    ],
)
def test_a_wrong_style_by_its_header(before: str, after: str, where: str) -> None:
    text = LONGER.replace(before, after)
    problem = fault_of(text)
    assert problem.code == "profile.mistyped"
    assert problem.where == f"profile.toml:{text[: text.index(where)].count(chr(10)) + 1}"


def test_there_is_always_a_plain_one() -> None:
    problem = fault_of(TEXT.replace("value.plain]", "value.simple]"))
    assert (problem.code, "plain" in problem.what) == ("profile.mistyped", True)


@pytest.mark.parametrize(
    "value", ['"x"', "[]", "{ plain = 3 }", "{ plain = { pass = 3 } }", "{ plain = { refuse = 3 } }"]
)
def test_styles_that_are_no_tables(value: str) -> None:
    start, end = TEXT.index('[settings."sip.styles".value.plain]'), TEXT.index('[settings."sip.failed_ordinary"]')
    text = TEXT[:start] + f"value = {value}\n\n" + TEXT[end:]
    problem = fault_of(text)
    assert problem.code == "profile.mistyped"
    assert re.fullmatch(r"profile\.toml:\d+", problem.where)


@pytest.mark.parametrize("written", ['"200 OK"', "607"])
def test_a_wrong_code_of_a_family_is_told_by_its_line_too(written: str) -> None:
    text = TEXT.replace('callee = "607 Unwanted"', f"callee = {written}")
    assert fault_of(text).where == f"profile.toml:{text[: text.index(f'callee = {written}')].count(chr(10)) + 1}"
