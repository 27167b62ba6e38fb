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
    "method",
    ["REGISTER", "BYE", "INFO", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH", "UPDATE", "PRACK", "FETCH", "invite"],
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
        (b"Max-Forwards: 70", b"Max-Forwards: many"),
        (b"Max-Forwards: 70", b"Max-Forwards: 256"),
        (b"Max-Forwards: 70", b"Max-Forwards: -1"),
        (b"Max-Forwards: 70", b"Max-Forwards:"),
        (b"Max-Forwards: 70", b"Max-Forwards: 70\r\nMax-Forwards: 69"),
        (b"Max-Forwards: 70", b"Max-Forwards 70"),
        (b"Max-Forwards: 70", b": 70"),
        (b"Max-Forwards: 70", b"Max-\x00Forwards: 70"),
        (b"\r\nCall-ID: ", b"\r\nX-ID: "),
        (b"\r\nCall-ID: ", b"\r\nCall-ID: 1\r\nCall-ID: "),
        (b"\r\nFrom: ", b"\r\nX-From: "),
        (b"\r\nFrom: ", b"\r\nf: <sip:1@h>\r\nFrom: "),
        (b"\r\nTo: ", b"\r\nX-To: "),
        (b"\r\nTo: <", b'\r\nTo: "open <'),
        (b"\r\nCSeq: ", b"\r\nX-CSeq: "),
        (b"\r\nCSeq: 1 INVITE", b"\r\nCSeq: 1"),
        (b"\r\nContent-Length: 0", b"\r\nContent-Length: 0\r\nContent-Length: 0"),
        (b"INVITE sip:", b"INVITE  sip:"),
        (b" SIP/2.0\r\n", b"; lr SIP/2.0\r\n"),
    ],
)
def test_a_malformed_request_is_a_bad_request(switch: Caller, old: bytes, new: bytes) -> None:
    message = switch.request()
    assert old in message
    assert status(switch.ask(message.replace(old, new, 1))) == 400


def test_a_via_that_cannot_be_read_is_a_bad_request(house: House) -> None:
    """Over TCP Kamailio answers all the same, for it knows the connection."""
    with Caller(house.proxy.port) as switch:
        assert status(switch.ask(switch.request().replace(b";branch", b";;,;,,branch"))) == 400
        assert status(switch.ask(switch.request().replace(b"SIP/2.0/UDP", b"SIP/UDP"))) == 400


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"CSeq: 1 INVITE", b"CSeq: 1\r\n INVITE"),
        (b"CSeq: 1 INVITE", b"cseq :\r\n\t1\r\n  INVITE"),
        (b"Via: SIP/2.0/", b"v:  SIP\r\n /  2.0  /\r\n "),
    ],
)
def test_a_folded_header_is_read_and_the_call_judged(house: House, switch: Caller, old: bytes, new: bytes) -> None:
    before = len(journalled(house.home))
    for caller, callee, code in ((BANK_NUMBER, REFUSING, 607), (BANK_NUMBER, AGREED, 302), ("1", "110", 302)):
        message = switch.request(uri=f"sip:{callee}@h", caller=f"<sip:{caller}@h>")
        assert old in message
        first = switch.ask(message.replace(old, new))
        assert status(first) == code
        assert switch.ask(message.replace(old, new)) == first, "a retransmission"
        assert (code == 302) == bool(header(first, "Contact"))
        again = switch.ask(switch.request("OPTIONS"))
        assert header(again, "CSeq") == "1 OPTIONS"
    assert len(journalled(house.home)) == before + 2


@pytest.mark.parametrize("number", ["110", "+86120", "12345"])
def test_a_call_for_help_passes_however_badly_it_is_written(switch: Caller, number: str) -> None:
    for old, new in (
        (b"Max-Forwards: 70", b"Max-Forwards 70"),
        (b"CSeq: 1 INVITE", b"CSeq: 1\r\n INVITE"),
        (b"\r\nTo: <sip:somebody@127.0.0.1>", b'\r\nTo: "open <sip:x@h>'),
    ):
        answer = switch.ask(switch.request(uri=f"sip:{number}@h").replace(old, new))
        assert status(answer) == 302
        assert header(answer, "Contact") == f"<sip:{number}@127.0.0.1:5080>"


@pytest.mark.parametrize("at", [b"Via:", b"From:", b"Call-ID:", b"Contact:", b"Content-Length:"])
@pytest.mark.parametrize("line", [b"nonsense", b"P-Asserted-Identity", b": x", b"X\x00: y"])
def test_a_line_that_cannot_be_read_hides_nothing_of_those_behind_it(switch: Caller, line: bytes, at: bytes) -> None:
    message = switch.request(uri=f"sip:{REFUSING}@h", caller=f"<sip:{BANK_NUMBER}@h>")
    assert status(switch.ask(message.replace(b"\r\n" + at, b"\r\n" + line + b"\r\n" + at))) == 400


def test_what_options_require_is_not_known_here(switch: Caller) -> None:
    """RFC 3261 8.2.2.3: OPTIONS is answered from here, and leads nowhere else."""
    answer = switch.ask(switch.request("OPTIONS", headers="Require: one, two\r\nRequire: three\r\n"))
    assert (status(answer), answer.split("\r\n")[0][12:]) == (420, "Bad Extension")
    assert header(answer, "Unsupported").replace(" ", "") == "one,two,three"
    assert status(switch.ask(switch.request("OPTIONS", headers="Require:\r\n"))) == 200


def test_a_call_by_sips_is_led_on_by_sips(switch: Caller) -> None:
    for uri, caller, contact in (
        (f"sips:{AGREED}@h", "13800000001", f"<sips:{AGREED}@127.0.0.1:5080>"),
        (f"SIPS:{AGREED}@h", "13800000001", f"<sips:{AGREED}@127.0.0.1:5080>"),
        ("sips:110@h", "13800000001", "<sips:110@127.0.0.1:5080>"),
        ("sips:%31%31%30@h", "13800000001", "<sips:%31%31%30@127.0.0.1:5080>"),
    ):
        answer = switch.ask(switch.request(uri=uri, caller=f"<sip:{caller}@h>"))
        assert (status(answer), header(answer, "Contact")) == (302, contact)
    labelled = switch.ask(switch.request(uri=f"sips:{AGREED}@h", caller=f"<sip:{BANK_NUMBER}@h>"))
    assert header(labelled, "Contact").startswith(f"<sips:{AGREED}@127.0.0.1:5080?P-Asserted-Identity=")
    assert status(switch.ask(switch.request(uri=f"sips:{REFUSING}@h", caller=f"<sip:{BANK_NUMBER}@h>"))) == 607


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
