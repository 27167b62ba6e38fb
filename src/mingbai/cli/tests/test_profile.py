"""`mingbai profile upgrade`: shown with source and standing, written in one step, named where a start is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mingbai.cli import preflight
from mingbai.cli.profile import profile as command
from mingbai.kernel import profile as profiles
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

TEXT = profiles.packaged("cn-2018-whitelist")
START = TEXT.index('[settings."gate.withheld"]')
OLDER = "# ours since 2026\n" + TEXT[:START] + TEXT[TEXT.index("[settings.", START + 1) :]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.make_keys()
    made.profile.write_text(OLDER, "utf-8")
    made.profile.chmod(0o640)
    return made


def upgraded(home: Home, *words: str) -> Result:
    return CliRunner().invoke(command, ["upgrade", *words], env={"MINGBAI_HOME": str(home.root)})


def test_a_start_that_is_refused_names_the_command(home: Home) -> None:
    with pytest.raises(Problem, match=r"gate\.withheld.*is missing") as raised:
        preflight.home_is_made(home)
    assert "`mingbai profile upgrade`" in raised.value.mend
    env = {**os.environ, "MINGBAI_HOME": str(home.root)}
    done = subprocess.run(
        [sys.executable, "-m", "mingbai.cli", "run"], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "mingbai profile upgrade" in done.stderr


def test_what_is_new_is_shown_and_then_written(home: Home) -> None:
    shown = upgraded(home, "--dry-run")
    assert shown.exit_code == 0
    assert "+ gate.withheld = label" in shown.output
    assert "verdict · ours (U) · whether a call without a number passes, is labelled or is refused" in shown.output
    assert home.profile.read_text("utf-8") == OLDER
    done = upgraded(home, "--yes")
    assert (done.exit_code, "1 added to" in done.output) == (0, True)
    text = home.profile.read_text("utf-8")
    assert text.startswith(OLDER.rstrip())
    assert home.profile.stat().st_mode & 0o777 == 0o640
    assert preflight.home_is_made(home).gate.withheld == "label"
    assert [path.name for path in home.root.iterdir() if path.name.startswith(".profile")] == []
    assert upgraded(home).output == "nothing is new\n"


def test_without_a_yes_nothing_is_written(home: Home) -> None:
    done = upgraded(home)
    assert isinstance(done.exception, Problem)
    assert "--yes" in done.exception.mend
    assert home.profile.read_text("utf-8") == OLDER


def test_a_profile_of_one_s_own_says_which_it_follows(home: Home) -> None:
    home.profile.write_text(OLDER.replace('name = "cn-2018-whitelist"', 'name = "ours"'), "utf-8")
    refused = upgraded(home, "--yes")
    assert isinstance(refused.exception, Problem)
    assert "--like cn-2018-whitelist" in refused.exception.mend
    assert upgraded(home, "--yes", "--like", "cn-2018-whitelist").exit_code == 0
    assert profiles.load(home).name == "ours"


def test_what_nothing_goes_by_is_told(home: Home) -> None:
    home.profile.write_text(OLDER + '[settings."gate.weight"]\nvalue = 1\n', "utf-8")
    done = upgraded(home, "--yes")
    assert done.exit_code == 1
    assert "? gate.weight: nothing goes by it any more" in done.output


def test_where_nothing_is_installed_that_is_told(tmp_path: Path) -> None:
    done = upgraded(Home(tmp_path / "nothing"), "--yes")
    assert isinstance(done.exception, Problem)
    assert "mingbai init" in done.exception.mend
