"""`mingbai demo`: a made town in a home of its own, on this machine alone."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from mingbai.cli import demo_sip, preflight, run
from mingbai.cli.django import setup
from mingbai.cli.init import lay_out, migrate
from mingbai.cli.supervisor import Child, Supervisor
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

HOST = "127.0.0.1"
PROFILE = "cn-2018-whitelist"
ORIGIN = "demo.mingbai.localhost/log/v1"
SEED = 1
_MARK = ".demo"
_HIGHER_PORTS = 50


def clear(home: Home) -> None:
    """Remove a demo's home. Raises Problem when the folder is not one that a demo made."""
    if home.root.exists():
        if not (home.root / _MARK).exists():
            raise Problem(
                "demo.home", "this folder was not made by a demo", where=str(home.root), mend="choose another --home"
            )
        shutil.rmtree(home.root)


def free_port(wanted: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """`wanted`, or the next port above it that nobody uses. Raises Problem when fifty are taken."""
    for port in range(wanted, wanted + _HIGHER_PORTS):
        if preflight.port_is_free(HOST, port, kind):
            return port
    raise Problem(
        "demo.port", f"ports {wanted} to {wanted + _HIGHER_PORTS - 1} are all in use", mend="choose --web-port"
    )


def make_town(home: Home, people: int, say: Callable[[str], None]) -> None:
    """From nothing to a town whose facts the gate has. Leaves a mark first, so that a half-made one can be cleared."""
    from mingbai.gate import feed
    from mingbai.ledger import order
    from mingbai.town import build, store

    migrate()
    town = store.town_of(SEED, people)
    build.populate(town, home, offset_s=int(os.environ["MINGBAI_TOWN_OFFSET"]), say=say)
    say("evidence log and the gate's facts")
    while order.integrate():
        pass
    feed.rebuild(home)


def set_environment(home: Home) -> None:
    """Everything this process and its children go by: the demo's settings, its home, its clock; nobody's database."""
    from mingbai.town import store
    from mingbai.town.traffic import Score

    os.environ["MINGBAI_HOME"] = str(home.root)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mingbai.settings.demo"
    for name in ("DATABASE_URL", "MINGBAI_PUBLIC_URL", "MINGBAI_HOSTS", "MINGBAI_ORIGINS", "MINGBAI_LOG_ORIGIN"):
        os.environ.pop(name, None)
    last = Score.load(home).last_s if store.notes_path(home).exists() else 0
    offset = store.daytime_offset(clock.now_s(), last)
    os.environ["MINGBAI_TOWN_OFFSET"] = str(offset)


def answers(url: str) -> bool:
    """Whether a page comes back."""
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310  # our own loopback address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def greet(base: str) -> None:
    """Say where the town is and how to look around."""
    from mingbai.town import market
    from mingbai.town.build import ACCOUNTS, PASSWORD

    names = ", ".join(username for username, _, _ in (*ACCOUNTS, *market.ACCOUNTS))
    click.echo(f"""
  The town is open / 小镇已开放     {base}/

  先看这里 where to look first       {base}/handset/#stories
                                     举报、核实、处置、申诉 a rogue call centre is put out, a pharmacy is freed

  手机 a phone of the town           {base}/handset/
  用户 a subscriber's own pages      {base}/my/         (a number of the town; its code arrives on the handset)
  企业 an enterprise                 {base}/enterprise/ (insurance · {PASSWORD})
  代理商 a seller                    {base}/enterprise/offers/ (agent, or pushy · {PASSWORD})
  运营台 the operator's console      {base}/console/    (admin · {PASSWORD})

  Accounts: {names}; all with the same password. Ctrl-C closes the town; `mingbai demo --fresh` makes a new one.
""")


@click.command()
@click.option("--home", "path", default=".mingbai-demo", show_default=True, type=click.Path(path_type=Path))
@click.option("--fresh", is_flag=True, help="Make the town anew.")
@click.option("--people", default=3000, show_default=True, type=click.IntRange(200, 90_000))
@click.option("--web-port", default=8000, show_default=True, type=run.PORT, help="First port to try for the web pages.")
@click.option("--gate-port", default=8001, show_default=True, type=run.PORT, help="First port to try for the gate.")
@click.option("--sip-port", default=5060, show_default=True, type=run.PORT, help="First port to try for the SIP proxy.")
@click.option("--sip/--no-sip", "with_sip", default=True, show_default=True, help="Let calls go over SIP.")
def demo(*, path: Path, fresh: bool, people: int, web_port: int, gate_port: int, sip_port: int, with_sip: bool) -> None:
    """Make a town of people and call centres, and let its calls go through the gate, on this machine alone."""
    home = Home(path.resolve())
    set_environment(home)
    from mingbai.town import store

    store.set_clock()
    if fresh or not store.notes_path(home).exists():
        clear(home)
        home.root.mkdir(parents=True, mode=0o700)
        (home.root / _MARK).touch()
    web = free_port(web_port)
    gate = free_port(gate_port if gate_port != web else gate_port + 1)
    base = f"http://{HOST}:{web}"
    os.environ.update(MINGBAI_PUBLIC_URL=base, MINGBAI_GATE=f"{HOST}:{gate}", MINGBAI_SIP="")
    lay_out(home, PROFILE, ORIGIN)
    setup()
    if not store.notes_path(home).exists():
        click.echo("Making a town …")
        make_town(home, people, lambda text: click.echo(f"  {text}"))
    preflight.home_is_made(home)
    preflight.database_is_migrated()
    if with_sip:
        os.environ["MINGBAI_SIP"] = f"{HOST}:{free_port(sip_port, socket.SOCK_DGRAM)}"
        demo_sip.write_settings(home, f"udp:{os.environ['MINGBAI_SIP']}", base)
    children = [
        run.web(host=HOST, port=web, workers=1),
        *run.gate(host=HOST, port=gate, workers=1, target="mingbai.town.gate:application"),
        run.work(),
        run.detect(),
        run.jobs(),
        Child("town", [sys.executable, "-m", "mingbai.town.traffic"]),
    ]

    def opened() -> bool:
        if not answers(base + "/"):
            return False
        greet(base)
        if with_sip:  # after the first page, which nothing may hold up
            demo_sip.bring_up(home, children, lambda text: click.echo(f"  {text}"))
        return True

    sys.exit(Supervisor(children).run(opened))
