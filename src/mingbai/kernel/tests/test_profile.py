"""Policy files: complete, sourced, and refused with the line of the fault."""

from __future__ import annotations

import os
import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile.groups import GROUPS
from mingbai.kernel.terms import Use

TEXT = profile.packaged("cn-2018-whitelist")


def line_of(text: str, part: str, after: str = "") -> int:
    """Line, from 1, on which `part` first stands behind `after`."""
    return text[: text.index(part, text.index(after))].count("\n") + 1


def place(text: str, part: str, after: str = "") -> str:
    """What a Problem says of the line where `part` stands."""
    return f"profile.toml:{line_of(text, part, after)}"


def header(setting: str) -> str:
    return f'[settings."{setting}"]'


def fault_of(text: str) -> Problem:
    with pytest.raises(Problem) as problem:
        profile.parse(text, "profile.toml")
    return problem.value


def changed(setting: str, part: str, written: str) -> str:
    """The packaged text with one line of one setting written otherwise."""
    start = TEXT.index(f'[settings."{setting}"]')
    return TEXT[:start] + re.sub(rf"^{part} = .*$", f"{part} = {written}", TEXT[start:], count=1, flags=re.M)


class TestPackaged:
    @pytest.mark.parametrize("name", profile.NAMES)
    def test_each_is_whole_and_named_as_its_file(self, name: str) -> None:
        found = profile.parse(profile.packaged(name), f"{name}.toml")
        assert found.name == name
        assert set(found.title) == {"zh", "en"}
        assert set(found.settings) == {f"{group}.{one.name}" for group, kind in GROUPS.items() for one in fields(kind)}

    @pytest.mark.parametrize("name", profile.NAMES)
    def test_what_nobody_wrote_is_ours_and_the_rest_is_not(self, name: str) -> None:
        for setting in profile.parse(profile.packaged(name), "x").settings.values():
            assert (setting.mark == "U") == (setting.standing == "ours")
            assert setting.source
            assert setting.unit

    @pytest.mark.parametrize("name", profile.NAMES)
    def test_a_setting_knows_its_line(self, name: str) -> None:
        text = profile.packaged(name)
        lines = text.splitlines()
        for key, setting in profile.parse(text, "x").settings.items():
            assert lines[setting.line - 1] == f'[settings."{key}"]'

    def test_2018_lets_marketing_call_with_consent(self) -> None:
        gate = profile.parse(TEXT, "x").gate
        assert gate.consent_required_uses == (Use.MARKETING,)
        assert gate.outbound_uses_forbidden == ()
        assert gate.hours == {Use.MARKETING: (9 * 60, 21 * 60)}
        assert gate.always_pass_kinds == {Kind.EMERGENCY, Kind.PUBLIC_INTEREST}
        assert gate.sip_codes["callee"] == (607, "Unwanted")
        assert gate.limits == (0, 0, 0)
        assert gate.labels[Use.MARKETING]["zh"] == "营销电话"

    def test_2020_licenses_no_marketing_and_wants_commitments(self) -> None:
        found = profile.parse(profile.packaged("cn-2020-inbound-only"), "x")
        assert found.gate.outbound_uses_forbidden == (Use.MARKETING,)
        assert found.gate.outbound_needs_commitment_kinds == {Kind.CALL_CENTRE_95}
        assert found.settings["gate.outbound_uses_forbidden"].standing == "notice"

    def test_the_two_differ_where_the_rules_differ_and_nowhere_else(self) -> None:
        one, other = (profile.parse(profile.packaged(name), "x") for name in profile.NAMES)
        differing = {key for key in one.settings if one.settings[key].value != other.settings[key].value}
        assert differing == {"gate.outbound_uses_forbidden", "gate.outbound_needs_commitment_kinds"}

    def test_thresholds_that_a_rule_names(self) -> None:
        found = profile.parse(TEXT, "x")
        assert found.calls.retention_days >= 183  # 网安法 21: six months
        assert found.settings["calls.retention_days"].standing == "law"
        assert found.settings["gate.hours"].standing == "ours"
        assert (found.notices.code_minutes, found.notices.code_tries) == (5, 5)

    def test_no_other_name_is_shipped(self) -> None:
        with pytest.raises(Problem, match="cn-2018-whitelist"):
            profile.packaged("../../../etc/passwd")

    def test_groups_are_frozen(self) -> None:
        with pytest.raises(FrozenInstanceError):
            profile.parse(TEXT, "x").gate.withheld = "pass"  # type: ignore[misc]


