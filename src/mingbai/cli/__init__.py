"""`mingbai`: the operator's commands.

A command's module is imported when it is used, so that `mingbai ledger verify` needs neither Django nor a home.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any

import click

from mingbai.kernel.problems import Problem

# name → (module, attribute, one line for the list): the list is printed without importing anything.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("mingbai.cli.init", "init", "Make a home: profile, keys, database, first account."),
    "run": ("mingbai.cli.run", "run", "Serve the web pages and the gate, and do the waiting work."),
    "demo": ("mingbai.cli.demo", "demo", "Make a town and let its calls go through the gate."),
    "admin": ("mingbai.cli.admin", "admin", "Fill it: organisations, accounts, trunks, numbers, keys, files."),
    "profile": ("mingbai.cli.profile", "profile", "Add to profile.toml what a newer version wants."),
    "doctor": ("mingbai.cli.doctor", "doctor", "What this machine lacks, and the command that mends it."),
    "gate": ("mingbai.cli.gate", "gate", "Ask the gate, rebuild its facts."),
    "sip": ("mingbai.cli.sip", "sip", "Make the SIP proxy ready to start."),
    "ledger": ("mingbai.cli.ledger", "ledger", "Check receipts and the evidence log."),
    "seal": ("mingbai.cli.seal", "seal", "The electronic seal: show it, renew it, check a sealed PDF."),
    "backup": ("mingbai.cli.backup", "backup", "Copy the installation while it runs."),
    "calls": ("mingbai.cli.calls", "calls", "Import call records of switches."),
    "detect": ("mingbai.cli.detect", "detect", "Find nuisance callers in the call records of some days."),
    "scrub": ("mingbai.cli.scrub", "scrub", "Verdicts over a campaign list."),
}


_OF_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Bad input ends with its sentence and exit code 1, not with a traceback."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            said = str(problem)
        except Exception as error:
            said = _outside(error)
            if not said:
                raise
        click.echo(f"mingbai: {said}", err=True)
        return ctx.exit(1)


def _outside(error: Exception) -> str:
    """What to say of a fault of disk or database; empty for a fault of our own, whose traceback is wanted."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.errno in _OF_DISK:  # libraries name no file
        return os.strerror(error.errno)
    if "django.db" in sys.modules:
        from django.db import DatabaseError, OperationalError

        if type(error) in (DatabaseError, OperationalError):
            return f"the database: {str(error).partition(chr(10))[0]}"
    return ""


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mingbai", message="%(package)s %(version)s")
def main() -> None:
    """明白: a call that nobody agreed to never rings. State lies in MINGBAI_HOME (default .mingbai)."""
