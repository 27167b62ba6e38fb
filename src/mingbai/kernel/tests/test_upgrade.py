"""An older profile gets what it lacks, and keeps everything that an operator wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.kernel import profile
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile.upgrade import NEVER, upgrade

SHIPPED = {name: profile.packaged(name) for name in profile.NAMES}
NAME = "cn-2018-whitelist"
TEXT = SHIPPED[NAME]
KEYS = list(profile.parse(TEXT, "p").settings)


def block(key: str) -> str:
    """A setting's lines in the shipped profile."""
    start = TEXT.index(f'[settings."{key}"]')
    end = re.compile(rf'^(?:\[settings\."(?!{re.escape(key)}")|# -)', re.MULTILINE).search(TEXT, start + 1)
    return TEXT[start : end.start() if end else len(TEXT)]


def without(*keys: str, text: str = TEXT) -> str:
    for key in keys:
        text = text.replace(block(key), "")
    return text


def test_nothing_is_new_in_what_is_shipped() -> None:
    for text in SHIPPED.values():
        found = upgrade(text, text, "profile.toml")
        assert (found.text, found.added, found.unknown) == (text, (), ())


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from([key for key in KEYS if key not in NEVER]), min_size=1, unique=True),
    st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_missing_is_added_and_nothing_else_is_touched(keys: list[str], end: str) -> None:
    older = without(*keys).replace('value = "label"', 'value = "refuse" # mine').replace("\n", end)
    found = upgrade(older, TEXT, "profile.toml")
    assert {added.setting.key for added in found.added} == set(keys)
    assert found.text.startswith(older.rstrip())
    assert found.text.count("\n") == found.text.count(end)
    now, shipped = profile.parse(found.text, "p"), profile.parse(TEXT, "p")
    for key in keys:
        assert now.settings[key].value == shipped.settings[key].value
        assert (now.settings[key].source, now.settings[key].standing) == (
            shipped.settings[key].source, shipped.settings[key].standing
        )  # fmt: skip
    assert upgrade(found.text, TEXT, "p").added == ()


def test_comments_between_settings_are_not_taken_for_part_of_one() -> None:
    found = upgrade(without("gate.journal_buffer", "sip.styles"), TEXT, "p")
    added = found.text[found.text.index("# Added by") :]
    assert "---" not in added
    assert added.count("[settings.") == 5, "a setting with its value's tables"


def test_a_new_rule_family_is_added_to_the_table_that_is_there() -> None:
    older = TEXT.replace('journal = "608 Rejected"\n', "").replace(
        'facts = "608 Rejected"', 'facts = "480 Later"  # ours'
    )
    with pytest.raises(Problem, match="must have exactly"):
        profile.parse(older, "p")
    found = upgrade(older, TEXT, "p")
    (added,) = found.added
    assert (added.setting.key, added.entries) == ("gate.sip_codes", ("journal",))
    assert 'facts = "480 Later"  # ours\njournal = "608 Rejected"\n' in found.text
    now = profile.parse(found.text, "p")
    assert (now.gate.sip_codes["facts"].code, now.gate.sip_codes["journal"].code) == (480, 608)


def test_a_table_on_one_line_is_left_to_the_operator() -> None:
    start, end = TEXT.index('[settings."gate.sip_codes".value]'), TEXT.index('[settings."gate.labels"]')
    older = TEXT[:start] + 'value = { caller = "403 No" }\n\n' + TEXT[end:]
    with pytest.raises(Problem, match=r"gate\.sip_codes.*lacks number") as raised:
        upgrade(older, TEXT, "p")
    assert 'journal = "608 Rejected"' in raised.value.mend


def test_what_nothing_goes_by_any_more_is_told_and_stays() -> None:
    older = without("gate.withheld") + '[settings."gate.weight"]\nvalue = 1\n'
    found = upgrade(older, TEXT, "p")
    assert found.unknown == ("gate.weight",)
    assert [added.setting.key for added in found.added] == ["gate.withheld"]
    assert '[settings."gate.weight"]' in found.text


def test_the_name_of_the_log_is_never_added() -> None:
    with pytest.raises(Problem, match="is nobody's but yours"):
        upgrade(without("ledger.origin"), TEXT, "p")


@pytest.mark.parametrize(
    "text", ["", "[profile", 'settings = "x"\n', "[settings\n", TEXT.replace('"label"', '"lable"')]
)
def test_what_is_broken_otherwise_is_refused_as_ever(text: str) -> None:
    with pytest.raises(Problem):
        upgrade(text, TEXT, "p")
