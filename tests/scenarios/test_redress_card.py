"""The signed card that a refused caller is led to: RFC 8688, read without this project's code, believed by openssl."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.scenarios.redress_town import (
    CALLING,
    FIRM_NUMBER,
    Town,
    dict_of,
    jcard,
    parts,
    text,
)

from mingbai.kernel import clock
from mingbai.kernel.home import Home

pytestmark = pytest.mark.django_db


Openssl = Callable[..., str]


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    def run(*arguments: str) -> str:
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    return run


def der(signature: bytes) -> bytes:
    """r ‖ s as the ASN.1 that openssl reads (RFC 3279 2.2.3), written by hand."""

    def integer(raw: bytes) -> bytes:
        bare = raw.lstrip(b"\0") or b"\0"
        bare = b"\0" + bare if bare[0] & 0x80 else bare
        return b"\x02" + bytes([len(bare)]) + bare

    assert len(signature) == 64
    body = integer(signature[:32]) + integer(signature[32:])
    return b"\x30" + bytes([len(body)]) + body


def check(openssl: Openssl, folder: Path, signed: bytes, signature: bytes, certificate: bytes) -> bool:
    (folder / "chain.pem").write_bytes(certificate)
    (folder / "signed").write_bytes(signed)
    (folder / "signature").write_bytes(der(signature))
    (folder / "key.pem").write_text(openssl("x509", "-in", "chain.pem", "-pubkey", "-noout"))
    try:
        openssl("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "signed")
    except subprocess.CalledProcessError:
        return False
    return True


def test_the_card_is_what_rfc_8688_says_and_openssl_believes_it(
    town: Town, openssl: Openssl, tmp_path: Path, house: Home
) -> None:
    (house.keys / "redress.key").unlink()  # a home from before this existed
    before = clock.now_s()
    verdict = town.refused(FIRM_NUMBER)
    answer = Client().get(f"/redress/{verdict}.jws")
    assert answer.headers["Content-Type"] == "application/jose"
    header, payload, signed, signature = parts(answer)
    assert header == {"alg": "ES256", "typ": "vcard+json", "x5u": "https://mingbai.example.cn/redress/certificate.pem"}
    assert set(payload) == {"iat", "jcard"}
    assert before <= payload["iat"] <= clock.now_s()
    said = dict_of(payload["jcard"])
    assert said["fn"] == "海东移动"
    assert said["url"] == f"https://mingbai.example.cn/redress/{verdict}"
    assert (said["email"], said["tel"]) == ("shensu@haidong.example", "tel:+8610086")
    served = Client().get(urlsplit(header["x5u"]).path)
    assert served.headers["Content-Type"] == "application/pem-certificate-chain"
    assert check(openssl, tmp_path, signed, signature, served.content)
    assert not check(openssl, tmp_path, signed.replace(b".", b"e."), signature, served.content)
    told = openssl("x509", "-in", "chain.pem", "-noout", "-subject", "-ext", "subjectAltName,keyUsage")
    assert "mingbai.example.cn" in told
    assert "Digital Signature" in told
    assert Client().get("/redress/certificate.pem").content == served.content


def test_a_card_is_the_same_whoever_was_called_and_whyever(town: Town) -> None:
    """But for its time and its page nothing differs: the card tells nothing of the called person or the rule."""
    firm, person = (Client().get(f"/redress/{town.refused(caller)}.jws") for caller in (FIRM_NUMBER, CALLING))
    left, right = dict_of(jcard(firm)), dict_of(jcard(person))
    assert {**left, "url": ""} == {**right, "url": ""}
    assert parts(firm)[0] == parts(person)[0]


def test_an_operator_s_own_key_and_certificate_are_taken(
    town: Town, house: Home, openssl: Openssl, tmp_path: Path
) -> None:
    making = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=haidong")
    openssl("req", "-x509", *making, "-keyout", "own.key", "-out", "own.crt")
    both = (tmp_path / "own.key").read_bytes() + (tmp_path / "own.crt").read_bytes()
    (house.keys / "redress.pem").write_bytes(both)
    verdict = town.refused(FIRM_NUMBER)
    _, _, signed, signature = parts(Client().get(f"/redress/{verdict}.jws"))
    served = Client().get("/redress/certificate.pem").content
    assert served == (tmp_path / "own.crt").read_bytes()
    assert check(openssl, tmp_path, signed, signature, served)
    openssl("genrsa", "-out", "rsa.key", "2048")
    (house.keys / "redress.pem").write_bytes((tmp_path / "rsa.key").read_bytes() + (tmp_path / "own.crt").read_bytes())
    answer = Client().get(f"/redress/{verdict}.jws")
    assert answer.status_code == 500
    assert "redress.key" in text(answer)
