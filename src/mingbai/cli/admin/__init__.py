"""`mingbai admin`: fill an installation and keep its registers; thin over the rooms' actions."""

from __future__ import annotations

import click

from mingbai.cli.admin import files, numbers, organisations, subscribers
from mingbai.cli.admin.house import Rooms


@click.group(cls=Rooms)
def admin() -> None:
    """Fill an installation and keep its registers. Works with `mingbai run` beside it or not.

    An organisation is told by its name or id, a trunk by its name, a number as people write it. A number given as “-”
    is read from standard input, so that a subscriber's stays out of the shell's history.
    """


for command in (
    organisations.organisation,
    organisations.account,
    numbers.trunk,
    numbers.number,
    numbers.contract,
    organisations.key,
    subscribers.recycle,
    subscribers.erase,
    subscribers.retain,
    subscribers.restrict,
    files.imports,
):
    admin.add_command(command)
