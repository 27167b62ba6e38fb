"""Every code has its sentence in both languages, and every sentence finds its figures."""

from __future__ import annotations

import string
from itertools import chain

import pytest

from mingbai.detection.rules import AGAINST, CODES, RULES
from mingbai.detection.rules import words as wording
from mingbai.detection.rules.words import said


def test_every_code_has_its_words() -> None:
    assert set(wording.REASONS) == set(CODES)
    assert set(wording.AGAINST) == set(AGAINST)
    for both in chain(wording.REASONS.values(), wording.AGAINST.values()):
        assert set(both) == {"zh", "en"}
        assert all(text.strip() for text in both.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sentence_says_what_the_rule_measured_and_nothing_else(rule: object, language: str) -> None:
    tests = {test.measure for test in rule.tests}  # type: ignore[attr-defined]
    text = wording.REASONS[rule.code][language]  # type: ignore[attr-defined]
    named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    assert named <= tests
    values = [{"name": name, "value": 1234.56, "threshold": 1.0} for name in sorted(tests)]
    assert "1,235" in said(rule.code, values, language)  # type: ignore[attr-defined]


def test_small_figures_keep_a_decimal() -> None:
    assert said("score", [{"name": "score", "value": 7.25}], "zh") == "综合各项证据，得分 7.2。"
    assert said("score", [{"name": "score", "value": 7.0}], "en").endswith("7.")