class TestRefused:
    def test_a_syntax_error_by_its_line(self) -> None:
        text = TEXT.replace('value = "label"', 'value = "label')
        problem = fault_of(text)
        assert problem.code == "profile.syntax"
        assert problem.where == place(text, 'value = "label')

    @pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000])
    def test_what_no_reader_of_toml_takes(self, text: str) -> None:
        assert fault_of(text).code == "profile.syntax"

    def test_an_unfinished_file(self) -> None:
        assert fault_of("[profile").code == "profile.syntax"
        assert fault_of("").code == "profile.missing"

    def test_a_missing_setting_at_the_end_where_it_is_to_be_added(self) -> None:
        start = TEXT.index('[settings."gate.withheld"]')
        text = TEXT[:start] + TEXT[TEXT.index("[settings.", start + 1) :]
        problem = fault_of(text)
        assert problem.code == "profile.missing"
        assert "gate.withheld" in problem.what
        assert problem.where == f"profile.toml:{len(text.splitlines())}"

    def test_an_unknown_setting_by_its_line(self) -> None:
        text = TEXT.replace('"gate.withheld"', '"gate.witheld"')
        problem = fault_of(text)
        assert problem.code == "profile.unknown"
        assert "gate.witheld" in problem.what
        assert problem.where == f"profile.toml:{line_of(text, 'gate.witheld')}"

    def test_an_unknown_table_and_an_unknown_key(self) -> None:
        problem = fault_of(TEXT + "\n[policy]\nx = 1\n")
        assert (problem.code, problem.where) == ("profile.unknown", f"profile.toml:{len(TEXT.splitlines()) + 2}")
        text = TEXT.replace('value = "label"', 'value = "label"\nweight = 3')
        problem = fault_of(text)
        assert (problem.code, problem.where) == ("profile.unknown", f"profile.toml:{line_of(text, 'weight')}")
        assert fault_of(TEXT.replace("[profile]", '[profile]\nauthor = "x"')).code == "profile.unknown"

    def test_a_setting_written_twice(self) -> None:
        assert fault_of(TEXT + '\n[settings."gate.withheld"]\nvalue = "pass"\n').code == "profile.syntax"

    @pytest.mark.parametrize("part", ["value", "unit", "source", "standing", "mark"])
    def test_a_setting_without_one_of_its_parts(self, part: str) -> None:
        start = TEXT.index('[settings."gate.withheld"]')
        text = TEXT[:start] + re.sub(rf"^{part} = .*\n", "", TEXT[start:], count=1, flags=re.M)
        problem = fault_of(text)
        assert problem.code == "profile.missing"
        assert problem.what == f"“gate.withheld” has no {part}"
        assert problem.where == place(text, header("gate.withheld"))

    @pytest.mark.parametrize(
        ("setting", "part", "written", "code"),
        [
            # type
            ("gate.withheld", "value", "3", "mistyped"),
            ("gate.withheld", "value", '"maybe"', "mistyped"),
            ("gate.facts_max_age_s", "value", '"300"', "mistyped"),
            ("gate.facts_max_age_s", "value", "true", "mistyped"),
            ("gate.facts_max_age_s", "value", "3.5", "mistyped"),
            ("gate.category_opt_out", "value", '"yes"', "mistyped"),
            ("gate.category_opt_out", "value", "1", "mistyped"),
            ("gate.timezone", "value", '"Asia/Atlantis"', "mistyped"),
            ("gate.always_pass_kinds", "value", '"emergency"', "mistyped"),
            ("gate.always_pass_kinds", "value", '["emergency", "police"]', "mistyped"),
            ("gate.always_pass_kinds", "value", '["emergency", "mobile"]', "mistyped"),  # would let every call pass
            ("gate.consent_required_uses", "value", '["marketing", "marketing"]', "mistyped"),
            ("gate.consent_required_uses", "value", '["selling"]', "mistyped"),
            ("gate.hours", "value", '{ marketing = "9-21" }', "mistyped"),
            ("gate.hours", "value", '{ marketing = "21:00-09:00" }', "mistyped"),
            ("gate.hours", "value", '{ marketing = "09:00-24:30" }', "mistyped"),
            ("gate.hours", "value", '{ spam = "09:00-21:00" }', "mistyped"),
            ("gate.hours", "value", '"09:00-21:00"', "mistyped"),
            ("gate.limits", "value", "{ per_minute = 1 }", "mistyped"),
            ("gate.limits", "value", "{ per_minute = -1, per_hour = 0, per_day = 0 }", "mistyped"),
            ("notices.stop_words", "value", '["T", "t"]', "mistyped"),
            ("notices.stop_words", "value", '["T", ""]', "mistyped"),
            ("ledger.origin", "value", '"my log"', "mistyped"),
            ("ledger.origin", "value", '"a+b"', "mistyped"),
            ("gate.withheld", "source", '""', "mistyped"),
            ("gate.withheld", "source", "7", "mistyped"),
            # out of range
            ("gate.facts_max_age_s", "value", "0", "mistyped"),
            ("gate.facts_max_age_s", "value", "86401", "mistyped"),
            ("notices.code_tries", "value", "11", "mistyped"),
            ("consent.proof_days", "value", "-1", "mistyped"),
            # unit, standing, mark
            ("gate.facts_max_age_s", "unit", '"minutes"', "unit"),
            ("gate.withheld", "standing", '"rumour"', "standing"),
            ("gate.withheld", "standing", '"law"', "standing"),
            ("gate.category_opt_out", "standing", '"ours"', "standing"),
            ("gate.withheld", "mark", '"X"', "mark"),
            ("gate.category_opt_out", "mark", '"U"', "standing"),
        ],
    )
    def test_a_wrong_part_by_its_line(self, setting: str, part: str, written: str, code: str) -> None:
        text = changed(setting, part, written)
        problem = fault_of(text)
        assert problem.code == f"profile.{code}"
        assert setting in problem.what
        named = "standing" if code == "standing" else part
        assert problem.where == place(text, f"{named} = ", header(setting))

    @pytest.mark.parametrize(
        ("before", "after", "setting"),
        [
            ('callee = "607 Unwanted"\n', "", "gate.sip_codes"),
            ('callee = "607 Unwanted"', 'callee = "607 Unwanted"\nmoon = "603 Declined"', "gate.sip_codes"),
            ('callee = "607 Unwanted"', 'callee = "200 OK"', "gate.sip_codes"),
            ('callee = "607 Unwanted"', "callee = 607", "gate.sip_codes"),
            ('survey = { zh = "回访调查", en = "Survey" }\n', "", "gate.labels"),
            ('survey = { zh = "回访调查", en = "Survey" }', 'survey = { zh = "回访调查" }', "gate.labels"),
        ],
    )
    def test_a_table_with_a_wrong_entry(self, before: str, after: str, setting: str) -> None:
        text = TEXT.replace(before, after)
        problem = fault_of(text)
        assert problem.code == "profile.mistyped"
        assert setting in problem.what
        assert int(problem.where.partition(":")[2]) >= line_of(text, header(setting))

    @pytest.mark.parametrize(
        ("before", "after", "code"),
        [
            ('name = "cn-2018-whitelist"', 'name = "CN 2018"', "name"),
            ('name = "cn-2018-whitelist"\n', "", "name"),
            ("title.zh", "title.fr", "title"),
            ('title.en = "2018', 'title.en = 7 # "2018', "title"),
        ],
    )
    def test_a_wrong_head(self, before: str, after: str, code: str) -> None:
        problem = fault_of(TEXT.replace(before, after))
        assert problem.code == f"profile.{code}"
        assert problem.where == f"profile.toml:{line_of(TEXT, '[profile]')}"

    def test_settings_that_are_no_tables(self) -> None:
        head = '[profile]\nname = "x"\ntitle = { zh = "一", en = "one" }\n'
        assert fault_of("settings = 3\n" + head).code == "profile.mistyped"
        assert fault_of(head + '[settings]\n"gate.withheld" = "pass"\n').code in ("profile.missing", "profile.mistyped")

    @given(st.integers(0, len(TEXT) - 1), st.text(max_size=3), st.integers(0, 40))
    def test_any_damage_is_refused_with_a_line_or_does_no_harm(self, at: int, put: str, cut: int) -> None:
        where = ""
        try:
            profile.parse(TEXT[:at] + put + TEXT[at + cut :], "profile.toml")
        except Problem as problem:
            where = problem.where
        assert where == "" or re.fullmatch(r"profile\.toml:[1-9]\d*", where)


