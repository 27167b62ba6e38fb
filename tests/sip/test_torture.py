"""Messages made to break a parser: the proxy answers as the RFC says, or not at all, and goes on serving."""

from __future__ import annotations

import itertools
import os
import random
import re
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.sip.conftest import REFUSING, House
from tests.sip.harness import Caller, status

pytestmark = pytest.mark.sip

FOLDER = Path(os.environ.get("SIP_RFC4475", Path(__file__).resolve().parents[3] / "shared" / "data" / "sip_rfc4475"))
MESSAGES = sorted(FOLDER.glob("*.dat"))
EXAMPLES = 10_000
BATCH = 50

EXPECTED = {
    "badaspec": {200, 400}, "badbranch": {200}, "baddate": {404}, "baddn": {400}, "badinv01": {400}, "badvers": {505},
    "bext01": {420}, "clerr": {400}, "cparam01": {405}, "cparam02": {405}, "dblreq": {405, 400}, "esc01": {404},
    "esc02": {405}, "escnull": {405}, "escruri": {404, 400}, "insuf": {400}, "intmeth": {405}, "inv2543": {404},
    "invut": {404}, "longreq": {404}, "ltgtruri": {400}, "lwsdisp": {200}, "lwsruri": {400}, "lwsstart": {400},
    "mcl01": {400}, "mismatch01": {400}, "mismatch02": {400, 405}, "mpart01": {405}, "multi01": {400}, "ncl": {400},
    "novelsc": {416}, "quotbal": {400}, "regaut01": {405}, "regbadct": {405, 400}, "regescrt": {405}, "scalar02": {400},
    "sdp01": {404}, "semiuri": {200}, "transports": {200}, "trws": {200, 400}, "unkscm": {416}, "unksm2": {400, 405},
    "wsinv": {481}, "zeromf": {200},
}  # fmt: skip
"""By RFC 4475's advice, for a server that redirects INVITEs alone. The others are responses, and one that is no SIP:
silence. In a stream that cannot be followed any more there may be no answer.
"""


def _answered(port: int, message: bytes) -> int:
    """The code of the response over UDP, 0 for silence. It goes to the port in Via, so that is ours, on an address
    of our own."""
    via = re.search(rb"(?im)^(?:v|via)\s*:\s*SIP\s*/\s*2\.0\s*/\s*\w+\s+[^;\s:]+(?::(\d+))?", message)
    own = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}.9"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.bind((own, int(via[1] or 5060) if via else 0))
        switch.settimeout(0.3)
        switch.sendto(message, ("127.0.0.1", port))
        try:
            return int(switch.recv(65535).split()[1])
        except TimeoutError:
            return 0


def _still_serves(house: House) -> bool:
    """A good call gets its verdict; a burst before it may have filled the socket, so that it may ask twice."""
    for _ in range(3):
        with Caller(house.proxy.port, timeout=2.0) as switch:
            if status(switch.call("4008109889", REFUSING)) == 607:
                return house.proxy.alive
    return False


def test_the_rfc_s_messages_are_here() -> None:
    if not MESSAGES:
        pytest.skip(f"no RFC 4475 messages at {FOLDER}; set SIP_RFC4475 to a folder of *.dat")
    assert {path.stem for path in MESSAGES} >= EXPECTED.keys()


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_every_message_of_rfc_4475(house: House, path: Path) -> None:
    code = _answered(house.proxy.port, path.read_bytes())
    assert code in EXPECTED.get(path.stem, {0})
    assert _still_serves(house)


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_every_message_of_rfc_4475_over_tcp(house: House, path: Path) -> None:
    """A stream that cannot be followed any more is closed or waited for; the proxy is there for all others."""
    with Caller(house.proxy.port, tcp=True, timeout=0.15) as switch:
        answer = switch.ask(path.read_bytes())
    assert status(answer) in EXPECTED.get(path.stem, set()) | {0, 400}
    assert _still_serves(house)


RAW = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([
        b"\x00", b"\x1e", b"\x1e" * 9, b"<null>", b"\r\n\t", b"%00", b"%", b'"', b"<", b">", b";;;", b"=" * 9, b"?",
        b"sip:", b"tel:", b"sip:@", b"sip:a@b@c", b"sip:+8613800000001@h", b"tel:+86;phone-context=", b"sips:%ZZ@[::",
        b"sip:1@h;verstat=", b"1" * 300, "\U0001f4de".encode(), b"\xff\xfe", b"$ru", b"$(var(q){s.len})", b"|||", b"{}",
    ]),
)  # fmt: skip
NAMES = st.sampled_from([
    b"From", b"To", b"P-Asserted-Identity", b"Feature-Caps", b"X-Call-Purpose", b"Via", b"CSeq", b"Call-ID", b"Require",
    b"Max-Forwards", b"Contact", b"Content-Length", b"v", b"f", b"t", b"i", b"\xe7\x94\xb2", b"",
])  # fmt: skip
SERIAL = b"@@@@@@"  # stands for a number of its own, else a message is a retransmission of the one before


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """An INVITE with something wrong in it: a part replaced, a header added, bytes cut, doubled or turned over."""
    lines = [
        b"INVITE sip:13900000002@127.0.0.1 SIP/2.0",
        b"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK" + SERIAL,
        b"Max-Forwards: 70",
        b"From: <sip:13800000001@h>;tag=1",
        b"To: <sip:13900000002@h>",
        b"Call-ID: " + SERIAL,
        b"CSeq: 1 INVITE",
        b"Content-Length: 0",
    ]
    how, what = draw(st.integers(0, 5)), draw(RAW)
    at = draw(st.integers(0, len(lines) - 1))
    if how == 0:
        lines[0] = b"INVITE " + what + b" SIP/2.0"
    elif how == 1:
        lines[at] = lines[at].split(b" ")[0] + b" " + what
    elif how == 2:
        lines.insert(draw(st.integers(1, len(lines))), draw(NAMES) + b": " + what)
    elif how == 3:
        lines[3 if draw(st.booleans()) else 4] = draw(NAMES) + b": " + what + b"<sip:" + draw(RAW) + b"@h>;tag=" + what
    elif how == 4:
        del lines[at]
    message = b"\r\n".join(lines) + b"\r\n\r\n"
    if how == 5:
        cut = draw(st.integers(0, len(message)))
        message = message[:cut] + what + message[draw(st.integers(cut, len(message))) :]
    return message


def test_ten_thousand_broken_invites(house: House) -> None:
    sent = itertools.count(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.connect(("127.0.0.1", house.proxy.port))

        @settings(
            max_examples=EXAMPLES // BATCH,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(broken(), min_size=BATCH, max_size=BATCH))
        def send(messages: list[bytes]) -> None:
            for message in messages:
                try:
                    switch.send(message.replace(SERIAL, b"%06d" % next(sent)))
                except ConnectionRefusedError as error:  # nobody listens any more
                    raise AssertionError("the proxy is gone") from error
            assert _still_serves(house)

        send()
    assert _still_serves(house)
    assert next(sent) > EXAMPLES * 9 // 10
    assert "Traceback" not in house.proxy.log.read_text("utf-8", "replace")
