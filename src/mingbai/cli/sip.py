"""`mingbai sip`: make ready what Kamailio reads before it starts, and say how it is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import click

from mingbai.cli import preflight
from mingbai.cli.supervisor import Child
from mingbai.gate.hosts.sip import config, native
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "deploy" / "kamailio" / "kamailio.cfg"
HOST = SCRIPT.with_name("host.py")
INSTALL = "sudo apt-get update && sudo apt-get install -y --no-install-recommends kamailio kamailio-python3-modules"
ENVIRONMENT = ROOT / ".venv-sip"
_SBIN = "/usr/sbin:/usr/local/sbin"
_MODULE = ("lib/*/kamailio/modules/app_python3.so", "lib*/kamailio/modules/app_python3.so")
SHARED_MIB, PRIVATE_MIB = 768, 16
# Kamailio's default allocator is made for finding faults in it: a bare answer takes 35 of its 42 µs there.
ALLOCATOR = ("-x", "fm", "-X", "fm")


def kamailio() -> str:
    """The proxy's program. Raises Problem with the command that installs it, or the module that it lacks."""
    found = shutil.which("kamailio") or shutil.which("kamailio", path=_SBIN)
    if found is None:
        raise Problem("sip.kamailio", "Kamailio is not installed", mend=INSTALL)
    if not any(any(Path(place).glob(name)) for place in ("/usr", "/usr/local") for name in _MODULE):
        raise Problem("sip.module", "Kamailio has no Python module (app_python3.so)", mend=INSTALL)
    return found


def settings_of(home: Home, *, listen: tuple[str, ...] = (), children: int = 0) -> config.Config:
    """What sip.toml says, `listen` and `children` put before it. Raises Problem with file and line."""
    found = config.load(home, preflight.home_is_made(home))
    return replace(found, listen=listen or found.listen, children=children or found.children)


def addresses(settings: config.Config) -> tuple[str, ...]:
    """Everything that the proxy listens on."""
    return settings.listen + ((f"tcp:{settings.metrics}",) if settings.metrics else ())


def tell_of_redress(settings: config.Config) -> None:
    """Say what is amiss with the address that refused callers are told; calls are judged all the same."""
    if trouble := preflight.redress_trouble(settings.redress):
        click.echo(f"note: {trouble}", err=True)


def prepare(home: Home, settings: config.Config | None = None, *, host: Path = HOST) -> Path:
    """Write the proxy's local.cfg from sip.toml and the profile, make its Python environment, let Kamailio check it.

    `host` is what app_python3 loads. Returns the folder it is started in. Raises Problem with file and line, or when
    something is missing.
    """
    settings, profile = settings or settings_of(home), preflight.home_is_made(home)
    if not SCRIPT.exists():
        raise Problem(
            "sip.script", "this installation has no deploy folder", where=str(SCRIPT), mend="run from a clone"
        )
    make_environment()
    folder = native.write(home, settings, profile, host).parent
    _check(folder)
    return folder


def make_environment() -> None:
    """The proxy's Python environment, unless it stands there as uv.lock wants it. Raises Problem."""
    found = {path.name for path in ENVIRONMENT.glob("lib/*/site-packages/*.dist-info")}
    if {f"{name.replace('-', '_')}-{version}.dist-info" for name, version in _wanted()} <= found:
        return
    made = subprocess.run([str(ROOT / "scripts" / "sip-python")], capture_output=True, text=True, check=False)  # noqa: S603  # our own script
    if made.returncode:
        raise Problem("sip.python", made.stderr.strip()[-300:], where=str(ENVIRONMENT), mend="run scripts/sip-python")


def _wanted() -> list[tuple[str, str]]:
    """Name and version of what the group `sip` of pyproject.toml asks for itself."""
    project, lock = (tomllib.loads((ROOT / name).read_text("utf-8")) for name in ("pyproject.toml", "uv.lock"))
    group = {re.split(r"[^\w.-]", wish)[0] for wish in project["dependency-groups"]["sip"]}
    return [(entry["name"], entry["version"]) for entry in lock["package"] if entry["name"] in group]


def _check(folder: Path) -> None:
    """What Kamailio itself says of its configuration."""
    done = subprocess.run([*command(folder), "-c"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own argv
    if done.returncode:
        faults = [line.strip() for line in done.stderr.splitlines() if "CRITICAL" in line or "ERROR" in line]
        said = (faults or done.stderr.strip().splitlines() or [f"code {done.returncode}"])[0]
        raise Problem("sip.refused", f"Kamailio takes no such configuration: {said[-300:]}", where=str(folder))


def command(folder: Path) -> list[str]:
    """How the proxy is started, in the foreground, with `folder` (of `prepare`) as its working directory.

    MINGBAI_HOME has to be in its environment.
    """
    where = str(folder)
    sizes = ["-m", str(SHARED_MIB), "-M", str(PRIVATE_MIB)]
    return [kamailio(), "-f", str(SCRIPT), "-DD", "-E", "-w", where, "-Y", where, *sizes, *ALLOCATOR]


def child(folder: Path) -> Child:
    """The proxy as the supervisor keeps it; `folder` of `prepare`."""
    return Child("sip", command(folder), {"MINGBAI_HOME": str(folder.parent)}, folder, quiet=True)


@click.group()
def sip() -> None:
    """The gate inside the SIP proxy."""


@sip.command("prepare")
def prepare_command() -> None:
    """Write MINGBAI_HOME/sip/local.cfg, make the proxy's Python environment, print how it is started."""
    home = Home.from_environment()
    folder = prepare(home)
    click.echo(f"cd {folder} && MINGBAI_HOME={home.root} " + " ".join(command(folder)))


@sip.command("start")
def start_command() -> None:
    """Make it ready and become the proxy, in the foreground: for systemd, or to look at it alone."""
    home = Home.from_environment()
    settings = settings_of(home)
    preflight.hold(home, "proxy")
    preflight.addresses_are_free(addresses(settings))
    folder = prepare(home, settings)
    tell_of_redress(settings)
    os.environ["MINGBAI_HOME"] = str(home.root)
    os.chdir(folder)
    words = command(folder)
    os.execv(words[0], words)  # noqa: S606  # our own argv, no shell
