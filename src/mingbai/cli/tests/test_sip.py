"""What is told before the proxy starts: what is missing, which line is wrong, which address is taken."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mingbai.cli import doctor, preflight, sip
from mingbai.cli.run import run
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.make_keys()
    made.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    return made


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sip, "_SBIN", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
def test_a_machine_without_kamailio_is_told_the_command(home: Home) -> None:
    with pytest.raises(Problem, match="Kamailio is not installed") as raised:
        sip.prepare(home)
    assert "apt-get install" in raised.value.mend
    assert "kamailio-python3-modules" in raised.value.mend
    (finding,) = doctor.proxy(home)
    assert finding.level is doctor.Level.WARN, "the gate over HTTP does without"
    (home.root / "sip.toml").write_text("children = 3\n")
    (finding,) = doctor.proxy(home)
    assert finding.level is doctor.Level.BAD
    assert "apt-get install" in finding.mend


def test_a_kamailio_without_its_python_module_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "kamailio"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sip, "_MODULE", ("nowhere/app_python3.so",))
    with pytest.raises(Problem, match="no Python module") as raised:
        sip.kamailio()
    assert "kamailio-python3-modules" in raised.value.mend


def test_a_wrong_line_of_sip_toml_is_named(home: Home) -> None:
    (home.root / "sip.toml").write_text('# where we listen\nlisten = ["5060"]\n')
    with pytest.raises(Problem) as raised:
        sip.settings_of(home)
    assert raised.value.where == "sip.toml:2"
    assert "sip.toml:2" in doctor_says(home)


def doctor_says(home: Home) -> str:
    return " ".join(finding.what for finding in doctor.proxy(home))


def test_options_go_before_sip_toml(home: Home) -> None:
    (home.root / "sip.toml").write_text('listen = ["udp:127.0.0.1:5070"]\nchildren = 3\n')
    settings = sip.settings_of(home)
    assert (settings.listen, settings.children) == (("udp:127.0.0.1:5070",), 3)
    settings = sip.settings_of(home, listen=("tcp:127.0.0.1:5071",), children=5)
    assert (settings.listen, settings.children) == (("tcp:127.0.0.1:5071",), 5)
    assert "udp:127.0.0.1:5070, 0 trunks" in doctor_says(home)


def test_the_proxy_s_own_figures_have_an_address_too(home: Home) -> None:
    (home.root / "sip.toml").write_text('metrics = "192.0.2.1:9464"\n')
    assert sip.addresses(sip.settings_of(home))[-1] == "tcp:192.0.2.1:9464"
    assert "“192.0.2.1” is no address of this machine" in doctor_says(home)


@pytest.mark.parametrize(
    ("redress", "public", "said"),
    [
        ("https://gate.example.cn", "https://gate.example.cn", ""),
        ("https://gate.example.cn", "https://GATE.example.cn:443/", ""),
        ("https://gate.example.cn", "https://pages.example.cn", "but the pages are at MINGBAI_PUBLIC_URL"),
        ("https://gate.example.cn:8443", "https://gate.example.cn", "but the pages are at"),
        ("https://gate.example.cn", "", "MINGBAI_PUBLIC_URL is not set"),
        ("", "https://gate.example.cn", "are not told where to see why and appeal"),
        ("http://gate.example.cn", "http://gate.example.cn", "is not https"),
    ],
)
def test_where_refused_callers_are_sent_is_where_the_pages_are(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    redress: str,
    public: str,
    said: str,
) -> None:
    (home.root / "sip.toml").write_text(f'listen = ["udp:127.0.0.1:5070"]\nredress = "{redress}"\n')
    monkeypatch.setenv("MINGBAI_PUBLIC_URL", public)
    sip.tell_of_redress(sip.settings_of(home))
    assert said in capsys.readouterr().err
    findings = [finding for finding in doctor.proxy(home) if finding.level is doctor.Level.WARN]
    assert [said in finding.what for finding in findings] == ([True] if said else [])


@pytest.mark.parametrize("address", ["udp:5060", "sctp:127.0.0.1:5060", "udp:127.0.0.1:0", "udp:127.0.0.1:70000"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    done = CliRunner().invoke(run, ["--sip", "--sip-listen", address])
    assert done.exit_code == 2
    assert "is not written as in" in done.output


@pytest.mark.parametrize(("transport", "kind"), [("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)])
def test_an_address_in_use_is_named(transport: str, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        address = f"{transport}:127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(Problem, match="is in use") as raised:
            preflight.addresses_are_free([address])
    assert "--sip-listen" in raised.value.mend
    preflight.addresses_are_free([address])


def test_an_address_of_another_machine_is_named(home: Home) -> None:
    with pytest.raises(Problem, match="no address of this machine"):
        preflight.addresses_are_free(["udp:192.0.2.1:5060"])
    (home.root / "sip.toml").write_text('listen = ["udp:[2001:db8::1]:5060"]\n')
    assert "no address of this machine" in doctor_says(home)


def test_a_second_proxy_in_a_home_is_refused_and_writes_nothing_over(home: Home) -> None:
    (home.root / "sip").mkdir(exist_ok=True)
    first = home.root / "sip" / "local.cfg"
    first.write_text("of the first one")
    preflight.hold(home, "proxy")
    done = subprocess.run(
        [sys.executable, "-m", "mingbai.cli", "sip", "start"],
        env={**os.environ, "MINGBAI_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "another proxy runs in this home" in done.stderr
    assert "Traceback" not in done.stderr
    assert first.read_text() == "of the first one"
    with pytest.raises(Problem, match="another proxy"):
        preflight.hold(home, "proxy")
    preflight.hold(home, "service")  # one of each may
