"""HTTP/1.1 for the gate: one process, one thread, one loop; uvloop carries (decision 6), `connection` answers.

`python -m mingbai.gate.hosts.server --port PORT`.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import socket
import sys
from collections.abc import Callable
from typing import cast

import click
import uvloop

from mingbai.gate.hosts.application import Application
from mingbai.gate.hosts.connection import Connection, Server
from mingbai.kernel import clock

SWEEP_S = 1.0
_BACKLOG = 4096
_GRACE_S = 3.0


async def run(server: Server, listening: socket.socket) -> None:
    """Until SIGTERM or SIGINT; then no new request is read, and what was answered is sent."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    opened = await loop.create_server(
        lambda: cast("asyncio.Protocol", Connection(server)), sock=listening, backlog=_BACKLOG
    )
    while not stop.is_set():
        server.sweep()
        try:
            await asyncio.wait_for(stop.wait(), SWEEP_S)
        except TimeoutError:
            continue
    server.stopping = True
    opened.close()
    for connection in list(server.connections):
        if not connection.reading:
            connection.close()
    end = clock.monotonic() + _GRACE_S
    while server.connections and clock.monotonic() < end:
        await asyncio.sleep(0.02)


def listen(host: str, port: int, *, shared: bool) -> socket.socket:
    """A listening socket; `shared`: other processes of the same user listen there too (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((host, port))
    return listening


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65_535), required=True)
@click.option("--shared", is_flag=True, help="Other workers listen on the same port.")
@click.argument("application", default="mingbai.gate.hosts.http:application")
def main(*, host: str, port: int, shared: bool, application: str) -> None:
    """One worker of the gate over HTTP; `mingbai run` starts as many as are wanted."""
    module, _, name = application.partition(":")
    listening = listen(host, port, shared=shared)
    make: Callable[[], Application] = getattr(importlib.import_module(module), name)
    app = make()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again
    server = Server(app, lambda text: print(f"mingbai gate: {text}", file=sys.stderr, flush=True))  # noqa: T201
    try:
        uvloop.run(run(server, listening))
    finally:
        app.close()


if __name__ == "__main__":
    main()
