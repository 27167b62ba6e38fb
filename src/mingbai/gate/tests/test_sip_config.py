"""sip.toml: read, and refused with the line of the fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.hosts.sip.config import Config, load, parse
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile

RULES = profile.parse(profile.packaged("cn-2018-whitelist"), "profile.toml")
TEXT = """\
# the proxy beside the exchange
listen = ["udp:192.0.2.10:5060", "tcp:[2001:db8::10]:5060"]
children = 4
trunk_header = "X-Trunk"
trunk_header_from = ["192.0.2.20", "[2001:db8::20]:5062"]
redress = "https://gate.example.cn/"

[default]
identity = "pai-else-from"
next_hop = "192.0.2.3:5070;transport=tcp"

[[trunk]]
name = "line-1"
sources = ["192.0.2.1", "[2001:db8::1]"]
announcement = "sip:refused@192.0.2.9;transport=udp"

[[trunk]]
name = "line-2"
sources = ["192.0.2.1:5080"]  # the same switch, another line
identity = "pai"
label = "identity"
style = "clearip"
next_hop = "switch.example.cn"
"""


def read(text: str = TEXT) -> Config:
    return parse(text, RULES)


def fault_of(text: str) -> Problem:
    with pytest.raises(Problem) as problem:
        read(text)
    return problem.value


def line_of(text: str, part: str) -> str:
    return f"sip.toml:{text[: text.rindex(part)].count(chr(10)) + 1}"


class TestRead:
    def test_a_file_says_what_it_says(self) -> None:
        found = read()
        assert (found.listen, found.children) == (("udp:192.0.2.10:5060", "tcp:[2001:db8::10]:5060"), 4)
        assert (found.trunk_header, found.redress) == ("X-Trunk", "https://gate.example.cn")
        one, two = found.trunks
        assert (one.name, one.identity, one.label, one.style) == ("line-1", "pai-else-from", "contact", "plain")
        assert (one.next_hop, one.announcement) == (found.default.next_hop, "sip:refused@192.0.2.9;transport=udp")
        assert (two.identity, two.label, two.style) == ("pai", "identity", "clearip")
        assert (two.next_hop, two.announcement) == ("switch.example.cn", "")
        assert found.failed == "pass"

    def test_an_empty_file_and_none_are_this_machine_alone(self, home: Home) -> None:
        for found in (read(""), load(home, RULES)):
            assert found.listen == ("udp:127.0.0.1:5060", "tcp:127.0.0.1:5060")
            assert (found.trunks, found.redress, found.trunk_header, found.children) == ((), "", "", 2)
            default = found.default
            assert (default.name, default.identity, default.label, default.style) == ("", "from", "contact", "plain")
            assert default.next_hop == "127.0.0.1:5080"

    def test_the_file_in_the_home_is_read_and_a_fault_names_it(self, home: Home) -> None:
        path = home.root / "sip.toml"
        path.write_text(TEXT, "utf-8-sig")
        assert load(home, RULES).children == 4
        path.write_bytes(b"children = 4\n# \xd6\xd0\n")
        with pytest.raises(Problem, match=r"sip\.toml:2"):
            load(home, RULES)

    def test_what_happens_when_the_gate_fails_is_the_profiles_to_say(self) -> None:
        text = profile.packaged("cn-2018-whitelist")
        start = text.index("sip.failed_ordinary")
        text = text[:start] + text[start:].replace('value = "pass"', 'value = "refuse"', 1)
        rules: Profile = profile.parse(text, "profile.toml")
        assert parse("", rules).failed == "refuse"


def test_the_examples_of_the_documents_are_taken() -> None:
    page = (Path(__file__).parents[4] / "docs" / "gate.md").read_text("utf-8")
    ours, style = re.findall(r"```toml\n(.*?)```", page, re.S)
    found = read(ours)
    assert [trunk.name for trunk in found.trunks] == ["line-1"]
    assert found.trunk_of("192.0.2.20", 5060, "line-1").announcement == "sip:refused@192.0.2.9"
    text = profile.packaged("cn-2018-whitelist")
    at = text.index('[settings."sip.failed_ordinary"]')
    rules = profile.parse(text[:at] + style + text[at:], "profile.toml")
    assert parse(ours.replace('style = "plain"', 'style = "us-603"'), rules).trunks[0].style == "us-603"


class TestTrunkOf:
    @pytest.mark.parametrize(
        ("ip", "port", "header", "name"),
        [
            ("192.0.2.1", 5060, "", "line-1"),
            ("192.0.2.1", 5080, "", "line-2"),
            ("192.0.2.99", 5060, "", ""),
            ("2001:db8::1", 5060, "", "line-1"),
            ("2001:DB8:0:0:0:0:0:1", 5060, "", "line-1"),
            ("[2001:db8::1]", 5060, "", "line-1"),
            ("2001:0db8:0000:0000:0000:0000:0000:0001", 1, "", "line-1"),
            ("192.0.2.1", 5060, "line-2", "line-1"),  # who may not write the header is not believed
            ("192.0.2.99", 5060, "line-1", ""),
            ("192.0.2.20", 5060, "line-2", "line-2"),
            ("2001:db8::20", 5062, "line-1", "line-1"),
            ("2001:db8::20", 5060, "line-1", ""),
            ("192.0.2.20", 5060, "line-9", ""),
            ("192.0.2.20", 5060, "", ""),
        ],
    )
    def test_by_address_port_and_header(self, ip: str, port: int, header: str, name: str) -> None:
        found = read()
        trunk = found.trunk_of(ip, port, header)
        assert trunk.name == name
        assert (trunk is found.default) == (name == "")


class TestRefused:
    @pytest.mark.parametrize(
        ("before", "after", "code"),
        [
            ("children = 4", "children = 0", "mistyped"),
            ("children = 4", "children = 65", "mistyped"),
            ("children = 4", "children = true", "mistyped"),
            ("children = 4", 'children = "4"', "mistyped"),
            ("children = 4", "workers = 4", "unknown"),
            ("children = 4", 'metrics = "9464"', "mistyped"),
            ("children = 4", 'metrics = "127.0.0.1"', "mistyped"),
            ("children = 4", 'metrics = "127.0.0.1:0"', "mistyped"),
            ("children = 4", 'metrics = "127.0.0.1:9464; include_file"', "mistyped"),
            ("listen = [", "listen = []  # [", "mistyped"),
            ('"udp:192.0.2.10:5060"', '"192.0.2.10:5060"', "mistyped"),
            ('"udp:192.0.2.10:5060"', '"udp:192.0.2.10:0"', "mistyped"),
            ('"udp:192.0.2.10:5060"', '"udp:192.0.2.10:65536"', "mistyped"),
            ('"X-Trunk"', '"X Trunk"', "mistyped"),
            ('"X-Trunk"', '"X-Trunk:\\r\\n"', "mistyped"),
            ('trunk_header_from = ["192.0.2.20", ', 'trunk_header_from = ["proxy.example.cn", ', "mistyped"),
            ('"https://gate.example.cn/"', '"gate.example.cn"', "mistyped"),
            ('"https://gate.example.cn/"', '"https://gate.example.cn/<x>"', "mistyped"),
            ('"https://gate.example.cn/"', '"https://gate.example.cn/?a=b"', "mistyped"),
            ('identity = "pai-else-from"', 'identity = "rpid"', "mistyped"),
            ('label = "identity"', 'label = "both"', "mistyped"),
            ('style = "clearip"', 'style = "us-603"', "mistyped"),
            ('style = "clearip"', "style = 3", "mistyped"),
            ('"192.0.2.3:5070;transport=tcp"', '"192.0.2.3:5070;transport=ws"', "mistyped"),
            ('"192.0.2.3:5070;transport=tcp"', '"sip:192.0.2.3"', "mistyped"),
            ('"192.0.2.3:5070;transport=tcp"', '"192.0.2.3:99999"', "mistyped"),
            ('"192.0.2.3:5070;transport=tcp"', '""', "mistyped"),
            ('"sip:refused@192.0.2.9;transport=udp"', '"refused@192.0.2.9"', "mistyped"),
            ('"sip:refused@192.0.2.9;transport=udp"', '"sip:refused@192.0.2.9?X=1"', "mistyped"),
            ('"sip:refused@192.0.2.9;transport=udp"', '"sip:refused@192.0.2.9>"', "mistyped"),
            ('name = "line-2"', 'name = ""', "mistyped"),
            ('name = "line-2"', 'name = "a b"', "mistyped"),
            ('name = "line-2"', 'name = "line-1"', "twice"),
            ('sources = ["192.0.2.1:5080"]', "sources = []", "mistyped"),
            ('sources = ["192.0.2.1:5080"]', 'sources = "192.0.2.1:5080"', "mistyped"),
            ('sources = ["192.0.2.1:5080"]', 'sources = ["192.0.2.256"]', "mistyped"),
            ('sources = ["192.0.2.1:5080"]', 'sources = ["2001:db8::2"]', "mistyped"),
            ('sources = ["192.0.2.1:5080"]', 'sources = ["[2001:0db8::0001]"]', "twice"),
            ('sources = ["192.0.2.1:5080"]', 'sources = ["192.0.2.1"]', "twice"),
        ],
    )
    def test_a_wrong_value_by_its_line(self, before: str, after: str, code: str) -> None:
        assert TEXT.count(before) == 1
        text = TEXT.replace(before, after)
        problem = fault_of(text)
        assert problem.code == f"sip.{code}"
        assert problem.where == line_of(text, after)

    def test_a_header_that_anybody_may_write_is_no_proof(self) -> None:
        text = TEXT.replace('trunk_header_from = ["192.0.2.20", "[2001:db8::20]:5062"]\n', "")
        problem = fault_of(text)
        assert (problem.code, problem.where) == ("sip.header", line_of(text, "trunk_header ="))
        assert "trunk_header_from" in problem.mend

    @pytest.mark.parametrize("part", ["name", "sources"])
    def test_a_trunk_without_a_name_or_sources(self, part: str) -> None:
        text = TEXT[: TEXT.rindex("[[trunk]]")] + re.sub(
            rf"^{part} = .*\n", "", TEXT[TEXT.rindex("[[trunk]]") :], flags=re.M
        )
        problem = fault_of(text)
        assert (problem.code, problem.where) == (
            "sip.missing",
            f"sip.toml:{text[: text.rindex('[[trunk]]')].count(chr(10)) + 1}",
        )

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("children = \n", 1),
            ("[default\n", 1),
            ("a = [" + "[" * 20_000, 1),
            ("default = 3\n", 1),
            ("trunk = 3\n", 1),
            ("children = 2\ntrunk = [3]\n", 2),
            ("children = 2\n\n[trunks]\n", 3),
            ("children = 2\n\n[default]\nname = 'x'\n", 4),
            ("\n[[trunk]]\nname = 'x'\nsources = ['192.0.2.1']\nsource = 3\n", 5),
        ],
    )
    def test_a_wrong_shape(self, text: str, line: int) -> None:
        problem = fault_of(text)
        assert problem.where == f"sip.toml:{line}"

    @given(st.integers(0, len(TEXT) - 1), st.text(max_size=3), st.integers(0, 40))
    def test_any_damage_is_refused_with_a_line_or_does_no_harm(self, at: int, put: str, cut: int) -> None:
        where = ""
        try:
            read(TEXT[:at] + put + TEXT[at + cut :])
        except Problem as problem:
            where = problem.where
        assert where == "" or re.fullmatch(r"sip\.toml:[1-9]\d*", where)
