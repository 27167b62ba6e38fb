"""`mingbai profile`: the rules that hold, kept in step with the program."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from mingbai.kernel import profile as profiles
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile.upgrade import Added, Upgrade, upgrade


def look(home: Home, like: str | None) -> Upgrade:
    """What the home's profile would be. `like`: the shipped profile to take from, where its own name is none of them.

    Raises Problem.
    """
    text = _text(home)
    name = like or profiles.name_of(text)
    if name not in profiles.NAMES:
        mend = " or ".join(f"--like {known}" for known in profiles.NAMES)
        raise Problem("profile.unknown_name", f"no profile “{name}” is shipped", where=str(home.profile), mend=mend)
    return upgrade(text, profiles.packaged(name), home.profile.name)


def put(home: Home, text: str) -> None:
    """Replace the profile in one step, with the rights that it had: whoever reads it reads the old or the new."""
    before = home.profile.stat()
    handle, name = tempfile.mkstemp(prefix=".profile-", dir=home.profile.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), before.st_mode & 0o7777)
            if os.geteuid() == 0:
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(home.profile)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _text(home: Home) -> str:
    try:
        return home.profile.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        mend = "run `mingbai init`"
        raise Problem("profile.none", "no profile has been chosen", where=str(home.profile), mend=mend) from None
    except UnicodeDecodeError:
        raise Problem("profile.syntax", "this is not UTF-8", where=home.profile.name, mend="save it as UTF-8") from None


def _show(added: Added) -> None:
    setting, entries = added
    value = {name: setting.value[name] for name in entries} if entries else setting.value
    click.echo(f"{'~' if entries else '+'} {setting.key} = {value}")
    click.echo(f"    {setting.unit} · {setting.standing} ({setting.mark}) · {setting.source}")
    if setting.note:
        click.echo(f"    {setting.note}")


@click.group()
def profile() -> None:
    """The rules that hold: MINGBAI_HOME/profile.toml."""


@profile.command("upgrade")
@click.option("--like", type=click.Choice(profiles.NAMES), help="Take from this one; otherwise from the one it is.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what is new.")
def upgrade_command(*, like: str | None, yes: bool, dry_run: bool) -> None:
    """Add the settings that a newer version wants, as they are shipped.

    Each is shown with its source and how binding that is. Your own values, comments and order stay as they are.
    """
    home = Home.from_environment()
    found = look(home, like)
    for added in found.added:
        _show(added)
    for key in found.unknown:
        click.echo(f"? {key}: nothing goes by it any more; take it out of {home.profile}, or correct its name")
    if not found.added:
        click.echo("nothing is new")
    elif dry_run:
        click.echo(f"{len(found.added)} would be added to {home.profile}")
    elif yes or _agreed(home):
        put(home, found.text)
        click.echo(f"{len(found.added)} added to {home.profile}; read them: they hold from now on")
    if found.unknown:
        sys.exit(1)


def _agreed(home: Home) -> bool:
    if not sys.stdin.isatty():
        raise Problem("profile.upgrade", "nothing was written", where=str(home.profile), mend="say --yes")
    return bool(click.confirm(f"Add these to {home.profile}?", default=False))
