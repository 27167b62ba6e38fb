"""A sealed PDF: who sealed it, when, and that every changed byte is found. The time is OpenSSL's to tell."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import seal, seal_keys
from mingbai.ledger.tests.authority import Authority, configure, served


def page() -> bytes:
    sheet = FPDF()
    sheet.add_page()
    sheet.set_font("helvetica", size=12)
    sheet.cell(0, 10, "59.00 yuan a month")
    return bytes(sheet.output())


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Home:
    made = Home(tmp_path / "home")
    made.keys.mkdir(parents=True)
    settings.HOME = made
    return made


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with served(tmp_path_factory.mktemp("tsa")) as made:
        yield made


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[seal.Seal, seal_keys.Trust]:
    """A sealed page, and what to check it by."""
    from django.conf import settings as django

    before, django.HOME = django.HOME, Home(tmp_path_factory.mktemp("house"))
    try:
        return seal.seal(page(), reason="合同", location="石家庄"), seal_keys.trusted(django.HOME)
    finally:
        django.HOME = before


def test_sealed_once_and_it_says_by_whom_and_when(home: Home) -> None:
    before = clock.now()
    made = seal.seal(page(), reason="业务办理确认")
    assert made.digest == hashlib.sha256(made.pdf).hexdigest()
    assert not made.timestamped
    found = seal.check(made.pdf)
    assert found.holds
    assert (found.signer, found.signed_at, found.timestamped) == ("mingbai", made.signed_at, False)
    assert before - timedelta(seconds=1) <= made.signed_at <= clock.now()
    assert page()[:200] == made.pdf[:200]
    assert (home.keys / "seal.pem").stat().st_mode & 0o077 == 0


def test_openssl_finds_the_signature_good_too(home: Home, tmp_path: Path) -> None:
    made = seal.seal(page(), reason="业务办理确认")
    start, end = made.pdf.index(b"/Contents <") + 10, made.pdf.index(b">", made.pdf.index(b"/Contents <"))
    held = bytes.fromhex(made.pdf[start + 1 : end].decode())
    (tmp_path / "cms").write_bytes(held[: 4 + int.from_bytes(held[2:4])])
    (tmp_path / "said").write_bytes(made.pdf[:start] + made.pdf[end + 1 :])
    check = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-content", "said", "-out", "out"]
    done = subprocess.run(
        [*check, "-CAfile", home.keys / "seal.pem", "-purpose", "any"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


@given(st.data())
@settings(max_examples=40)
def test_a_flipped_bit_anywhere_is_found(plain: tuple[seal.Seal, seal_keys.Trust], data: st.DataObject) -> None:
    made, trust = plain
    gap = range(made.pdf.index(b"/Contents <") + 10, made.pdf.index(b">", made.pdf.index(b"/Contents <")) + 1)
    where = st.integers(0, len(made.pdf) - 1) | st.integers(gap.start, gap.start + 1600)
    changed = bytearray(made.pdf)
    changed[data.draw(where)] ^= 1 << data.draw(st.integers(0, 7))
    assert not seal.examine(bytes(changed), trust).holds


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> tuple[seal.Seal, seal_keys.Trust]:
    """The same, with the authority's time."""
    from django.conf import settings as django

    before, django.HOME = django.HOME, Home(tmp_path_factory.mktemp("timed"))
    try:
        configure(django.HOME.root, authority.url, authority.root)
        return seal.seal(page(), reason="合同"), seal_keys.trusted(django.HOME)
    finally:
        django.HOME = before


@given(st.data())
@settings(max_examples=20)
def test_nor_is_the_authority_s_time_changed_unnoticed(
    timed: tuple[seal.Seal, seal_keys.Trust], data: st.DataObject
) -> None:
    made, trust = timed
    start = made.pdf.index(b"/Contents <") + 11
    assert seal.examine(made.pdf, trust).timestamped
    changed = bytearray(made.pdf)
    changed[data.draw(st.integers(start, start + 3300))] ^= 1 << data.draw(st.integers(0, 7))
    found = seal.examine(bytes(changed), trust)
    assert not (found.holds and found.timestamped)


def test_what_was_added_or_never_sealed_is_no_seal(plain: tuple[seal.Seal, seal_keys.Trust]) -> None:
    made, trust = plain
    assert seal.examine(made.pdf, trust).holds
    for other in (made.pdf + b"\n", made.pdf + page(), made.pdf[:-1], page(), b"", b"%PDF-1.7", bytes(1 << 14)):
        assert not seal.examine(other, trust).intact
    again = seal.IncrementalPdfFileWriter(seal.BytesIO(made.pdf))
    again.set_info(again.add_object(seal_info()))
    out = seal.BytesIO()
    again.write(out)
    assert seal.examine(out.getvalue(), trust).fault == "changed since it was sealed"


def seal_info() -> Any:
    from pyhanko.pdf_utils import generic

    return generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("69.00 yuan")})


def test_somebody_elses_seal_is_intact_and_not_ours(plain: tuple[seal.Seal, seal_keys.Trust], home: Home) -> None:
    seal_keys.make(home)
    found = seal.check(plain[0].pdf)
    assert found.intact
    assert not found.ours
    assert not found.holds


