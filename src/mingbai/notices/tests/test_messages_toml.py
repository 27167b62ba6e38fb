"""messages.toml: typed, and refused with its line; no secret stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.notices.delivery import config

GOOD = """\
# our links
[[link]]
kind = "smpp"
name = "main"
host = "smsc.example.cn"
port = 2775
system_id = "mingbai"
password = "env:SMPP_PASSWORD"
source = "10690000"

[[link]]
kind = "http"
name = "backup"
url = "https://sms.example.cn/send"
secret_file = "gateway.secret"
"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SMPP_PASSWORD", "geheim")
    (tmp_path / "gateway.secret").write_text("s3cret\n")


def test_two_links_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "messages.toml").write_text(GOOD)
    found = config.load(Home(tmp_path))
    assert (found.first, found.second) == ("main", "backup")
    main, backup = found.links
    assert isinstance(main, config.Smpp)
    assert isinstance(backup, config.Http)
    assert (main.password, main.window, main.tls, backup.secret) == ("geheim", 50, False, "s3cret")


def test_without_a_file_there_are_no_links(tmp_path: Path) -> None:
    assert config.load(Home(tmp_path)) == config.Config()
    assert not config.exists(Home(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('kind = "smpp"', 'kind = "cmpp"', 3, "smpp or http"),
        ('name = "main"', 'name = "Main"', 4, "name"),
        ("port = 2775", "port = 70000", 6, "65535"),
        ("port = 2775", 'port = "2775"', 6, "whole number"),
        ("port = 2775", "port = true", 6, "whole number"),
        ('host = "smsc.example.cn"\n', "", 2, "host"),
        ('"env:SMPP_PASSWORD"', '"geheim"', 8, "env:NAME"),
        ('"env:SMPP_PASSWORD"', '"env:NOBODY_SET_THIS"', 8, "not set"),
        ('"gateway.secret"', '"no.file"', 15, "no file"),
        ('system_id = "mingbai"', 'system_id = "sixteen-letters-"', 7, "system_id"),
        ('source = "10690000"', 'source = "10690000"\nwindow = 0', 10, "window"),
        ('source = "10690000"', 'source = "10690000"\nalphabet = "ebcdic"', 10, "gsm"),
        ('source = "10690000"', 'source = "10690000"\ntls_ca = "no.pem"', 10, "no file"),
        ('source = "10690000"', 'source = "10690000"\ncolour = "red"', 10, "colour"),
        ('name = "backup"', 'name = "main"', 13, "two links"),
        ("https://sms", "ftp://sms", 14, "url"),
        ("# our links", "links = 2", 1, "links"),
        ("[[link]]", "[[link", 2, ""),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    assert old in GOOD
    with pytest.raises(Problem) as raised:
        config.parse(GOOD.replace(old, new, 1), tmp_path)
    assert raised.value.where == f"messages.toml:{line}"
    assert told in f"{raised.value.what} {raised.value.mend}"
    assert "geheim" not in str(raised.value).replace('"geheim"', "")


def test_a_password_that_smpp_cannot_carry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMPP_PASSWORD", "longer-than-eight")
    with pytest.raises(Problem, match="SMPP allows 0 to 8") as raised:
        config.parse(GOOD, tmp_path)
    assert "longer-than-eight" not in str(raised.value)
