"""`mingbai seal`: shown, renewed, a PDF checked by whoever has the certificate and nothing else of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fpdf import FPDF

from mingbai.cli import doctor, main
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.ledger import seal, seal_keys


def page() -> bytes:
    sheet = FPDF()
    sheet.add_page()
    return bytes(sheet.output())


@pytest.fixture
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = Home(tmp_path / "home")
    made.keys.mkdir(parents=True)
    (made.root / "profile.toml").touch()
    settings.HOME = made
    monkeypatch.setenv("MINGBAI_HOME", str(made.root))
    return made


def mingbai(*words: str) -> Result:
    return CliRunner().invoke(main, ["seal", *words])


def test_shown_renewed_and_checked_by_a_stranger(home: Home, tmp_path: Path) -> None:
    seal_keys.make(home, "青山通信")
    paper, certificate, other = tmp_path / "paper.pdf", tmp_path / "seal.crt", tmp_path / "other.pdf"
    paper.write_bytes(seal.seal(page(), reason="合同").pdf)
    shown = mingbai("show")
    assert shown.exit_code == 0
    assert "nobody else vouches" in shown.stderr
    certificate.write_text(shown.stdout)
    assert mingbai("renew", "--name", "青山通信").exit_code == 0
    assert mingbai("show").stdout != shown.stdout
    for trust in ((), ("--trust", str(certificate))):
        held = mingbai("check", str(paper), *trust)
        assert (held.exit_code, "青山通信" in held.output, "自述" in held.output) == (0, True, True)
    other.write_bytes(paper.read_bytes().replace(b"/Rotate", b"/rotate") + b" ")
    changed = mingbai("check", str(other))
    assert changed.exit_code == 1
    assert "不成立" in changed.output
    certificate.write_text(mingbai("show").stdout)
    assert mingbai("check", str(paper), "--trust", str(certificate)).exit_code == 1
    assert mingbai("check", str(tmp_path / "none.pdf")).exit_code == 2


def test_doctor_tells_of_a_seal_that_runs_out_and_of_a_time_that_nobody_vouches_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [one.level for one in doctor.seal(home)] == [doctor.Level.WARN]
    assert not seal_keys.own(home).exists()
    seal_keys.make(home)
    told = list(doctor.seal(home))
    assert [one.level for one in told] == [doctor.Level.GOOD, doctor.Level.WARN]
    later = clock.now().replace(year=clock.now().year + 6)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert next(iter(doctor.seal(home))).level == doctor.Level.BAD
    (home.root / "seal.toml").write_text("[time]\n")
    assert next(iter(doctor.seal(home))).level == doctor.Level.BAD
