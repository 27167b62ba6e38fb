"""A request that Kamailio cannot read, by RFC 3261's own grammar: what it is told, and that nothing else happens."""

from __future__ import annotations

import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.gate.hosts.sip import unread
from mingbai.gate.hosts.sip.unread import Request, Response

GOOD = b"""\
INVITE sip:13900000001@h SIP/2.0\r
Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport\r
Max-Forwards: 70\r
From: "A \\" <b>" <sip:13800000001@h>;tag=1\r
To: <sip:13900000001@h>\r
Call-ID: 1@h\r
CSeq: 1\r
 INVITE\r
Content-Length: 0\r
\r
"""
JUDGED = Response(302, "Moved Temporarily", "Contact: <sip:1@h>\r\n")


def said(message: bytes, *, datagram: bool = True) -> Response | None:
    request = unread.read(message)
    assert request is not None
    return unread.answer(request, datagram=datagram, help_=lambda _: None, judge=lambda _: JUDGED)


def test_a_folded_header_is_read() -> None:
    assert said(GOOD) is JUDGED
    request = unread.read(GOOD.replace(b"To:", b"t  :\r\n\t").replace(b"CSeq: 1\r\n ", b"CSeq:\r\n 1\r\n\t"))
    assert request is not None
    assert (request.first("to"), request.first("cseq")) == ("<sip:13900000001@h>", "1 INVITE")
    assert request.uri_of(request.first("from") or "") == "sip:13800000001@h"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"INVITE sip", b"INVITE  sip", 400),
        (b"@h SIP/2.0", b"@h; lr SIP/2.0", 400),
        (b"@h SIP/2.0", b"@h SIP/2.0 ", 400),
        (b" SIP/2.0\r\nVia", b" SIP/3.0\r\nVia", 505),
        (b"sip:13900000001@h SIP", b"mailto:a@h SIP", 416),
        (b"sip:13900000001@h SIP", b"13900000001 SIP", 416),
        (b"Max-Forwards: 70", b"Max-Forwards 70", 400),
        (b"Max-Forwards: 70", b"Max-Forwards: 256", 400),
        (b"Max-Forwards: 70", b"Max-Forwards: 70\r\nMax-Forwards: 70", 400),
        (b"Max-Forwards: 70", b"Max-Forwards: 00", 483),
        (b"Call-ID", b"X-ID", 400),
        (b"Call-ID", b"i: 2\r\nCall-ID", 400),
        (b"CSeq: 1\r\n", b"CSeq: 2147483648\r\n", 400),
        (b"CSeq: 1\r\n", b"CSeq: one\r\n", 400),
        (b"\n INVITE\r", b"\n BYE\r", 400),
        (b'"A \\" <b>"', b'"A', 400),
        (b"To: <", b"To: <<", 400),
        (b"To: <sip:13900000001@h>", b'To: "B;tag=1" <sip:1@h;tag=2>', 302),
        (b"To: <sip:13900000001@h>", b"To: <sip:1@h> ; tag = 2", 481),
        (b"SIP/2.0/UDP", b"SIP  /  2.0 / UDP", 302),
        (b"SIP/2.0/UDP", b"SIP/UDP", 400),
        (b";rport\r", b";;,;,,\r", 400),
        (b"Content-Length: 0", b"Content-Length: -1", 400),
        (b"Content-Length: 0", b"Content-Length: 5", 400),
        (b"\r\n\r\n", b"\r\n", 400),
        (b"sip:13900000001@h SIP", b"urn:service:counseling SIP", 404),
    ],
)
def test_what_is_wrong_is_told(old: bytes, new: bytes, code: int) -> None:
    assert old in GOOD
    found = said(GOOD.replace(old, new, 1))
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("method", "code"), [("OPTIONS", 200), ("BYE", 405), ("REGISTER", 405), ("x-%41", 405)])
def test_other_methods(method: str, code: int) -> None:
    found = said(GOOD.replace(b"INVITE", method.encode()))
    assert found is not None
    assert found.code == code
    assert "Allow: INVITE, ACK, CANCEL, OPTIONS\r\n" in found.headers


def test_an_unknown_extension_of_options_is_refused_by_name() -> None:
    asked = GOOD.replace(b"INVITE", b"OPTIONS").replace(b"CSeq:", b"Require: a,\r\n b\r\nRequire: c<x>\r\nCSeq:")
    assert said(asked) == Response(420, "Bad Extension", "Unsupported: a, b, c, x\r\n")


