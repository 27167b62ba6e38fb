"""What each kind of request is answered, over UDP and over TCP (RFC 3261)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.sip.conftest import AGREED, BANK_NUMBER, REFUSING, SILENT, House
from tests.sip.harness import Caller, header, journalled, status

pytestmark = pytest.mark.sip

ALLOW = "INVITE, ACK, CANCEL, OPTIONS"
EMERGENCY = (
    "110", "112", "119", "120", "122", "999", "12110", "12395", "12345", "96110", "95110", "+86110", "0086120",
    "021110", "+8610119", "075512345",
)  # fmt: skip
CALLERS = {
    "<sip:anonymous@anonymous.invalid>": 302,
    '"Anonymous" <sip:c8oqz84zk7z@privacy.org>': 403,
    "<sip:127.0.0.1>": 403,
    "<sip:%00%ff%FE@h>": 403,
    "<sip:\udcff\udcfe\udc80@h>": 403,
    "<sip:13800000001\udcff@h>": 403,
    "<sip:+8613800000001@h>": 302,
    "<tel:+86-138-0000-0001>": 302,
    "<sip:13800000001:secret@h;user=phone>": 302,
    "<sip:+8613800000001;verstat=TN-Validation-Passed@h>": 302,
    '"\u5f20\u4e09 \\" <x>" <sip:13800000001@h>': 302,
    "<sip:4008109889@h>": 607,
    "<sip:+864008109889@h>": 607,
    "sip:4008109889@h": 607,
    "<sip:40081098894008109889400810988940081098894008109889@h>": 403,
    "<sip:110@h>": 403,
}
CALLEES = {
    f"sip:{REFUSING}@h": 607,
    f"sip:+86{REFUSING}@h": 607,
    f"sip:0086{REFUSING}@h": 607,
    f"sip:0{REFUSING}@h": 607,
    f"sips:{REFUSING}@h": 607,
    f"tel:{REFUSING}": 607,
    f"tel:+86-{REFUSING[:3]}-{REFUSING[3:]}": 607,
    f"tel:{REFUSING};phone-context=+86": 607,
    f"sip:{REFUSING};npdi;rn=x@h;user=phone": 607,
    f"sip:17951{REFUSING}@h": 607,
    f"sip:%31{REFUSING[1:]}@h": 607,
    f"sip:{AGREED}@h": 302,
    f"sip:{SILENT}@h": 608,
    "sip:95588@h": 608,
    "sip:alice@h": 404,
    "sip:h": 404,
    "urn:service:sos": 302,
    "URN:service:sos.fire": 302,
    "urn:service:counseling": 404,
    "urn:isbn:110": 404,
    "http://h/": 416,
    "mailto:a@h": 416,
}


@pytest.fixture(params=["udp", "tcp"])
def switch(house: House, request: pytest.FixtureRequest) -> Iterator[Caller]:
    with Caller(house.proxy.port, tcp=request.param == "tcp") as caller:
        yield caller


def test_options_tell_that_the_proxy_lives(switch: Caller) -> None:
    answer = switch.ask(switch.request("OPTIONS", "sip:127.0.0.1", max_forwards="0"))
    assert status(answer) == 200
    assert header(answer, "Allow") == ALLOW


@pytest.mark.parametrize(
    "method", ["REGISTER", "BYE", "INFO", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH", "UPDATE", "PRACK", "FETCH"]
)
def test_other_methods_are_not_allowed(switch: Caller, method: str) -> None:
    answer = switch.ask(switch.request(method))
    assert status(answer) == 405
    assert header(answer, "Allow") == ALLOW


@pytest.mark.parametrize("method", ["ACK", "CANCEL"])
def test_ack_and_cancel_are_absorbed(switch: Caller, method: str) -> None:
    switch.send(switch.request(method))
    answer = switch.ask(switch.request("OPTIONS"))
    assert header(answer, "CSeq") == "1 OPTIONS"  # the first thing that comes back


@pytest.mark.parametrize("uri", CALLEES)
def test_the_called_number_in_every_way_it_is_written(switch: Caller, uri: str) -> None:
    answer = switch.ask(switch.request(uri=uri, caller=f"<sip:{BANK_NUMBER}@h>"))
    assert status(answer) == CALLEES[uri]


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_that_is_no_number_is_judged_like_any_other(switch: Caller, caller: str) -> None:
    assert status(switch.ask(switch.request(uri=f"sip:{REFUSING}@h", caller=caller))) == CALLERS[caller]


@pytest.mark.parametrize("number", EMERGENCY)
def test_a_call_for_help_passes_whoever_calls_and_leaves_no_trace(house: House, switch: Caller, number: str) -> None:
    before = len(journalled(house.home))
    answer = switch.ask(switch.request(uri=f"sip:{number}@h", caller="<sip:anonymous@x>", max_forwards="0"))
    assert status(answer) == 302
    assert header(answer, "Contact") == f"<sip:{number}@127.0.0.1:5080>"
    assert len(journalled(house.home)) == before


@pytest.mark.parametrize("urn", ["urn:service:sos", "urn:service:sos.police"])
def test_a_call_for_help_by_its_service_goes_to_112(switch: Caller, urn: str) -> None:
    assert header(switch.ask(switch.request(uri=urn)), "Contact") == "<sip:112@127.0.0.1:5080>"


@pytest.mark.parametrize("filling", ["x", "\udcff"])
@pytest.mark.parametrize("name", ["Feature-Caps", "X-Call-Purpose", "X-Anything"])
def test_a_long_header_is_no_way_around_the_gate(house: House, name: str, filling: str) -> None:
    with Caller(house.proxy.port) as switch:
        for length in (4_000, 9_000, 40_000):
            headers = f"{name}: {filling * length}\r\n"
            assert status(switch.call(BANK_NUMBER, REFUSING, headers)) == 607


def test_a_long_parameter_is_no_way_around_the_gate(switch: Caller) -> None:
    padding = ";x=" + "y" * 9_000
    for uri, caller in (
        (f"sip:{REFUSING}@h{padding}", f"<sip:{BANK_NUMBER}@h>"),
        (f"sip:{REFUSING}@h", f"<sip:{BANK_NUMBER}@h{padding}>"),
    ):
        assert status(switch.ask(switch.request(uri=uri, caller=caller))) == 607


def test_a_call_that_went_round_is_stopped(switch: Caller) -> None:
    assert status(switch.ask(switch.request(max_forwards="0"))) == 483


def test_an_invite_within_a_call_belongs_to_no_call_of_ours(switch: Caller) -> None:
    assert status(switch.ask(switch.request(to_tag=";tag=x"))) == 481


def test_another_version_is_told_so(switch: Caller) -> None:
    answer = switch.ask(switch.request().replace(b" SIP/2.0\r\n", b" SIP/3.0\r\n", 1))
    assert answer.split()[1:4] == ["505", "Version", "Not"]
    switch.send(switch.request("ACK").replace(b" SIP/2.0\r\n", b" SIP/3.0\r\n", 1))
    assert status(switch.ask(switch.request("OPTIONS"))) == 200


def test_a_response_that_nobody_asked_for_is_passed_on_to_nobody(house: House) -> None:
    with Caller(house.proxy.port, timeout=0.3) as switch, Caller(house.proxy.port, timeout=0.3) as other:
        vias = "".join(f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKx\r\n" for port in (switch.port, other.port))
        rest = switch.request("OPTIONS").split(b"\r\n", 2)[2]
        switch.send(b"SIP/2.0 200 OK\r\n" + vias.encode() + rest)
        assert other.receive() == ""


def test_what_a_redirect_server_does_not_understand_it_ignores(switch: Caller) -> None:
    """RFC 3261, 8.3: unknown option tags in Require too; refusing them would refuse calls."""
    answer = switch.ask(switch.request(headers="Require: 100rel, nothing-known\r\nProxy-Require: x\r\n"))
    assert status(answer) == 302


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\nCSeq: 1 INVITE", b"\r\nCSeq: 1 OPTIONS"),
        (b"\r\nCSeq: 1 INVITE", b"\r\nCSeq: 99999999999 INVITE"),
        (b"\r\nContact:", b"\r\nExpires: soon\r\nContact:"),
        (b"\r\nTo: <sip:", b"\r\nTo: <sip"),
    ],
)
def test_a_malformed_request_is_a_bad_request(switch: Caller, old: bytes, new: bytes) -> None:
    message = switch.request()
    assert old in message
    assert status(switch.ask(message.replace(old, new, 1))) == 400


def test_a_body_shorter_than_it_says_is_a_bad_request(house: House) -> None:
    with Caller(house.proxy.port) as switch:  # over TCP it is not over yet
        assert status(switch.ask(switch.request().replace(b"Content-Length: 0", b"Content-Length: 10"))) == 400


def test_a_request_too_large_for_a_datagram_is_too_large(house: House) -> None:
    body = b"v=0\r\n" + b"a=" + b"x" * 66_000
    length = b"Content-Length: %d" % len(body)
    with Caller(house.proxy.port, tcp=True) as switch:
        message = switch.request().replace(b"Content-Length: 0", length) + body
        assert status(switch.ask(message)) == 513
        small = body[:40_000]
        message = switch.request().replace(b"Content-Length: 0", b"Content-Length: %d" % len(small)) + small
        assert status(switch.ask(message)) == 302


def test_nothing_of_a_call_stands_in_the_log(house: House) -> None:
    with Caller(house.proxy.port, timeout=0.3) as switch:
        for broken in (b"To: <sip:13912345678", b"To: \xff\xfe<<<"):
            switch.ask(switch.request(uri="sip:13912345678@h").replace(b"To: <sip:somebody@127.0.0.1>", broken))
        switch.ask(b"INVITE sip:13912345678@h SIP/2.0\r\nVia: nonsense\r\n\r\n")
        switch.ask(switch.request(uri="sip:13912345678@h", caller="<sip:\udcff@h>"))
    assert "13912345678" not in house.proxy.log.read_text("utf-8", "replace")
