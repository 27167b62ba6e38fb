"""What is read from a request's texts, and which called numbers the native script lets through by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.gate.decide import policy_of
from mingbai.gate.hosts.sip import native, reading
from mingbai.gate.hosts.sip.config import parse as parse_config
from mingbai.gate.hosts.sip.reading import ABSENT, FIELDS, SEPARATOR
from mingbai.kernel.msisdn import Kind, parse, table
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import USES

NUMBERS = {
    "sip:13900000001@h": ("8613900000001", "13900000001"),
    "sip:+8613900000001@h;user=phone": ("8613900000001", "+8613900000001"),
    "SIP:13900000001@h": ("8613900000001", "13900000001"),
    "sips:13900000001@h": ("8613900000001", "13900000001"),
    "tel:+86-139-0000-0001": ("8613900000001", "+86-139-0000-0001"),
    "tel:13900000001;phone-context=+86": ("8613900000001", "13900000001;phone-context=+86"),
    "sip:13900000001;npdi;rn=1@h": ("8613900000001", "13900000001;npdi;rn=1"),
    "sip:13900000001:secret@h": ("8613900000001", "13900000001:secret"),
    "sip:%313900000001@h": ("8613900000001", "%313900000001"),
    "sip:%31390000000%31@h": ("8613900000001", "%31390000000%31"),
    "sip:95533@95588": ("8695533", "95533"),
    "sip:13900000001": ("", ""),
    "sip:95533": ("", ""),
    "sip:@h": ("", ""),
    "sip:127.0.0.1:5060": ("", ""),
    "sip:alice@h": ("", "alice"),
    "mailto:13900000001@h": ("", ""),
    "<null>": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize("uri", NUMBERS)
def test_the_number_in_a_uri(uri: str) -> None:
    number, user = reading.number_of(uri)
    assert (number.digits, user) == NUMBERS[uri]


@pytest.mark.parametrize(
    ("uri", "verstat"),
    [
        ("tel:+8613900000001;verstat=TN-Validation-Passed", "TN-Validation-Passed"),
        ("sip:+8613900000001;verstat=No-TN-Validation@h;user=phone", "No-TN-Validation"),
        ("sip:+8613900000001@h;user=phone;verstat=TN-Validation-Failed", "TN-Validation-Failed"),
        ("sip:+8613900000001@h", ""),
        ("sip:+8613900000001;verstat=@h", ""),
    ],
)
def test_what_the_network_said_of_the_number(uri: str, verstat: str) -> None:
    assert reading.caller_of(uri, ABSENT, "from")[2] == verstat


@pytest.mark.parametrize(
    ("identity", "asserted", "kind", "dialled"),
    [
        ("from", "tel:+8613900000002", Kind.MOBILE, "13900000001"),
        ("pai", "tel:+8613900000002", Kind.MOBILE, "+8613900000002"),
        ("pai-else-from", "tel:+8613900000002", Kind.MOBILE, "+8613900000002"),
        ("pai-else-from", ABSENT, Kind.MOBILE, "13900000001"),
        ("pai-else-from", "sip:alice@h", Kind.MALFORMED, "alice"),
        ("pai", ABSENT, Kind.WITHHELD, ""),
        ("pai", "sip:anonymous@anonymous.invalid", Kind.WITHHELD, "anonymous"),
    ],
)
def test_who_calls_by_the_trunk_s_identity(identity: str, asserted: str, kind: Kind, dialled: str) -> None:
    number, said, _ = reading.caller_of("sip:13900000001@h", asserted, identity)
    assert (number.kind, said) == (kind, dialled)


def test_the_purpose_that_is_declared() -> None:
    assert reading.purpose_of(" Marketing ") == USES.index("marketing")
    assert reading.purpose_of("no such word") is reading.purpose_of(ABSENT) is None


@given(st.text())
def test_no_text_at_all_makes_it_raise(text: str) -> None:
    fields = reading.fields_of(text)
    assert len(fields) == FIELDS
    for uri in (text, f"sip:{text}@h", f"tel:{text}", f"sip:{text}"):
        number, _ = reading.number_of(uri)
        assert not number.digits or number.digits.isascii()
        for identity in ("from", "pai", "pai-else-from"):
            reading.caller_of(uri, text, identity)
        reading.purpose_of(text)


@given(st.lists(st.text(st.characters(exclude_characters=SEPARATOR)), min_size=FIELDS, max_size=FIELDS))
def test_fields_come_back_as_they_were(fields: list[str]) -> None:
    assert reading.fields_of(SEPARATOR.join(fields)) == fields


def test_kamailio_is_asked_for_as_many_texts_as_are_read() -> None:
    for header in ("", "X-Trunk"):
        assert len(reading.variables(header)) == FIELDS


SERVICES = sorted(
    table.EMERGENCY
    | table.PUBLIC_EXACT
    | {prefix + digits for prefix in ("121", "123") for digits in ("10", "00", "95", "345", "3456", "123456")}
)
DIALLED = st.one_of(
    st.text("0123456789", max_size=14),
    st.builds(
        lambda before, area, number, after: before + area + number + after,
        st.sampled_from(["", "+86", "86", "0086", "0", "+860", "00"]),
        st.sampled_from(["", *sorted(table.AREA_2), "755", "951", "952", "311", "991", "411"]),
        st.sampled_from(SERVICES),
        st.sampled_from(["", "0", "11"]),
    ),
)


@pytest.fixture(scope="session")
def taken() -> re.Pattern[str]:
    return re.compile(native.always_pass(public=True))


@settings(max_examples=500)
@given(DIALLED)
def test_the_native_script_lets_through_what_the_gate_would_and_nothing_else(
    rules: Profile, taken: re.Pattern[str], dialled: str
) -> None:
    assert bool(taken.match(dialled)) == (parse(dialled).kind in policy_of(rules).always_pass)


def test_calls_for_help_behind_every_area_and_behind_what_is_none(rules: Profile, taken: re.Pattern[str]) -> None:
    passing = policy_of(rules).always_pass
    for before in ("", "0", "+86", "0086", "+860"):
        for area in range(10, 1000):
            for number in ("110", "12345", "96110"):
                dialled = f"{before}{area}{number}"
                assert bool(taken.match(dialled)) == (parse(dialled).kind in passing), dialled


TOML = """
listen = ["udp:192.0.2.1:5060"]
trunk_header = "X-Trunk"
trunk_header_from = ["192.0.2.9"]
[default]
next_hop = "192.0.2.2:5060"
[[trunk]]
name = 'line)"$si\\'
sources = ["192.0.2.3", "[2001:db8::1]:5070"]
next_hop = "192.0.2.4;transport=tcp"
style = "clearip"
"""


def test_without_public_interest_numbers_only_calls_for_help_are_let_through() -> None:
    only = re.compile(native.always_pass(public=False))
    assert all(only.match(number) for number in ("110", "+86120", "021119", "112"))
    assert not any(only.match(number) for number in ("12345", "96110", "02112395", "95110"))


def test_the_native_trunks_are_those_of_the_settings(rules: Profile) -> None:
    config = parse_config(TOML, rules)
    found = native.table(config, rules)
    tell = SEPARATOR.join
    line_1 = tell(("192.0.2.4;transport=tcp", "192.0.2.4;transport=tcp", "404", "Not Found"))
    assert found["default"] == tell(("192.0.2.2:5060", "192.0.2.2:5060", "302", "Moved Temporarily"))
    assert {found["at 192.0.2.3"], found["at 2001:db8:0:0:0:0:0:1:5070"], found['name line)"$si\\']} == {line_1}
    assert (found["header"], found["from 192.0.2.9"]) == ("X-Trunk", "yes")
    assert (found["failed"], found["public"]) == ("yes", "yes")
    assert not any("[" in key for key in found)
    written = "\n".join(native.lines(config, rules, Path("/opt/host.py")))
    assert '$var(key) = "name line)\\"$si\\\\";' in written
    assert "disable_tcp=yes" in written


@pytest.mark.parametrize(
    ("features", "knows"),
    [
        ("*;+sip.608", True),
        ("*;+SIP.608", True),
        ("*;+g.3gpp.x , *; +sip.608 ; y=1", True),
        ('*;+x="a;+sip.608;b"', False),
        ("*;+sip.6080", False),
        ("*;+sip.60", False),
        ('*;+sip.608="1"', True),
        ("+sip.608", False),
        ("", False),
        (ABSENT, False),
    ],
)
def test_who_knows_608(features: str, knows: bool) -> None:
    assert reading.knows_608(features) is knows


@pytest.mark.parametrize(
    ("asserted", "telephone"),
    [
        ("<sip:alice@h>, <tel:+8613800000001>", "tel:+8613800000001"),
        ("<tel:+86-138-0000-0001;verstat=x>,<sip:alice@h>", "tel:+86-138-0000-0001;verstat=x"),
        ("tel:95533", "tel:95533"),
        ("<sip:alice@h>", ""),
        ('"<tel:110>, \\" <tel:110>" <sip:alice@h>', ""),
        ("", ""),
    ],
)
def test_of_two_asserted_identities_one_may_be_a_telephone(asserted: str, telephone: str) -> None:
    assert reading.telephone_of(asserted) == telephone
