"""`mingbai doctor`: what this machine lacks for an installation, each with what mends it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import click

from mingbai import compiled
from mingbai.cli import naming, preflight, sip
from mingbai.gate.hosts.sip import config
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import seal_keys

GIB = 1 << 30
SEAL_DAYS = 60  # so long before it runs out, a seal's certificate is told
_OLDEST_SANE_S = 1_767_225_600  # 2026-01-01: a clock before this release is wrong
_CLOCK_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
_NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "glusterfs"}


class Level(Enum):
    GOOD = "ok"
    WARN = "!!"
    BAD = "NO"


class Finding(NamedTuple):
    """One sentence on one matter, and the command that mends it."""

    level: Level
    what: str
    mend: str = ""


def python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield Finding(Level.GOOD if good else Level.BAD, f"Python {version}", "sudo apt-get install python3 python3-venv")


def packages() -> Iterator[Finding]:
    """Debian packages that `make test` and `make bench` need; asked of the script that installs them."""
    script = Path("scripts/system-packages")
    if not script.exists():
        return
    asked = [str(script), "test", "--missing"]
    missing = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603  # our own
    if missing:
        yield Finding(Level.WARN, f"for tests only, not installed: {' '.join(missing)}", f"{script} test")
    else:
        yield Finding(Level.GOOD, "Debian packages for tests")


def verdicts() -> Iterator[Finding]:
    """Whether the way of a call is compiled; without that it is right all the same."""
    if not compiled.ready():
        yield Finding(Level.WARN, "the gate is not compiled, and slower", "make compiled")
    else:
        yield Finding(Level.GOOD, "the gate is compiled")


def proxy(home: Home) -> Iterator[Finding]:
    """What `mingbai run --sip` needs. Without it the gate is asked over HTTP alone."""
    wanted = (home.root / config.FILE).exists()
    try:
        sip.kamailio()
        if home.profile.exists():
            settings = sip.settings_of(home)
            preflight.addresses_are_ours(sip.addresses(settings))
    except Problem as problem:
        yield Finding(Level.BAD if wanted else Level.WARN, f"no gate over SIP: {problem}", problem.mend)
        return
    yield Finding(Level.GOOD, "Kamailio and its Python module, for the gate over SIP")
    if wanted:
        yield Finding(Level.GOOD, f"{config.FILE}: {', '.join(settings.listen)}, {len(settings.trunks)} trunks")
        if trouble := preflight.redress_trouble(settings.redress):
            yield Finding(Level.WARN, trouble, f"set redress in {config.FILE} to what MINGBAI_PUBLIC_URL says")


def sm3() -> Iterator[Finding]:
    try:
        hashlib.new("sm3", b"")
    except ValueError:
        yield Finding(
            Level.WARN,
            "OpenSSL has no SM3: leaf version 2 cannot be written here",
            "sudo apt-get install openssl libssl3",
        )
    else:
        yield Finding(Level.GOOD, "OpenSSL knows SM3")


def ports(host: str, numbers: dict[str, int]) -> Iterator[Finding]:
    for name, port in numbers.items():
        if preflight.port_is_free(host, port):
            yield Finding(Level.GOOD, f"port {host}:{port} for {name} is free")
        else:
            yield Finding(Level.WARN, f"port {host}:{port} for {name} is in use", f"ss -ltnp 'sport = :{port}'")


def clocks(home: Home) -> Iterator[Finding]:
    now = clock.now_s()
    checkpoint = home.log / "checkpoint"
    if now < _OLDEST_SANE_S:
        yield Finding(Level.BAD, f"the clock says {clock.now():%Y-%m-%d}", "sudo timedatectl set-ntp true")
    elif checkpoint.exists() and checkpoint.stat().st_mtime > now + 60:
        yield Finding(Level.BAD, "the clock is behind the last signed checkpoint", "sudo timedatectl set-ntp true")
    elif _synchronised() is False:
        yield Finding(Level.WARN, "the clock is not synchronised", "sudo apt-get install chrony")
    else:
        yield Finding(Level.GOOD, f"clock {clock.now():%Y-%m-%d %H:%M} UTC")


def _synchronised() -> bool | None:
    """What the kernel says; None where it cannot be asked."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(256))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _CLOCK_UNSYNCHRONISED


def disk(home: Home) -> Iterator[Finding]:
    place = home.root if home.root.exists() else home.root.parent
    free = shutil.disk_usage(place).free
    level = Level.BAD if free < GIB else Level.WARN if free < 10 * GIB else Level.GOOD
    yield Finding(level, f"{free / GIB:.1f} GiB free under {place}", f"df -h {place}")
    if (kind := _filesystem(place)) in _NETWORK_FILESYSTEMS:
        yield Finding(
            Level.BAD, f"{place} lies on {kind}: memory-mapped facts need a local disk", "mingbai init --home …"
        )
    yield _sync(place)


