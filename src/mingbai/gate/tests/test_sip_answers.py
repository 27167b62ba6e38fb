"""What a verdict becomes on the wire: by story, by table, and whatever a label or a dialled number contains."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.check import Answer
from mingbai.gate.decide import Call, Verdict, policy_of
from mingbai.gate.hosts.sip.answers import Reply, reply
from mingbai.gate.hosts.sip.config import Config, Trunk
from mingbai.gate.hosts.sip.config import parse as parse_config
from mingbai.gate.hosts.sip.spelling import MOST_BYTES, MOST_CHARACTERS, MOST_URI, shown
from mingbai.gate.tests import sip_grammar
from mingbai.kernel import profile
from mingbai.kernel.msisdn import Kind, Msisdn, parse
from mingbai.kernel.profile import Profile, Style
from mingbai.kernel.profile.groups import SIP_FAMILIES
from mingbai.kernel.profile.styles import styles
from mingbai.kernel.terms import Decision

RULES = profile.parse(profile.packaged("cn-2018-whitelist"), "profile.toml")
SAID = policy_of(RULES).said
LABEL = "骚扰电话 32人举报"
RECEIPT = "0198c0ffee00700080000000000000aa-311"
CARD = f"https://gate.example.cn/redress/{RECEIPT}.jws"
DIALLED = "+8613912345678"
CONFIG = parse_config(
    """
redress = "https://gate.example.cn/"
[default]
next_hop = "192.0.2.3:5070;transport=tcp"
[[trunk]]
name = "switch"
sources = ["192.0.2.1"]
announcement = "sip:refused@192.0.2.9"
[[trunk]]
name = "sbc"
sources = ["192.0.2.2"]
label = "identity"
[[trunk]]
name = "advancing"
sources = ["192.0.2.4"]
style = "clearip"
label = "identity"
[[trunk]]
name = "plain"
sources = ["192.0.2.5"]
label = "none"
""",
    RULES,
)
SWITCH, SBC, ADVANCING, UNLABELLED = CONFIG.trunks
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


def labelled(label: str) -> Verdict:
    return SAID["labelled"]._replace(label=label)


def answered(
    verdict: Verdict,
    trunk: Trunk = SWITCH,
    *,
    user: str = DIALLED,
    by: Msisdn | None = None,
    receipt: str = RECEIPT,
    config: Config = CONFIG,
    has_608: bool = True,
    caller: str = "",
    known: Mapping[str, Style] = RULES.sip.styles,
) -> Reply:
    call = Call(by or parse("95533"), parse("13912345678"))
    return reply(Answer(verdict, call, receipt, 1), user, trunk, config, known, has_608=has_608, caller=caller)


def read_styles(text: str) -> Mapping[str, Style]:
    found: Mapping[str, Style] = styles(SIP_FAMILIES)(tomllib.loads(text))
    return found


class TestStory:
    def test_a_bank_calls_and_the_phone_shows_who(self) -> None:
        code, reason, uri, headers = answered(labelled("某某银行 客服"), caller="95533")
        assert (code, reason, headers) == (302, "Moved Temporarily", "")
        user, where, asked = sip_grammar.contact(uri)
        assert (user, where) == (DIALLED, "192.0.2.3:5070;transport=tcp")
        shown_name, address = sip_grammar.name_addr(asked["P-Asserted-Identity"])
        assert (shown_name, address) == ("某某银行 客服", "sip:95533@192.0.2.3:5070;user=phone")
        assert sip_grammar.call_reason(asked["Call-Info"]) == "某某银行 客服"
        assert list(asked) == ["P-Asserted-Identity", "Call-Info"]

    def test_a_session_border_controller_reads_the_label_in_the_answer_itself(self) -> None:
        code, _, uri, headers = answered(labelled(LABEL), SBC)
        assert (code, uri) == (302, f"sip:{DIALLED}@192.0.2.3:5070;transport=tcp")
        ((name, value),) = sip_grammar.header_lines(headers)
        assert name == "P-Asserted-Identity"
        assert sip_grammar.name_addr(value) == (LABEL, "sip:+8695533@192.0.2.3:5070;user=phone")

    def test_a_switch_that_advances_along_its_routes_is_told_that_there_is_none_here(self) -> None:
        assert answered(SAID["passed"], ADVANCING) == (404, "Not Found", "", "")
        code, _, uri, headers = answered(labelled(LABEL), ADVANCING)
        assert (code, uri) == (404, "")
        assert sip_grammar.name_addr(sip_grammar.header_lines(headers)[0][1])[0] == LABEL

    def test_a_refused_caller_is_told_where_to_read_why(self) -> None:
        reply = answered(SAID["unconsented"])
        assert reply == (608, "Rejected", "", f"Call-Info: <{CARD}>;purpose=jwscard\r\n")

    def test_whose_side_knows_no_608_hears_the_announcement(self) -> None:
        assert answered(SAID["unconsented"], has_608=False) == (302, "Moved Temporarily", "sip:refused@192.0.2.9", "")
        assert answered(SAID["refused"], has_608=False).code == 607  # the style announces 608 alone
        assert answered(SAID["unconsented"], SBC, has_608=False).code == 608  # no announcement there


@pytest.mark.parametrize("name", sorted(SAID))
def test_every_outcome_has_its_answer(name: str) -> None:
    verdict = SAID[name]
    code, reason, uri, headers = answered(verdict)
    sip_grammar.header_lines(headers)
    if verdict.decision is Decision.REFUSE:
        assert (code, reason, uri) == (verdict.sip.code, verdict.sip.reason, "")
        assert (CARD in headers) == (code in (607, 608))
    else:
        assert (code, sip_grammar.contact(uri)[0]) == (302, DIALLED)


class TestRedress:
    def test_without_an_address_of_redress_no_card_is_promised(self) -> None:
        config = parse_config("", RULES)
        assert answered(SAID["unconsented"], config.default, config=config) == (608, "Rejected", "", "")

    def test_a_refusal_that_is_in_no_journal_has_no_card(self) -> None:
        assert answered(SAID["unconsented"], receipt="") == (608, "Rejected", "", "")

    def test_each_call_has_its_own(self) -> None:
        assert answered(SAID["unconsented"], receipt="a" * 32 + "-0").headers.count("a" * 32 + "-0.jws") == 1
        assert RECEIPT in answered(SAID["unconsented"]).headers


class TestStyles:
    US = """
