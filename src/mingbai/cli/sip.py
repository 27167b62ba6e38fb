"""`mingbai sip`: make ready what Kamailio reads before it starts, and say how it is started."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import click

from mingbai.cli import preflight
from mingbai.gate.hosts.sip import config, native
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "deploy" / "kamailio" / "kamailio.cfg"
HOST = SCRIPT.with_name("host.py")
INSTALL = "apt-get install -y --no-install-recommends kamailio kamailio-python3-modules"
SHARED_MIB, PRIVATE_MIB = 768, 16


def kamailio() -> str:
    """The proxy's program. Raises Problem with the command that installs it."""
    found = shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Problem("sip.kamailio", "Kamailio is not installed", mend=INSTALL)
    return found


def prepare(home: Home) -> Path:
    """Write the proxy's local.cfg from sip.toml and the profile, and make its Python environment.

    Returns the folder it is started in. Raises Problem with file and line, or when something is missing.
    """
    profile = preflight.home_is_made(home)
    settings = config.load(home, profile)
    if not SCRIPT.exists():
        raise Problem(
            "sip.script", "this installation has no deploy folder", where=str(SCRIPT), mend="run from a clone"
        )
    made = subprocess.run([str(ROOT / "scripts" / "sip-python")], capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode:
        raise Problem("sip.python", made.stderr.strip()[-300:], where=".venv-sip", mend="run scripts/sip-python")
    return native.write(home, settings, profile, HOST).parent


def command(folder: Path) -> list[str]:
    """How the proxy is started, in the foreground, with `folder` (of `prepare`) as its working directory.

    MINGBAI_HOME has to be in its environment.
    """
    where = str(folder)
    sizes = ["-m", str(SHARED_MIB), "-M", str(PRIVATE_MIB)]
    return [kamailio(), "-f", str(SCRIPT), "-DD", "-E", "-w", where, "-Y", where, *sizes]


@click.group()
def sip() -> None:
    """The gate inside the SIP proxy."""


@sip.command("prepare")
def prepare_command() -> None:
    """Write MINGBAI_HOME/sip/local.cfg, make the proxy's Python environment, print how it is started."""
    home = Home.from_environment()
    folder = prepare(home)
    click.echo(f"cd {folder} && MINGBAI_HOME={home.root} " + " ".join(command(folder)))
