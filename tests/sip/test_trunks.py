"""Who asks is known by where the call comes from, or by a header where that is believed; copies of a call are one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.sip.conftest import AGREED, BANK_NUMBER, BOUND_NUMBER, REFUSING, SILENT, House, fill, furnish, proxy_of
from tests.sip.harness import Caller, header, journalled, status

pytestmark = pytest.mark.sip


@pytest.fixture(scope="module")
def lines() -> Iterator[dict[str, Caller]]:
    """A switch for each trunk, at a port of its own."""
    found = {name: Caller(9) for name in ("line-1", "sbc", "rescue", "stranger")}
    yield found
    for switch in found.values():
        switch.socket.close()


@pytest.fixture(scope="module")
def town(lines: dict[str, Caller], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = furnish(tmp_path_factory.mktemp("town"))
    facts = fill(home)
    port = {name: switch.port for name, switch in lines.items()}
    toml = f"""
trunk_header = "X-Trunk"
trunk_header_from = ["127.0.0.1:{port["sbc"]}"]
[default]
next_hop = "127.0.0.1:5080"
[[trunk]]
name = "line-1"
sources = ["127.0.0.1:{port["line-1"]}"]
next_hop = "127.0.0.2:5081;transport=tcp"
identity = "pai-else-from"
announcement = "sip:refused@127.0.0.3"
[[trunk]]
name = "rescue"
sources = ["127.0.0.1:{port["rescue"]}"]
style = "clearip"
sips = "refuse"
[[trunk]]
name = "loop"
sources = ["127.0.0.7"]
sips = "refuse"
"""
    proxy = proxy_of(home, toml, children=3)
    try:
        proxy.start()
        for switch in lines.values():
            switch.socket.connect(("127.0.0.1", proxy.port))
        yield House(home, facts, proxy)
    finally:
        proxy.stop()
        facts.close()


@pytest.mark.usefixtures("town")
class TestTrunks:
    def test_a_trunk_by_its_source(self, lines: dict[str, Caller]) -> None:
        """The number is registered for line-1 alone."""
        answers = {name: lines[name].call(BOUND_NUMBER, SILENT) for name in ("line-1", "rescue", "stranger")}
        assert {name: status(answer) for name, answer in answers.items()} == {
            "line-1": 302,
            "rescue": 403,
            "stranger": 403,
        }
        assert header(answers["line-1"], "Contact").startswith(f"<sip:{SILENT}@127.0.0.2:5081;transport=tcp?")

    def test_a_trunk_by_a_header_from_whom_it_is_believed(self, lines: dict[str, Caller]) -> None:
        said = "X-Trunk: line-1\r\n"
        assert status(lines["sbc"].call(BOUND_NUMBER, SILENT, said)) == 302
        assert status(lines["sbc"].call(BOUND_NUMBER, SILENT, "X-Trunk: no-such\r\n")) == 403
        assert status(lines["stranger"].call(BOUND_NUMBER, SILENT, said)) == 403

    def test_a_call_for_help_goes_on_as_the_trunk_wants_to_be_told(self, lines: dict[str, Caller]) -> None:
        """Natively, so the script knows every trunk too."""
        assert header(lines["line-1"].call("1", "110"), "Contact") == "<sip:110@127.0.0.2:5081;transport=tcp>"
        assert header(lines["stranger"].call("1", "110"), "Contact") == "<sip:110@127.0.0.1:5080>"
        by_header = lines["sbc"].call("1", "110", "X-Trunk: line-1\r\n")
        assert header(by_header, "Contact") == "<sip:110@127.0.0.2:5081;transport=tcp>"
        not_believed = lines["stranger"].call("1", "110", "X-Trunk: line-1\r\n")
        assert header(not_believed, "Contact") == "<sip:110@127.0.0.1:5080>"
        routed_on = lines["rescue"].call("1", "110")
        assert (status(routed_on), header(routed_on, "Contact")) == (404, "")

    def test_who_calls_is_asserted_only_where_that_is_believed(self, lines: dict[str, Caller]) -> None:
        asserted = f"P-Asserted-Identity: <tel:+86{BANK_NUMBER}>\r\n"
        assert status(lines["line-1"].call("13800000001", REFUSING, asserted)) == 607
        assert status(lines["stranger"].call("13800000001", REFUSING, asserted)) == 302

    def test_an_asserted_identity_that_cannot_be_read_does_not_give_way_to_what_the_caller_says(
        self, lines: dict[str, Caller]
    ) -> None:
        for asserted in ("garbage <", "", "<>", '"open <sip:13800000001@h>'):
            call = lines["line-1"].call("13800000001", SILENT, f"P-Asserted-Identity: {asserted}\r\n")
            assert call.startswith("SIP/2.0 403 Caller"), asserted

    def test_of_two_asserted_identities_the_telephone_says_who_calls(self, lines: dict[str, Caller]) -> None:
        number = f"<tel:+86{BANK_NUMBER}>"
        for asserted in (
            f"P-Asserted-Identity: <sip:alice@h>, {number}\r\n",
            f"P-Asserted-Identity: {number}, <sip:alice@h>\r\n",
            f'P-Asserted-Identity: "<tel:95533>" <sip:alice@h>\r\nP-Asserted-Identity: {number}\r\n',
        ):
            assert status(lines["line-1"].call("13800000001", REFUSING, asserted)) == 607, asserted

    def test_who_does_not_know_608_hears_an_announcement(self, lines: dict[str, Caller]) -> None:
        knows = lines["line-1"].call(BANK_NUMBER, SILENT, "Feature-Caps: *;+sip.608\r\n")
        knows_not = lines["line-1"].call(BANK_NUMBER, SILENT)
        assert (status(knows), status(knows_not)) == (608, 302)
        assert header(knows_not, "Contact") == "<sip:refused@127.0.0.3>"

    def test_whoever_knows_608_may_say_so_in_any_header_and_any_case(self, lines: dict[str, Caller]) -> None:
        for said in ("*;+SIP.608", "*;+g.3gpp.ics\r\nFeature-Caps: *;+x , *; +Sip.608"):
            assert status(lines["line-1"].call(BANK_NUMBER, SILENT, f"Feature-Caps: {said}\r\n")) == 608
        assert status(lines["line-1"].call(BANK_NUMBER, SILENT, "Feature-Caps: *;+sip.6080\r\n")) == 302

    def test_an_announcement_by_sip_is_none_for_a_call_by_sips(self, lines: dict[str, Caller]) -> None:
        switch = lines["line-1"]
        assert status(switch.ask(switch.request(uri=f"sips:{SILENT}@h", caller=f"<sip:{BANK_NUMBER}@h>"))) == 608
        passed = switch.ask(switch.request(uri=f"sips:{SILENT}@h"))
        assert header(passed, "Contact") == f"<sips:{SILENT}@127.0.0.2:5081;transport=tcp>"

    def test_a_trunk_without_tls_behind_it_refuses_a_call_by_sips(self, town: House) -> None:
        with Caller(town.proxy.port, ip="127.0.0.7") as switch:
            answer = switch.ask(switch.request(uri=f"sips:{SILENT}@h"))
            assert (status(answer), header(answer, "Warning")) == (480, '380 mingbai "SIPS Not Allowed"')
            assert header(answer, "Contact") == ""
            assert status(switch.ask(switch.request(uri=f"sip:{SILENT}@h"))) == 302
            help_ = switch.ask(switch.request(uri="sips:110@h"))
            assert header(help_, "Contact") == "<sip:110@127.0.0.1:5080>", "a call for help is refused to nobody"

    def test_another_call_under_the_same_branch_is_no_copy(self, lines: dict[str, Caller]) -> None:
        """The routed-on trunk goes by its own Request-URI: an answer for one number must not serve for another."""
        switch = lines["rescue"]
        message = switch.request(uri=f"sip:{AGREED}@h", caller=f"<sip:{BANK_NUMBER}@h>")
        assert status(switch.ask(message)) == 404, "go on"
        assert status(switch.ask(message.replace(AGREED.encode(), REFUSING.encode(), 1))) == 607
        assert status(switch.ask(message)) == 404
        line = lines["line-1"]
        message = line.request(uri=f"sip:{REFUSING}@h", headers="P-Asserted-Identity: <sip:13800000001@h>\r\n")
        assert status(line.ask(message)) == 302
        assert (
            status(line.ask(message.replace(b"<sip:13800000001@h>\r\nC", f"<sip:{BANK_NUMBER}@h>\r\nC".encode())))
            == 607
        )

    def test_a_copy_is_one_however_long_what_names_it(self, town: House) -> None:
        before = len(journalled(town.home))
        vias = "".join(f"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{at:0400}\r\n" for at in range(24))
        for name in ("v" * 9_000, "w"):
            with Caller(town.proxy.port) as switch:
                message = switch.request(uri=f"sip:{SILENT}@h", caller=f"<sip:{BANK_NUMBER}@h>", headers=vias)
                message = message.replace(b"Call-ID: ", b"Call-ID: " + name.encode())
                assert len({switch.ask(message) for _ in range(5)}) == 1
                other = message.replace(b"z9hG4bK", b"z9hG4bKother", 1)
                assert status(switch.ask(other)) == 608
        assert len(journalled(town.home)) == before + 4

    def test_copies_that_reach_several_workers_at_once_are_one_call(self, town: House) -> None:
        """Each is answered as the first, or not yet: its answer is on the way. All leave one record."""
        before = len(journalled(town.home))
        with Caller(town.proxy.port, timeout=0.5) as switch:
            for _ in range(50):
                message = switch.request(uri=f"sip:{AGREED}@h")
                for _ in range(20):
                    switch.send(message)
                named = header(message.decode(), "Call-ID")
                answers: set[str] = set()
                while more := switch.receive_now() if answers else switch.receive():
                    if header(more, "Call-ID") == named:  # a copy of the call before may be answered late
                        answers.add(more)
                assert len(answers) == 1
                assert status(answers.pop()) == 302
        assert len(journalled(town.home)) == before + 50
