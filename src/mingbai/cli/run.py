"""`mingbai run`: web pages, gate and work loop, supervised."""

from __future__ import annotations

import os
import sys

import click

from mingbai import compiled
from mingbai.cli import preflight, sip
from mingbai.cli.django import setup
from mingbai.cli.supervisor import Child, Supervisor
from mingbai.gate.hosts.sip.config import MOST_CHILDREN, is_address
from mingbai.kernel.home import Home

_GRANIAN = (sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--runtime-threads", "1")
PORT = click.IntRange(1, 65_535)
_QUIET = ("--log-level", "warning", "--workers-kill-timeout", "5", "--respawn-failed-workers")


def web(*, host: str, port: int, workers: int) -> Child:
    """The pages. Django's views wait for the database, so each process has a few threads."""
    where = ("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4")
    return Child("web", [*_GRANIAN, *_QUIET, *where, "mingbai.settings.wsgi:application"])


def gate(*, host: str, port: int, workers: int, target: str = "mingbai.gate.hosts.http:application") -> list[Child]:
    """The gate over HTTP. A verdict never waits, so that a process has one thread; several share the port."""
    where = ("--host", host, "--port", str(port), *(["--shared"] if workers > 1 else []))
    serve = [sys.executable, "-m", "mingbai.gate.hosts.server", *where, target]
    return [
        Child("gate" if workers == 1 else f"gate {which}", serve, compiled.wished()) for which in range(1, workers + 1)
    ]


def work() -> Child:
    """The work loop: order, facts, journal, messages, what is due."""
    return Child("work", [sys.executable, "-m", "mingbai.gate.feed.work"])


def detect() -> Child:
    """What looks for nuisance callers: as calls happen, and over whole days."""
    return Child("detect", [sys.executable, "-m", "mingbai.gate.feed.detecting"])


def jobs() -> Child:
    """What people start on a page and may take long: imports and lists to clean, one after the other."""
    return Child("jobs", [sys.executable, "-m", "mingbai.web.jobs"])


def _addresses(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Refuses an address that sip.toml would refuse."""
    for address in given:
        if not is_address(address):
            raise click.BadParameter(f"“{address}” is not written as in “udp:192.0.2.1:5060”")
    return given


def messages() -> Child:
    """What carries messages over the links of messages.toml."""
    return Child("messages", [sys.executable, "-m", "mingbai.notices.delivery.worker"])


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; TLS is the reverse proxy's."
)
@click.option("--web-port", default=8000, show_default=True, type=PORT, help="Port of the web pages.")
@click.option("--gate-port", default=8001, show_default=True, type=PORT, help="Port of the gate.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes of web and of gate.")
@click.option("--sip", "with_sip", is_flag=True, help="Run the SIP proxy with the gate in it, too.")
@click.option("--sip-listen", multiple=True, callback=_addresses, help="udp:ADDRESS:PORT, tcp:…; over sip.toml.")
@click.option("--sip-children", default=0, type=click.IntRange(0, MOST_CHILDREN), help="SIP workers; over sip.toml.")
def run(
    *,
    host: str,
    web_port: int,
    gate_port: int,
    workers: int,
    with_sip: bool,
    sip_listen: tuple[str, ...],
    sip_children: int,
) -> None:
    """Serve the web pages and the gate, and do the waiting work, until SIGTERM or Ctrl-C."""
    home = Home.from_environment()
    profile = preflight.home_is_made(home)
    setup()
    preflight.database_is_migrated()
    preflight.hold(home, "service")
    preflight.ports_are_free(host, web=web_port, gate=gate_port)
    os.environ["MINGBAI_HOME"] = str(home.root)
    proxy = []
    if with_sip:
        preflight.hold(home, "proxy")
        settings = sip.settings_of(home, listen=sip_listen, children=sip_children)
        preflight.addresses_are_free(sip.addresses(settings))
        proxy = [sip.child(sip.prepare(home, settings))]
        click.echo(f"SIP on {', '.join(settings.listen)} · workers {settings.children}", err=True)
        sip.tell_of_redress(settings)
    links = preflight.message_links(home)
    more = [messages()] if links else []
    if links:
        click.echo(f"messages over {', '.join(links)}", err=True)
    click.echo(f"profile {profile.name} · web http://{host}:{web_port} · gate http://{host}:{gate_port}", err=True)
    pages, verdicts = web(host=host, port=web_port, workers=workers), gate(host=host, port=gate_port, workers=workers)
    sys.exit(Supervisor([pages, *verdicts, work(), detect(), jobs(), *more, *proxy]).run())
