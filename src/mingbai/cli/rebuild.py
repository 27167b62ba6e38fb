"""`mingbai gate rebuild`: the gate's facts made anew from the database."""

from __future__ import annotations

import click

from mingbai.cli.django import setup
from mingbai.kernel import clock
from mingbai.kernel.home import Home


@click.command()
def rebuild() -> None:
    """Make the gate's facts anew from the database alone and put them in force; no call is dropped meanwhile."""
    setup()
    from mingbai.gate import feed
    from mingbai.ledger import order

    home, began = Home.from_environment(), clock.monotonic()
    while order.integrate():
        pass
    subscribers = feed.rebuild(home)
    click.echo(f"{subscribers} subscribers, {clock.monotonic() - began:.1f} s")
