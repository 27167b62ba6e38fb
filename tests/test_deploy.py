"""What an operator copies to /etc is taken by the programs it is for, and says what the code does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from mingbai.cli import main, sip
from mingbai.gate.check import Gate
from mingbai.gate.facts import Writer
from mingbai.gate.hosts import metrics
from mingbai.gate.hosts.sip.config import Config
from mingbai.gate.hosts.sip.spelling import spell
from mingbai.gate.hosts.wire import question_of
from mingbai.kernel import profile
from mingbai.kernel.home import Home

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
Tool = Callable[[str], str]


@pytest.fixture
def tool() -> Tool:
    """The path of a program; a test without it is skipped, saying so."""

    def find(name: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find


def _run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_systemd_takes_every_unit(tmp_path: Path, tool: Tool) -> None:
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/mingbai/.venv/bin/mingbai", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("/opt/mingbai", str(ROOT)), "utf-8")
    code, said = _run(tool("systemd-analyze"), "verify", "--man=no", *sorted(tmp_path.glob("*.service")))
    ours = [line for line in said.splitlines() if "mingbai" in line]
    assert (code, ours) == (0, [])


def test_both_units_are_there_and_keep_what_lies_in_memory_to_themselves() -> None:
    assert [unit.name for unit in UNITS] == ["mingbai-sip.service", "mingbai.service"]
    for unit in UNITS:
        text = unit.read_text("utf-8")
        for line in ("Restart=always", "LimitCORE=0", "UMask=0077", "StateDirectoryMode=0700", "NoNewPrivileges=yes"):
            assert f"\n{line}\n" in text, (unit.name, line)


def test_systemd_starts_what_the_command_line_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The unit's command becomes Kamailio: no process stands between systemd and the proxy."""
    started: list[object] = []
    monkeypatch.setattr(sip, "settings_of", lambda home: Config(listen=()))
    monkeypatch.setattr(sip, "prepare", lambda home, settings: tmp_path)
    monkeypatch.setattr(sip, "kamailio", lambda: "/usr/sbin/kamailio")
    monkeypatch.setattr(os, "execv", lambda *told: started.extend(told))
    monkeypatch.setenv("MINGBAI_HOME", str(tmp_path))
    monkeypatch.chdir("/")
    (line,) = re.findall(r"^ExecStart=/opt/mingbai/\.venv/bin/mingbai (.*)$", _unit("mingbai-sip"), re.MULTILINE)
    with pytest.raises(SystemExit) as ended:
        main(line.split(), prog_name="mingbai")
    assert ended.value.code == 0
    assert started == ["/usr/sbin/kamailio", sip.command(tmp_path)]
    assert Path.cwd() == tmp_path


def _unit(name: str) -> str:
    return (DEPLOY / "systemd" / f"{name}.service").read_text("utf-8")


def test_nginx_takes_its_file(tmp_path: Path, tool: Tool) -> None:
    nginx, openssl = tool("nginx"), tool("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ("-subj", "/CN=mingbai.example", "-days", "1", "-nodes", "-newkey", "rsa:2048")
    assert _run(openssl, "req", "-x509", *subject, "-keyout", key, "-out", certificate)[0] == 0
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    text = re.sub(r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};", text)
    text = re.sub(r"ssl_certificate +\S+;", f"ssl_certificate {certificate};", text)
    text = text.replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "mingbai.conf").write_text(text, "utf-8")
    whole = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    whole += f"http {{ {paths} include {tmp_path}/mingbai.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(whole, "utf-8")
    code, said = _run(nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert code == 0, said
    assert "warn" not in said, said


def test_nginx_tells_who_asks_and_shows_no_figures() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text, "limits of log-ins go by it"
    assert re.search(r"location = /gate/v1/metrics \{\s+return 404;", text)
    assert "$request " not in text
    assert "$args" not in text


def test_prometheus_takes_its_files(tool: Tool) -> None:
    promtool = tool("promtool")
    for words in (("check", "rules", DEPLOY / "prometheus" / "alerts.yml"),):
        code, said = _run(promtool, *words)
        assert code == 0, said


def test_every_figure_that_is_watched_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    Writer(home.facts).close()
    gate = Gate(home)
    told = metrics.page(gate)[2].decode()
    gate.close()
    names = set(re.findall(r"^(mingbai_\w+?)(?:\{| )", told, re.MULTILINE))
    names |= set(re.findall(r"^# TYPE (mingbai_\w+)", told, re.MULTILINE))
    watched = re.findall(r"mingbai_gate_\w+", (DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
    assert len(watched) > 10
    assert set(watched) - names == set()
    scrape = (DEPLOY / "prometheus" / "scrape.yml").read_text("utf-8")
    assert metrics.PATH in scrape


def test_what_asterisk_asks_is_a_question_that_the_gate_takes() -> None:
    """The dial plan's brackets close, every label that is jumped to is there, and its JSON is the gate's."""
    text = (DEPLOY / "asterisk" / "mingbai.conf").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(";")]
    assert all(re.match(r"\[[a-z-]+\]$|exten => [^,]+,1,|\s+same => n(?:\([a-z]+\))?,", line) for line in lines)
    for line in lines:
        for opening, closing in ("()", "{}", "[]"):
            assert line.count(opening) == line.count(closing), line
    for context in re.split(r"^\[[a-z-]+\]$", text, flags=re.MULTILINE)[1:]:
        assert set(re.findall(r"\?([a-z]+)\)", context)) <= set(re.findall(r"n\(([a-z]+)\)", context))
    (asked,) = re.findall(r"Set\(ASKED=(\{\"caller.*\})\)$", text, re.MULTILINE)
    asked = asked.replace('${IF($["${WHO}"=""]?anonymous:${WHO})}', "95200011")
    asked = asked.replace("${FILTER(+0-9,${EXTEN})}", "13800000001").replace("\\,", ",")
    question = question_of(asked.encode())
    assert (question.caller, question.callee, question.trunk) == ("95200011", "13800000001", "line-1")
    assert question.mode == "attempt"


@pytest.mark.parametrize("label", ["松风保险 营销电话", "a 100% sure & good one", "Bank <x>; y"])
def test_freeswitch_reads_the_label_out_of_the_contact(label: str) -> None:
    tree = ElementTree.parse(DEPLOY / "freeswitch" / "mingbai.xml")
    (condition,) = tree.findall(".//context[@name='from-the-gate']/extension/condition[@field]")
    spelt = spell(label)
    contact = (
        f"<sip:13800000001@h?P-Asserted-Identity={spelt.name}%20%3Csip%3A%2B8695200011%40h%3E&Call-Info={spelt.info}>"
    )
    found = re.search(condition.attrib["expression"], contact)
    assert found
    assert unquote(found[1]) == spelt.text


@pytest.mark.parametrize("number", ["110", "119", "120", "122", "112", "12110", "12395"])
def test_calls_for_help_ask_nobody(number: str) -> None:
    tree = ElementTree.parse(DEPLOY / "freeswitch" / "mingbai.xml")
    first = tree.findall(".//context[@name='from-trunk']/extension")[0].find("condition")
    assert first is not None
    assert re.search(first.attrib["expression"], number)
    patterns = re.findall(r"exten => _?([^,]+),1,Goto", (DEPLOY / "asterisk" / "mingbai.conf").read_text("utf-8"))
    forms = [re.compile(pattern.replace("X", r"\d") + "$") for pattern in patterns]
    assert any(form.match(number) for form in forms)
