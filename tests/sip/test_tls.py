"""SIP over TLS, as docs/sip.md sets it up: the real Kamailio with a certificate, and switches with theirs."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.ports import free_port
from tests.sip.conftest import AGREED, BANK_NUMBER, REFUSING, SILENT, fill, furnish
from tests.sip.harness import Caller, Proxy, header, journalled, status, write_settings

from mingbai.cli import sip

pytestmark = pytest.mark.sip

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "sip.md"


class Secured(NamedTuple):
    proxy: Proxy
    port: int
    papers: Path


def certificate(folder: Path, name: str, signer: str) -> None:
    """A key and a certificate `name`, signed by the certificate `signer` of the same folder, or by itself."""
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    words += ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    words += ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
    if signer != name:
        words += ["-CA", str(folder / f"{signer}.pem"), "-CAkey", str(folder / f"{signer}.key")]
        words += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(words, check=True, capture_output=True, timeout=30)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    if not any(Path("/usr").glob("lib/*/kamailio/modules/tls.so")):
        pytest.skip("kamailio-tls-modules is not installed: scripts/system-packages test")
    papers = tmp_path_factory.mktemp("papers")
    for name, signer in (("us", "us"), ("others", "others"), ("sip", "us"), ("switch", "us"), ("stranger", "others")):
        certificate(papers, name, signer)
    home = furnish(tmp_path_factory.mktemp("tls"))
    facts = fill(home)
    plain, port = free_port(), free_port()
    listen = ", ".join(f'"{word}:127.0.0.1:{place}"' for word, place in (("udp", plain), ("tcp", plain), ("tls", port)))
    write_settings(home, f'listen = [{listen}]\nchildren = 2\n[[trunk]]\nname = "line-1"\nsources = ["127.0.0.1"]\n')
    (written,) = re.findall(r"```\n(\[server:default\]\n.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    for path, name in (("sip.key", "sip.key"), ("sip.pem", "sip.pem"), ("switches.pem", "us.pem")):
        assert f"/etc/mingbai/{path}" in written
        written = written.replace(f"/etc/mingbai/{path}", str(papers / name))
    (home.root / "sip").mkdir()
    (home.root / "sip" / "tls.cfg").write_text(written)
    proxy = Proxy(home, plain)
    try:
        sip.prepare(home)
        proxy.start()
        yield Secured(proxy, port, papers)
    finally:
        proxy.stop()
        facts.close()


class SecureCaller(Caller):
    """A switch that speaks TLS; `paper` names its certificate, "" none."""

    def __init__(self, secured: Secured, paper: str = "switch", most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        context = ssl.create_default_context(cafile=str(secured.papers / "us.pem"))
        context.maximum_version = most
        if paper:
            context.load_cert_chain(secured.papers / f"{paper}.pem", secured.papers / f"{paper}.key")
        self.tcp, self.ip = True, "127.0.0.1"
        bare = socket.create_connection(("127.0.0.1", secured.port), 3)
        self.port = int(bare.getsockname()[1])
        try:
            self.secured = context.wrap_socket(bare, server_hostname="127.0.0.1")
        except BaseException:
            bare.close()
            raise
        self.socket = self.secured

    def request(self, *words: str, **more: str) -> bytes:
        return super().request(*words, **more).replace(b"SIP/2.0/TCP", b"SIP/2.0/TLS")


def test_verdicts_over_tls_are_those_over_anything(secured: Secured) -> None:
    before = len(journalled(secured.proxy.home))
    with SecureCaller(secured) as switch:
        assert switch.secured.version() in ("TLSv1.2", "TLSv1.3")
        assert [status(switch.call(BANK_NUMBER, callee)) for callee in (AGREED, REFUSING, SILENT)] == [302, 607, 608]
        assert header(switch.call("13800000001", "110"), "Contact") == "<sip:110@127.0.0.1:5080>"
        by_sips = switch.ask(switch.request("INVITE", f"sips:{AGREED}@h"))
        assert header(by_sips, "Contact") == f"<sips:{AGREED}@127.0.0.1:5080>"
        folded = switch.request("INVITE", f"sip:{REFUSING}@h", f"<sip:{BANK_NUMBER}@h>")
        assert status(switch.ask(folded.replace(b"CSeq: 1 ", b"CSeq: 1\r\n "))) == 607
        assert status(switch.ask(switch.request("OPTIONS"))) == 200
    assert len(journalled(secured.proxy.home)) == before + 5


@pytest.mark.parametrize("paper", ["", "stranger"])
def test_whoever_shows_no_certificate_of_ours_is_not_heard(secured: Secured, paper: str) -> None:
    """With TLS 1.3 a client learns it from the first thing that it reads."""
    try:
        with SecureCaller(secured, paper) as switch:
            assert switch.call("13800000001", AGREED) == ""
    except (ssl.SSLError, ConnectionError):
        pass
    with SecureCaller(secured) as switch:
        assert status(switch.call("13800000001", AGREED)) == 302


def test_tls_1_2_is_spoken(secured: Secured) -> None:
    with SecureCaller(secured, most=ssl.TLSVersion.TLSv1_2) as switch:
        assert switch.secured.version() == "TLSv1.2"
        assert status(switch.call("13800000001", AGREED)) == 302


def test_what_is_no_tls_harms_nobody(secured: Secured) -> None:
    with Caller(secured.port, tcp=True, timeout=0.5) as switch:
        assert switch.call("13800000001", AGREED) == ""
    with SecureCaller(secured) as switch:
        assert status(switch.call("13800000001", AGREED)) == 302
    assert secured.proxy.alive
