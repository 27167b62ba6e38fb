"""The evidence log's name: never taken silently, never changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from mingbai.cli import doctor, main, naming
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("MINGBAI_PUBLIC_URL", "MINGBAI_LOG_ORIGIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINGBAI_HOME", str(tmp_path / "house"))
    return Home(tmp_path / "house")


def _init(*words: str) -> Result:
    return CliRunner().invoke(main, ["init", "--profile", "cn-2018-whitelist", *words])


def test_no_name_is_taken_silently(home: Home) -> None:
    done = _init()
    assert done.exit_code == 1
    assert "say --origin" in done.stderr
    assert not home.root.exists()


@pytest.mark.parametrize("wrong", ["https://log.example.cn", "a b", "log+1.cn", 'x"y', "/", "", "mingbai.invalid"])
def test_what_is_no_name_is_told(wrong: str) -> None:
    with pytest.raises(Problem, match="--origin"):
        naming.whole(wrong)


def test_the_name_stands_in_the_home_for_good(home: Home) -> None:
    assert "evidence log: log.example.cn/log/v1" in _init("--origin", "log.example.cn").stdout
    assert profile.load(home).ledger.origin == "log.example.cn/log/v1"
    assert _init("--origin", "log.example.cn/log/v1").exit_code == 0
    assert _init().exit_code == 0
    other = _init("--origin", "other.example.cn")
    assert other.exit_code == 1
    assert "never changes" in other.stderr
    assert profile.load(home).ledger.origin == "log.example.cn/log/v1"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]/", "http://town.localhost", ""])
def test_an_address_of_this_machine_alone_names_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_PUBLIC_URL", url)
    assert naming.derived() == ""


def test_the_public_address_names_the_log_and_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_PUBLIC_URL", "https://mingbai.example.cn:8443/")
    done = _init()
    assert "taken from MINGBAI_PUBLIC_URL: mingbai.example.cn/log/v1" in done.stdout
    assert profile.load(home).ledger.origin == "mingbai.example.cn/log/v1"


def test_at_a_terminal_it_is_asked_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setenv("MINGBAI_PUBLIC_URL", "https://mingbai.example.cn")
    assert "[mingbai.example.cn/log/v1]" in _asked("\n")
    assert profile.load(home).ledger.origin == "mingbai.example.cn/log/v1"
    shutil.rmtree(home.root)
    _asked("log.example.cn\n")
    assert profile.load(home).ledger.origin == "log.example.cn/log/v1"


def _asked(answer: str) -> str:
    done = CliRunner().invoke(main, ["init", "--profile", "cn-2018-whitelist"], input=answer)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_two_names_at_once_are_one_too_many(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_LOG_ORIGIN", "env.example.cn/log/v1")
    assert "MINGBAI_LOG_ORIGIN says" in _init("--origin", "log.example.cn").stderr
    assert _init().exit_code == 0
    assert profile.load(home).ledger.origin == "env.example.cn/log/v1"


def test_an_unnamed_log_is_named_before_its_first_signature_only(home: Home) -> None:
    _init("--origin", "log.example.cn")
    shipped = profile.packaged("cn-2018-whitelist")
    home.profile.write_text(shipped, "utf-8")
    told = [finding for finding in doctor.keys_and_profile(home) if finding.level is doctor.Level.WARN]
    assert ["mingbai.invalid" in finding.what for finding in told] == [True]
    assert "mingbai init --origin" in told[0].mend
    (home.log / "checkpoint").touch()
    assert _init("--origin", "log.example.cn").exit_code == 1
    assert "so it stays" in next(f.mend for f in doctor.keys_and_profile(home) if "mingbai.invalid" in f.what)
    (home.log / "checkpoint").unlink()
    assert _init("--origin", "log.example.cn").exit_code == 0
    assert profile.load(home).ledger.origin == "log.example.cn/log/v1"
    shutil.rmtree(home.root)