class TestLoad:
    def test_none_chosen_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(Problem) as problem:
            profile.load(Home(tmp_path))
        assert problem.value.code == "profile.none"
        assert "mingbai init" in problem.value.mend

    def test_the_same_file_is_the_same_profile_and_a_changed_one_is_read_again(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.profile.write_text(TEXT, "utf-8")
        first = profile.load(home)
        assert profile.load(home) is first
        home.profile.write_text(changed("gate.facts_max_age_s", "value", "60"), "utf-8")
        os.utime(home.profile, ns=(1, 1))
        assert profile.load(home).gate.facts_max_age_s == 60

    def test_a_mark_before_the_text_is_no_fault_and_another_encoding_is_one(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.profile.write_text(TEXT, "utf-8-sig")
        assert profile.load(home) == profile.parse(TEXT, "profile.toml")
        home.profile.write_text(TEXT, "gb18030")
        with pytest.raises(Problem, match=place(TEXT, "title.zh").replace(".", r"\.")) as problem:
            profile.load(home)
        assert problem.value.code == "profile.syntax"

    def test_a_fault_names_the_file(self, tmp_path: Path) -> None:
        home = Home(tmp_path)
        home.profile.write_text("[profile]\n", "utf-8")
        with pytest.raises(Problem, match=r"profile\.toml:1"):
            profile.load(home)
