"""`mingbai init`, what `mingbai run` refuses, what `mingbai doctor` says: as processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from mingbai.cli import COMMANDS, main, preflight
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem


def _mingbai(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MINGBAI_", "DJANGO_", "DATABASE_"))}
    env = {**kept, "MINGBAI_HOME": str(home), **more}
    return subprocess.run(
        [sys.executable, "-m", "mingbai.cli", *words],
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("home") / "mingbai"
    done = _mingbai(home, "init", "--profile", "cn-2018-whitelist", "--origin", "log.example.cn")
    assert done.returncode == 0, done.stderr
    return home, done.stdout


def test_init_takes_no_profile_silently(tmp_path: Path) -> None:
    done = _mingbai(tmp_path / "home", "init")
    assert done.returncode == 1
    assert "which profile" in done.stderr
    assert "cn-2018-whitelist" in done.stderr
    assert not (tmp_path / "home").exists()


def test_init_makes_an_installation(made: tuple[Path, str]) -> None:
    home, said = made
    assert "password (shown once): " in said
    assert (home / "mingbai.sqlite3").exists()
    assert 'name = "cn-2018-whitelist"' in (home / "profile.toml").read_text("utf-8")
    for path in (home, home / "keys", *(home / "keys").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_init_again_changes_nothing(made: tuple[Path, str]) -> None:
    home, _ = made
    before = (home / "keys" / "lookup.key").read_bytes()
    done = _mingbai(home, "init")
    assert done.returncode == 0, done.stderr
    assert "there already" in done.stdout
    assert (home / "keys" / "lookup.key").read_bytes() == before


def test_init_does_not_swap_the_profile(made: tuple[Path, str]) -> None:
    done = _mingbai(made[0], "init", "--profile", "cn-2020-inbound-only")
    assert done.returncode == 1
    assert "runs under cn-2018-whitelist already" in done.stderr


def test_run_without_an_installation_says_so(tmp_path: Path) -> None:
    done = _mingbai(tmp_path, "run")
    assert done.returncode == 1
    assert "run `mingbai init`" in done.stderr


def test_run_names_the_line_of_a_broken_profile(made: tuple[Path, str], tmp_path: Path) -> None:
    home, _ = made
    broken = (
        (home / "profile.toml").read_text("utf-8").replace('withheld"]\nvalue = "label"', 'withheld"]\nvalue = "lable"')
    )
    line = next(i for i, text in enumerate(broken.splitlines(), 1) if "lable" in text)
    (tmp_path / "profile.toml").write_text(broken, "utf-8")
    (tmp_path / "keys").symlink_to(home / "keys")
    done = _mingbai(tmp_path, "run")
    assert done.returncode == 1
    assert f"profile.toml:{line}" in done.stderr


def test_run_refuses_a_database_without_migrations(made: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_bytes((made[0] / "profile.toml").read_bytes())
    (tmp_path / "keys").symlink_to(made[0] / "keys")
    done = _mingbai(tmp_path, "run")
    assert done.returncode == 1
    assert "migrations are not applied" in done.stderr


def test_run_refuses_a_port_in_use(made: tuple[Path, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = _mingbai(made[0], "run", "--web-port", port)
    assert done.returncode == 1
    assert f"127.0.0.1:{port} is in use" in done.stderr
    assert "--web-port" in done.stderr


@pytest.mark.parametrize("host", ["999.1.1.1", "192.0.2.1", "x" * 300, ""])
def test_run_refuses_an_address_of_another_machine(host: str) -> None:
    with pytest.raises(Problem, match="no address of this machine") as raised:
        preflight.ports_are_free(host, web=0, gate=0)
    assert raised.value.code == "run.host"
    preflight.ports_are_free("localhost", web=0, gate=0)


@pytest.mark.parametrize("command", ["run", "demo"])
@pytest.mark.parametrize("port", ["0", "-1", "99999"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, command: str, port: str) -> None:
    done = _mingbai(tmp_path, command, "--web-port", port)
    assert done.returncode == 2
    assert "is not in the range" in done.stderr


def test_an_address_of_a_database_that_is_none_is_told(made: tuple[Path, str]) -> None:
    done = _mingbai(made[0], "ledger", "vkey", DATABASE_URL="postgresql://127.0.0.1:x/mingbai")
    assert done.returncode == 1
    assert done.stderr.startswith("mingbai: DATABASE_URL")


def test_faults_of_disk_and_database_are_told_in_a_sentence(made: tuple[Path, str], tmp_path: Path) -> None:
    done = _mingbai(Path(os.devnull), "gate", "decide", "13812345678", "110")
    assert (done.returncode, done.stderr) == (1, f"mingbai: {os.devnull}/profile.toml: Not a directory\n")
    home = shutil.copytree(made[0], tmp_path / "home")
    (home / "mingbai.sqlite3").write_bytes(b"no database")
    done = _mingbai(home, "ledger", "fsck")
    assert done.returncode == 1
    assert done.stderr.startswith("mingbai: the database: ")
    assert "Traceback" not in done.stderr


def test_doctor_finds_an_installation_sound(made: tuple[Path, str]) -> None:
    done = _mingbai(made[0], "doctor", "--web-port", "1", "--gate-port", "2")
    assert "profile cn-2018-whitelist" in done.stdout
    assert "keys are readable by their owner alone" in done.stdout
    assert "SQLite, migrated; PRAGMA synchronous says 2" in done.stdout
    assert "fsync takes" in done.stdout


def test_doctor_names_open_keys_and_what_mends_them(made: tuple[Path, str]) -> None:
    keys = made[0] / "keys"
    keys.chmod(0o755)
    try:
        done = _mingbai(made[0], "doctor")
    finally:
        keys.chmod(0o700)
    assert done.returncode == 1
    assert "others on this machine may read the keys" in done.stdout
    assert f"chmod -R go= {keys}" in done.stdout


def test_a_list_of_commands_needs_nothing(tmp_path: Path) -> None:
    done = _mingbai(tmp_path / "nowhere")
    assert "doctor" in done.stdout + done.stderr
    assert not (tmp_path / "nowhere").exists()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    end = clock.monotonic() + 30
    while clock.monotonic() < end:
        try:
            with urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            clock.pause(0.1)
    return False


def test_run_serves_until_told_to_stop(made: tuple[Path, str]) -> None:
    web, gate = _free_port(), _free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MINGBAI_", "DJANGO_", "DATABASE_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "mingbai.cli", "run", "--web-port", str(web), "--gate-port", str(gate)],
        env={**kept, "MINGBAI_HOME": str(made[0])},
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert _answers(f"http://127.0.0.1:{web}/")
            assert _answers(f"http://127.0.0.1:{gate}/gate/v1/health")
            assert (made[0] / "log" / "checkpoint").exists()
        finally:
            running.send_signal(signal.SIGTERM)
            said = running.communicate(timeout=30)[1]
    assert running.returncode == 0
    assert "profile cn-2018-whitelist" in said
    assert "Traceback" not in said
    assert "failed" not in said


def test_every_command_that_is_listed_is_there() -> None:
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.help


def test_the_gate_is_rebuilt_from_the_database_alone(made: tuple[Path, str]) -> None:
    shutil.rmtree(made[0] / "facts", ignore_errors=True)
    done = _mingbai(made[0], "gate", "rebuild")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 subscribers")
    asked = _mingbai(made[0], "gate", "decide", "13800000001", "110")
    assert "emergency.called" in asked.stdout