def test_the_authority_tells_the_time(home: Home, authority: Authority) -> None:
    configure(home.root, authority.url, authority.root)
    made = seal.seal(page(), reason="业务办理确认")
    found = seal.check(made.pdf)
    assert made.timestamped
    assert (found.holds, found.timestamped, found.authority) == (True, True, "Test time")
    assert found.signed_at == made.signed_at
    # Whoever does not know the authority sees the seal, and no time that anybody vouches for.
    stranger = seal.examine(made.pdf, seal_keys.Trust(seal_keys.trusted(home).seal, ()))
    assert (stranger.holds, stranger.timestamped) == (True, False)


BROKEN = {
    "error": (500, "text/plain", b"no"),
    "page": (200, "text/html", b"<html>"),
    "noise": (200, "application/timestamp-reply", b"\x30\x03\x02\x01"),
    "refused": (200, "application/timestamp-reply", bytes.fromhex("30053003020102")),
    "endless": (200, "application/timestamp-reply", bytes(100_000)),
}


@pytest.mark.parametrize("how", [*BROKEN, "replayed", "away"])
def test_without_the_authority_s_time_there_is_no_seal(home: Home, authority: Authority, how: str) -> None:
    url = "http://127.0.0.1:9/" if how == "away" else authority.url  # the port that discards
    configure(home.root, url, authority.root)
    if how == "replayed":
        seal.seal(page(), reason="业务办理确认")
        BROKEN[how] = (200, "application/timestamp-reply", (authority.folder / "reply.tsr").read_bytes())
    authority.broken = BROKEN.get(how)
    try:
        with pytest.raises(Problem) as caught:
            seal.seal(page(), reason="业务办理确认")
    finally:
        authority.broken = None
    assert (caught.value.code, caught.value.status) == ("seal.no_time", 503)


def test_another_authority_s_time_is_none(home: Home, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    configure(home.root, authority.url, other.root)
    with pytest.raises(Problem) as caught:
        seal.seal(page(), reason="业务办理确认")
    assert caught.value.code == "seal.no_time"


def test_a_new_key_seals_and_the_former_ones_seals_stay_good(home: Home) -> None:
    old = seal.seal(page(), reason="before")
    key = (home.keys / "seal.pem").read_bytes()
    renewed = seal_keys.renew(home, "青山通信")
    new = seal.seal(page(), reason="after")
    assert (home.keys / "seal.pem").read_bytes() != key
    assert not any(key.splitlines()[1] in path.read_bytes() for path in home.keys.rglob("*") if path.is_file())
    assert seal.check(old.pdf).holds
    assert seal.check(new.pdf).signer == "青山通信"
    assert seal_keys.fingerprint(seal_keys.certificates(home)[0]) == renewed


def test_an_operator_s_own_certificate_seals(home: Home, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    run = {"cwd": home.keys, "check": True, "capture_output": True}
    made = ["req", "-x509", "-newkey", "rsa:2048", "-keyout", "ours.key", "-out", "ours.crt", "-days", "30"]
    subprocess.run(["openssl", *made, "-subj", "/CN=Green Hills", "-passout", "pass:spring", "-addext",
                    "keyUsage=critical,digitalSignature,nonRepudiation"], **run)  # fmt: skip
    (home.root / "seal.toml").write_text('key = "keys/ours.key"\ncertificate = "keys/ours.crt"\n')
    with pytest.raises(Problem, match="MINGBAI_SEAL_PASSWORD"):
        seal.seal(page(), reason="without the password")
    monkeypatch.setenv("MINGBAI_SEAL_PASSWORD", "spring")
    found = seal.check(seal.seal(page(), reason="with it").pdf)
    assert (found.holds, found.signer) == (True, "Green Hills")
    with pytest.raises(Problem, match="operator's"):
        seal_keys.renew(home)


WRONG = {
    "no TOML": "key = ",
    "unknown key": 'keys = "a"',
    "go together": 'key = "keys/a"',
    "nothing else": '[time]\nurl = "http://a/"',
    "written as": '[time]\nurl = "ftp://a/"\ntrust = []',
    "names no certificate": '[time]\nurl = "http://a/"\ntrust = []',
    "that can be read": 'trust = ["keys/none.crt"]',
    "must name files": 'trust = "keys/none.crt"',
}


@pytest.mark.parametrize("why", WRONG)
def test_a_wrong_seal_toml_is_told(home: Home, why: str) -> None:
    (home.root / "seal.toml").write_text(WRONG[why])
    with pytest.raises(Problem, match=why) as caught:
        seal.seal(page(), reason="x")
    assert caught.value.code == "seal.keys"


def test_what_is_no_pdf_is_not_sealed_and_a_certificate_that_ran_out_seals_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Problem, match="no PDF"):
        seal.seal(b"contract", reason="x")
    later = clock.now() + timedelta(days=366 * 6)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Problem) as caught:
        seal.seal(page(), reason="x")
    assert caught.value.code == "seal.unusable"