@pytest.mark.parametrize(
    "message",
    [
        b"", b"\r\n\r\n", b"\x00" * 400, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n",
        GOOD.replace(b"INVITE sip", b"ACK sip"), GOOD.replace(b"INVITE sip", b"CANCEL sip"),
        GOOD.replace(b"Via:", b"X:"), GOOD.replace(b" SIP/2.0\r\nVia", b"\r\nVia"),
        GOOD.replace(b"Max-Forwards", b"X: " + b"y" * unread.MOST_HEAD + b"\r\nMax-Forwards"),
    ],
)  # fmt: skip
def test_what_is_no_request_gets_no_word(message: bytes) -> None:
    assert unread.read(message) is None


def test_the_response_repeats_what_it_must_and_goes_where_via_says() -> None:
    request = unread.read(GOOD)
    assert request is not None
    text, port = request.reply(JUDGED, "192.0.2.9", 6000)
    lines = text.split("\r\n")
    assert lines[0] == "SIP/2.0 302 Moved Temporarily"
    assert lines[1] == "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;rport=6000;received=192.0.2.9"
    assert 'From: "A \\" <b>" <sip:13800000001@h>;tag=1' in lines
    assert any(line.startswith("To: <sip:13900000001@h>;tag=") for line in lines)
    assert "CSeq: 1\r\n INVITE\r\n" in text
    assert text.endswith("Contact: <sip:1@h>\r\nServer: mingbai\r\nContent-Length: 0\r\n\r\n")
    assert port == 6000
    assert request.reply(JUDGED, "192.0.2.9", 6000) == (text, port), "the same for each copy"
    plain = unread.read(GOOD.replace(b";rport", b""))
    assert plain is not None
    assert plain.reply(JUDGED, "192.0.2.1", 6000)[1] == 5070
    two = unread.read(GOOD.replace(b";rport", b", SIP/2.0/TCP other;branch=2"))
    assert two is not None
    said = two.reply(JUDGED, "192.0.2.1", 1)[0].split("\r\n")[1]
    assert said == "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1, SIP/2.0/TCP other;branch=2"


def test_a_call_for_help_passes_whatever_else_is_wrong() -> None:
    passed = Response(302, "Moved Temporarily", "Contact: <sip:110@h>\r\n")

    def helped(message: bytes) -> Response | None:
        request = unread.read(message)
        assert request is not None
        return unread.answer(
            request, datagram=True, help_=lambda call: passed if "110@" in call.uri else None, judge=lambda _: JUDGED
        )

    broken = GOOD.replace(b"sip:13900000001@h SIP", b"sip:110@h SIP").replace(b"Max-Forwards: 70", b"Max-Forwards 70")
    assert helped(broken) is passed
    assert helped(GOOD) is JUDGED
    no_call_id = helped(broken.replace(b"Call-ID", b"X"))
    assert no_call_id is not None
    assert no_call_id.code == 400


def _cpu_s() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


NASTY = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b'"', b"<", b">", b"\\", b";", b"=", b",", b"\r\n ", b"\r", b"\x00", b"\xff", b" " * 40, b"\t"]),
)


@settings(max_examples=400)
@given(st.lists(NASTY, max_size=8), st.integers(0, len(GOOD)))
def test_nothing_makes_it_raise_and_nothing_is_put_into_the_response(parts: list[bytes], at: int) -> None:
    message = GOOD[:at] + b"".join(parts) + GOOD[at:]
    request = unread.read(message)
    if request is None:
        return
    found = unread.answer(request, datagram=True, help_=lambda _: None, judge=lambda _: JUDGED)
    assert found is not None
    text, port = request.reply(found, "192.0.2.9", 6000)
    text.encode()
    assert text.count("\r\n\r\n") == 1
    assert text.count("\r\nContact: ") == (found is JUDGED)
    assert isinstance(port, int)


@pytest.mark.parametrize(
    "part", [b'"', b"<", b'"\\', b" ", b";", b"a ", b"=", b"<a", b",", b"\r\n ", b'";', b"(", b"a;"]
)
@pytest.mark.parametrize("name", [b"From: ", b"To: ", b"Via: ", b"CSeq: ", b"INVITE "])
def test_no_message_keeps_a_worker_busy(name: bytes, part: bytes) -> None:
    """However often a part is repeated: reading takes time as the message is long, not as its square."""
    filling = part * ((unread.MOST_HEAD - len(GOOD) - 10) // len(part))
    began = _cpu_s()
    request = unread.read(GOOD.replace(name, name + filling, 1))
    if isinstance(request, Request):
        found = unread.answer(request, datagram=True, help_=lambda _: None, judge=lambda _: JUDGED)
        assert found is not None
        request.reply(found, "192.0.2.9", 6000)
    assert _cpu_s() - began < 0.1