def _filesystem(place: Path) -> str:
    """The type of the file system that `place` lies on; empty where /proc does not say."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    rows = [line.split()[1:3] for line in mounts.read_text("utf-8").splitlines()]
    above = {str(place), *map(str, place.parents)}
    return max((row for row in rows if row[0] in above), key=lambda row: len(row[0]), default=["", ""])[1]


def _sync(place: Path) -> Finding:
    try:
        with tempfile.NamedTemporaryFile(dir=place) as file:
            began = clock.monotonic()
            for _ in range(5):
                file.write(b"\0" * 4096)
                file.flush()
                os.fsync(file.fileno())
            took = (clock.monotonic() - began) * 200
    except OSError as error:
        return Finding(Level.BAD, f"nothing can be written durably under {place}: {error.strerror}", f"ls -ld {place}")
    slow = took > 50
    return Finding(
        Level.WARN if slow else Level.GOOD, f"fsync takes {took:.1f} ms", "move MINGBAI_HOME to a faster disk"
    )


def limits() -> Iterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = soft != resource.RLIM_INFINITY and soft < 4096
    yield Finding(
        Level.WARN if few else Level.GOOD, f"{soft} files may be open at once", f"ulimit -n {max(4096, hard)}"
    )


def font() -> Iterator[Finding]:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    names = ("*CJK*", "wqy*", "*SourceHanSans*", "*NotoSansSC*")
    if any(folder.exists() and any(folder.rglob(name)) for folder in folders for name in names):
        yield Finding(Level.GOOD, "a font with Chinese characters, for print and screenshots")
    else:
        yield Finding(Level.WARN, "no font with Chinese characters, for print", "sudo apt-get install fonts-noto-cjk")


def keys_and_profile(home: Home) -> Iterator[Finding]:
    if not home.profile.exists():
        yield Finding(Level.WARN, f"no installation in {home.root}", "mingbai init")
        return
    try:
        profile = preflight.home_is_made(home)
    except Problem as problem:
        yield Finding(Level.BAD, str(problem), problem.mend or f"edit {home.profile}")
        return
    yield Finding(Level.GOOD, f"profile {profile.name}")
    yield _log_name(home, os.environ.get("MINGBAI_LOG_ORIGIN") or profile.ledger.origin)
    open_to_others = [path for path in (home.keys, *home.keys.glob("*.key")) if path.stat().st_mode & 0o077]
    if open_to_others:
        yield Finding(Level.BAD, "others on this machine may read the keys", f"chmod -R go= {home.keys}")
    else:
        yield Finding(Level.GOOD, "keys are readable by their owner alone")


def seal(home: Home) -> Iterator[Finding]:
    """The house's seal: until when it can be used, and who tells its time."""
    if not home.profile.exists():
        return
    try:
        if not seal_keys.ready(home):
            yield Finding(Level.WARN, "no electronic seal yet: one is made when it is first needed", "mingbai init")
            return
        loaded, own = seal_keys.load(home), seal_keys.certificates(home)[0]
    except Problem as problem:
        yield Finding(Level.BAD, f"no electronic seal: {problem}", problem.mend)
        return
    left = (own.not_valid_after_utc - clock.now()).days
    level = Level.GOOD if left > SEAL_DAYS else Level.WARN if left > 0 else Level.BAD
    yield Finding(level, f"electronic seal until {own.not_valid_after_utc:%Y-%m-%d}", "mingbai seal renew")
    if loaded.authority is None:
        mend = f"name an RFC 3161 authority in [time] of {home.root / seal_keys.FILE} (docs/signatures.md)"
        yield Finding(Level.WARN, "seals carry the house's own time, for which nobody else vouches", mend)
    else:
        yield Finding(Level.GOOD, f"seals carry the time of {loaded.authority.url}")


def _log_name(home: Home, origin: str) -> Finding:
    if not origin.startswith("mingbai.invalid"):
        return Finding(Level.GOOD, f"evidence log {origin}")
    mend = "mingbai init --origin log.example.cn"
    if naming.signed(home):
        mend = "receipts carry this name already, so it stays; a new installation takes --origin"
    return Finding(Level.WARN, f"the evidence log is called {origin}, as every unnamed one is", mend)


def database(home: Home) -> Iterator[Finding]:
    """Reachable, migrated, durable. Only where there is an installation."""
    if not home.profile.exists() or not home.keys.exists():
        return
    from mingbai.cli.django import setup

    try:
        setup()
        preflight.database_is_migrated()
    except Problem as problem:
        yield Finding(Level.BAD, str(problem), problem.mend)
        return
    from django.db import connection

    question = "PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit"
    with connection.cursor() as cursor:
        cursor.execute(question)
        answer = str(cursor.fetchone()[0])
    durable = answer in ("2", "3", "on", "remote_write", "remote_apply")
    name = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    yield Finding(
        Level.GOOD if durable else Level.BAD, f"{name}, migrated; {question} says {answer}", "unset what changes it"
    )


def findings(home: Home, host: str, numbers: dict[str, int]) -> Iterator[Finding]:
    """Everything that can be told; a check that itself fails is told as such and stops no other."""
    checks: list[Callable[[], Iterator[Finding]]] = [
        *(python, packages, verdicts, sm3, limits, font),
        *(lambda: ports(host, numbers), lambda: clocks(home), lambda: disk(home)),
        *(lambda: keys_and_profile(home), lambda: seal(home), lambda: database(home), lambda: proxy(home)),
    ]
    for check in checks:
        try:
            yield from check()
        except OSError as error:
            yield Finding(Level.BAD, f"could not be looked at: {error}")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--web-port", default=8000, show_default=True)
@click.option("--gate-port", default=8001, show_default=True)
def doctor(*, host: str, web_port: int, gate_port: int) -> None:
    """Say what this machine lacks and the command that mends it. Exit code 1 when something must be mended."""
    bad = False
    for finding in findings(Home.from_environment(), host, {"web": web_port, "gate": gate_port}):
        bad |= finding.level is Level.BAD
        click.echo(f"{finding.level.value}  {finding.what}")
        if finding.level is not Level.GOOD and finding.mend:
            click.echo(f"    mend: {finding.mend}")
    sys.exit(1 if bad else 0)
