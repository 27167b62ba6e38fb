"""Where the secrets lie, and who may read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make_keys()
    return made


def test_keys_are_made_for_the_owner_alone(home: Home) -> None:
    files = sorted(home.keys.iterdir())
    names = ["django.key", "ledger.key", "lookup.key", "number.key", "redress.key", "vault.key", "webhook.key"]
    assert [file.name for file in files] == names
    assert home.keys.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_home_from_before_gets_one_key_and_no_other(home: Home) -> None:
    for name in ("redress", "vault"):
        (home.keys / f"{name}.key").unlink()
    home.make_key("redress")
    assert len(home.key("redress")) == 32
    assert not (home.keys / "vault.key").exists()
    assert not list(home.keys.glob(".*"))


def test_keys_are_long_and_each_its_own(home: Home) -> None:
    made = [home.key(name) for name in ("lookup", "number", "vault", "ledger")]
    assert {len(key) for key in made} == {32}
    assert len(set(made)) == 4


def test_making_them_again_changes_none(home: Home) -> None:
    before = {file.name: file.read_text() for file in home.keys.iterdir()}
    (home.keys / "vault.key").unlink()
    home.make_keys()
    after = {file.name: file.read_text() for file in home.keys.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"vault.key"}


def test_a_variable_stands_before_the_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_KEY_LOOKUP", "ab" * 32)
    assert home.key("lookup") == b"\xab" * 32


def test_a_missing_key_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(Problem) as problem:
        Home(tmp_path).key("lookup")
    assert problem.value.code == "home.no_key"
    assert "mingbai init" in problem.value.mend


@pytest.mark.parametrize("text", ["no key", "abcd", "é" * 64, "ab" * 31])
def test_what_is_no_key_is_told_with_its_place(home: Home, text: str) -> None:
    (home.keys / "lookup.key").write_text(text, "utf-8")
    with pytest.raises(Problem) as problem:
        Home(home.root).key("lookup")
    assert (problem.value.code, problem.value.where) == ("home.bad_key", str(home.keys / "lookup.key"))


def test_asking_for_paths_makes_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "nowhere")
    places = [home.profile, home.database, home.facts, home.counters, home.journal, home.lake, home.log, home.files]
    assert all(place.is_relative_to(home.root) for place in places)
    assert not home.root.exists()


def test_home_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGBAI_HOME", str(tmp_path / "here"))
    assert Home.from_environment().root == tmp_path / "here"
    monkeypatch.delenv("MINGBAI_HOME")
    monkeypatch.chdir(tmp_path)
    assert Home.from_environment().root == tmp_path / ".mingbai"