[plain]
pass = "302 Moved Temporarily"
[us-603]
pass = "302 Moved Temporarily"
refuse = { consent = "603 Network Blocked", hours = "603 Network Blocked" }
[us-603.headers]
603 = ['Reason: SIP;cause=603;text="v=analytics1;url={page};id={id}";location=LN']
302 = ["X-Verdict: {id}", "X-Code: {code}"]
"""

    def test_another_countrys_style_is_only_data(self) -> None:
        known = read_styles(self.US)
        trunk = Trunk(style="us-603")
        code, reason, _, headers = answered(SAID["unconsented"], trunk, known=known)
        page = f"https://gate.example.cn/redress/{RECEIPT}"
        assert (code, reason) == (603, "Network Blocked")
        assert headers == f'Reason: SIP;cause=603;text="v=analytics1;url={page};id={RECEIPT}";location=LN\r\n'
        assert answered(SAID["refused"], trunk, known=known).code == 607  # what the style does not say: gate.sip_codes

    def test_headers_of_a_call_that_goes_on(self) -> None:
        known = read_styles(self.US)
        trunk = Trunk(style="us-603")
        for verdict in (SAID["passed"], labelled(LABEL)):
            assert answered(verdict, trunk, known=known).headers == f"X-Verdict: {RECEIPT}\r\nX-Code: 302\r\n"
            assert answered(verdict, trunk, known=known, receipt="").headers == "X-Code: 302\r\n"

    def test_labelled_calls_may_be_answered_otherwise_than_passed_ones(self) -> None:
        known = read_styles('plain = { pass = "503 Service Unavailable", label = "302 Moved Temporarily" }')
        assert answered(SAID["passed"], known=known) == (503, "Service Unavailable", "", "")
        assert sip_grammar.contact(answered(labelled(LABEL), known=known).contact)[2]

    def test_a_style_that_the_profile_no_longer_has_is_answered_plainly(self) -> None:
        known = read_styles('plain = { pass = "302 Moved Temporarily" }')
        assert answered(SAID["passed"], ADVANCING, known=known).code == 302

    def test_changed_codes_count_at_once(self) -> None:
        verdict = SAID["unconsented"]
        assert answered(verdict).code == 608
        assert answered(verdict._replace(sip=verdict.sip._replace(code=603, reason="Declined")))[:2] == (
            603,
            "Declined",
        )
        assert answered(verdict).code == 608

    def test_changed_profiles_and_configurations_count_at_once(self) -> None:
        known = read_styles('plain = { pass = "503 Service Unavailable" }')
        moved = parse_config('[default]\nnext_hop = "192.0.2.77"', RULES)
        assert answered(SAID["passed"]).code == 302
        assert answered(SAID["passed"], known=known).code == 503
        assert answered(SAID["passed"], moved.default, config=moved).contact == f"sip:{DIALLED}@192.0.2.77"
        assert answered(SAID["passed"]).contact == f"sip:{DIALLED}@192.0.2.3:5070;transport=tcp"


class TestWhoCalls:
    WITHHELD = Msisdn("", Kind.WITHHELD)

    @pytest.mark.parametrize(
        ("by", "came", "written"),
        [
            (parse("95533"), "95533", "95533"),
            (parse("95533"), "", "+8695533"),
            (parse("02160876100"), "02160876100", "02160876100"),
            (parse("02160876100"), "+862160876100", "+862160876100"),
            (parse("1069095599"), "", "1069095599"),
            (parse("95533"), '95533" <sip:110@police>', "+8695533"),
            (parse("95533"), "95533\r\nX: y", "+8695533"),
            (parse("95533"), "9" * 100, "+8695533"),
            (parse("95533"), "95533#1", "+8695533"),
            (parse("95533"), "*95533", "*95533"),
        ],
    )
    def test_the_number_as_it_came_else_its_normal_form(self, by: Msisdn, came: str, written: str) -> None:
        asked = sip_grammar.contact(answered(labelled(LABEL), by=by, caller=came).contact)[2]
        address = f"sip:{written}@192.0.2.3:5070;user=phone"
        assert sip_grammar.name_addr(asked["P-Asserted-Identity"]) == (LABEL, address)
        (line,) = sip_grammar.header_lines(answered(labelled(LABEL), SBC, by=by, caller=came).headers)
        assert sip_grammar.name_addr(line[1]) == (LABEL, address)

    def test_of_a_withheld_caller_nothing_is_asserted(self) -> None:
        reply = answered(SAID["labelled_withheld"]._replace(label="号码未显示"), by=self.WITHHELD, caller="anonymous")
        asked = sip_grammar.contact(reply.contact)[2]
        assert list(asked) == ["Call-Info"]
        assert sip_grammar.call_reason(asked["Call-Info"]) == "号码未显示"

    def test_in_an_answer_a_withheld_caller_is_the_anonymous_one(self) -> None:
        ((_, value),) = sip_grammar.header_lines(answered(labelled("号码未显示"), SBC, by=self.WITHHELD).headers)
        assert sip_grammar.name_addr(value) == ("号码未显示", "sip:anonymous@anonymous.invalid")


class TestAnyLabel:
    @given(ANY_TEXT)
    def test_in_a_contact_it_is_read_back_as_it_is_shown(self, label: str) -> None:
        code, _, uri, headers = answered(labelled(label), caller="95533")
        assert (code, headers) == (302, "")
        assert len(uri) <= MOST_URI
        user, where, asked = sip_grammar.contact(uri)
        assert (user, where) == (DIALLED, "192.0.2.3:5070;transport=tcp")
        if not shown(label):
            assert asked == {}
            return
        name, address = sip_grammar.name_addr(asked["P-Asserted-Identity"])
        assert (name, address) == (shown(label), "sip:95533@192.0.2.3:5070;user=phone")
        assert sip_grammar.call_reason(asked["Call-Info"]) == shown(label)

    @given(ANY_TEXT)
    def test_in_an_answer_likewise(self, label: str) -> None:
        lines = sip_grammar.header_lines(answered(labelled(label), SBC).headers)
        assert [sip_grammar.name_addr(value)[0] for _, value in lines] == ([shown(label)] if shown(label) else [])
        "".join(value for _, value in lines).encode()  # no half of a surrogate pair reaches the wire

    @given(st.text(st.sampled_from("某银行客服aZ09 \"\\%<>;?&@=:,'#+"), min_size=1, max_size=MOST_CHARACTERS))
    def test_what_a_phone_can_show_stays_as_it_is(self, text: str) -> None:
        label = " ".join(text.split())
        if len(label.encode()) <= MOST_BYTES:
            assert shown(label) == label

    @given(ANY_TEXT)
    def test_what_is_shown_is_one_short_line(self, label: str) -> None:
        text = shown(label)
        assert shown(text) == text
        assert len(text) <= MOST_CHARACTERS
        assert len(text.encode()) <= MOST_BYTES
        assert text.isprintable()

    @pytest.mark.parametrize(
        "label",
        [
            "某银行\r\nX-Evil: 1",
            "\x00",
            '"><sip:110@police>',
            "\\",
            '\\"',
            "%0d%0aX: y",
            "\ud800\udfff",
            "‮110",
            "<>;?&=%",
            "银" * 10_000,
            "\\" * 10_000,
            "🏦" * 10_000,
            "a\x7f\x85\u2028\u2029b",
        ],
    )
    def test_the_known_tricks(self, label: str) -> None:
        for trunk in (SWITCH, SBC, ADVANCING):
            code, _, uri, headers = answered(labelled(label), trunk)
            assert code in (302, 404)
            assert len(sip_grammar.header_lines(headers)) <= 1
            assert not uri or set(sip_grammar.contact(uri)[2]) <= {"P-Asserted-Identity", "Call-Info"}

    def test_writing_that_turns_its_direction_is_not_shown(self) -> None:
        assert shown("‮0111\u2066银行\u2069") == "0111银行"

    def test_no_label_goes_to_a_trunk_that_takes_none(self) -> None:
        assert answered(labelled(LABEL), UNLABELLED) == answered(SAID["passed"], UNLABELLED)


class TestAnyDialledNumber:
    @given(ANY_TEXT)
    def test_it_goes_on_as_it_was_dialled_and_nowhere_else(self, user: str) -> None:
        uri = answered(SAID["passed"], user=user).contact
        read, where, asked = sip_grammar.contact(uri)
        assert (where, asked) == ("192.0.2.3:5070;transport=tcp", {})
        if "%" not in user and not any(0xD800 <= ord(one) < 0xE000 for one in user):
            assert read == user

    @pytest.mark.parametrize(
        ("user", "written"),
        [
            ("13912345678", "13912345678"),
            ("+8613912345678", "+8613912345678"),
            ("13912345678;phone-context=+86", "13912345678;phone-context=+86"),
            ("*21*13912345678#", "*21*13912345678%23"),
            ("*21%2313912345678", "*21%2313912345678"),
            ("100%", "100%25"),
            ("a b@c", "a%20b%40c"),
            ("110?P-Asserted-Identity=%22x%22", "110%3FP-Asserted-Identity=%22x%22"),
            ("١٢٣", "%D9%A1%D9%A2%D9%A3"),
        ],
    )
    def test_escaping(self, user: str, written: str) -> None:
        assert answered(SAID["passed"], user=user).contact == f"sip:{written}@192.0.2.3:5070;transport=tcp"

    def test_an_empty_one_leaves_no_empty_user(self) -> None:
        assert answered(SAID["passed"], user="").contact == "sip:192.0.2.3:5070;transport=tcp"

    @pytest.mark.parametrize(("length", "asked"), [(20, 2), (400, 1), (900, 0)])
    def test_a_uri_that_would_be_too_long_carries_less(self, length: int, asked: int) -> None:
        uri = answered(labelled("银" * 40), user="9" * length).contact
        assert len(sip_grammar.contact(uri)[2]) == asked
        assert len(uri) <= MOST_URI


def test_the_packaged_profiles_have_the_styles_of_the_documents() -> None:
    for name in profile.NAMES:
        rules: Profile = profile.parse(profile.packaged(name), name)
        assert [(one, style.passing.code) for one, style in rules.sip.styles.items()] == [
            ("plain", 302), ("clearip", 404), ("clearip-503", 503)
        ]  # fmt: skip
