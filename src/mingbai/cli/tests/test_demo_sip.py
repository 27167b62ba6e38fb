"""The demo's proxy comes when it can, after the first page; without rights the town says in one line how to get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingbai.cli import demo_sip, sip
from mingbai.cli.supervisor import Child
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.town.firms import TRUNKS

LISTEN = "udp:127.0.0.1:5460"
WAITS_S = 60


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.root.mkdir()
    made.make_keys()
    made.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    demo_sip.write_settings(made, LISTEN, "http://127.0.0.1:8000")
    return made


def _bring_up(home: Home) -> tuple[list[Child], list[str]]:
    children: list[Child] = []
    said: list[str] = []
    demo_sip.bring_up(home, children, said.append).join(WAITS_S)
    return children, said


def test_the_town_s_exchange_names_the_trunk(home: Home) -> None:
    settings = sip.settings_of(home)
    assert (settings.listen, settings.redress) == ((LISTEN,), "http://127.0.0.1:8000")
    for trunk in TRUNKS:
        assert settings.trunk_of("127.0.0.1", 4711, trunk.name).name == trunk.name
        assert settings.trunk_of("127.0.0.1", 4711, trunk.name).identity == "pai"
    assert settings.trunk_of("127.0.0.1", 4711, "").name == ""


def _script(path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> Path:
    """A stand-in for scripts/system-packages; leaves a mark when it was asked."""
    script, mark = path / "system-packages", path / "asked"
    script.write_text(f'#!/bin/sh\necho "$@" >> {mark}\nexit {code}\n')
    script.chmod(0o755)
    monkeypatch.setattr(demo_sip, "_PACKAGES", script)
    return mark


def test_without_rights_one_line_tells_how_to_get_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise Problem("sip.kamailio", "Kamailio is not installed", mend=sip.INSTALL)

    mark = _script(tmp_path, monkeypatch, 1)
    monkeypatch.setattr(sip, "kamailio", missing)
    children, said = _bring_up(home)
    assert children == []
    (line,) = said
    assert "Calls go over HTTP" in line
    assert sip.INSTALL in line
    assert mark.read_text() == "sip\n"


def test_a_missing_proxy_is_installed_and_given_to_the_supervisor(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = _script(tmp_path, monkeypatch, 0)

    def kamailio() -> str:
        if not mark.exists():
            raise Problem("sip.kamailio", "Kamailio is not installed", mend=sip.INSTALL)
        return "/usr/sbin/kamailio"

    prepared: list[object] = []
    monkeypatch.setattr(sip, "kamailio", kamailio)
    monkeypatch.setattr(sip, "prepare", lambda home, host: prepared.append(host) or home.sip)
    children, said = _bring_up(home)
    assert [(child.name, child.folder, child.process) for child in children] == [("sip", home.sip, None)]
    assert children[0].env == {"MINGBAI_HOME": str(home.root)}
    assert prepared == [demo_sip.TOWN_HOST]
    assert demo_sip.TOWN_HOST.exists()
    assert said == [f"Calls go through Kamailio now: {LISTEN}"]


def test_a_proxy_that_cannot_be_made_ready_is_told_in_one_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip, "kamailio", lambda: "/usr/sbin/kamailio")
    (home.root / "sip.toml").write_text("listen = 5060\n")
    children, said = _bring_up(home)
    assert children == []
    (line,) = said
    assert line.startswith("Calls go over HTTP, as there is no SIP proxy: ")
