"""`mingbai init`: from nothing to an installation that `mingbai run` serves."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from mingbai.cli.django import setup
from mingbai.kernel import profile as profiles
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


def lay_out(home: Home, name: str) -> None:
    """Make the home's folders, keys and profile. Raises Problem when another profile stands there already."""
    home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = profiles.packaged(name)
    if home.profile.exists():
        present = profiles.load(home).name
        if present != name:
            raise Problem(
                "init.profile",
                f"this home runs under {present} already",
                where=str(home.profile),
                mend="a change of profile is an edit of this file, with `mingbai run` started again",
            )
    else:
        home.profile.write_text(text, "utf-8")
    home.make_keys()
    for folder in (home.files, home.log, home.journal, home.lake):
        folder.mkdir(exist_ok=True, mode=0o700)


def migrate() -> None:
    """Bring the database to the newest form. Needs Django set up."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _choose_profile(name: str | None) -> str:
    if name:
        return name
    if not sys.stdin.isatty():
        raise Problem(
            "init.profile",
            "which profile? none is taken silently",
            mend=f"say --profile {' or --profile '.join(profiles.NAMES)}",
        )
    click.echo("The profile says which rules hold:")
    for known in profiles.NAMES:
        title = profiles.parse(profiles.packaged(known), f"{known}.toml").title
        click.echo(f"  {known}: {title['en']} ({title['zh']})")
    return str(click.prompt("Profile", type=click.Choice(profiles.NAMES)))


def _password(username: str) -> tuple[str, bool]:
    """The administrator's password, and whether we made it up."""
    if given := os.environ.get("MINGBAI_ADMIN_PASSWORD"):
        return given, False
    if sys.stdin.isatty():
        asked = click.prompt(
            f"Password of {username} (empty: one is made)", hide_input=True, default="", show_default=False
        )
        if asked:
            return str(asked), False
    return secrets.token_urlsafe(12), True


def _first_account(organisation: str, username: str) -> None:
    from django.db import transaction

    from mingbai.people import actions, queries

    if queries.organisations():
        click.echo("organisations and accounts are there already: left as they are")
        return
    password, made = _password(username)
    with transaction.atomic():
        operator = actions.create_organisation(name=organisation, kind="operator", industry="telecom")
        actions.create_account(username=username, password=password, organisation=operator, role="admin")
    click.echo(f"account {username} of {organisation}" + (f", password (shown once): {password}" if made else ""))


@click.command()
@click.option("--profile", "name", type=click.Choice(profiles.NAMES), help="The rules that hold; asked when not given.")
@click.option(
    "--home", "path", type=click.Path(path_type=Path), help="Where the state lies [MINGBAI_HOME or .mingbai]."
)
@click.option("--organisation", default="运营商", show_default=True, help="Name of the operator that runs this.")
@click.option("--admin", default="admin", show_default=True, help="Name of the first account.")
def init(*, name: str | None, path: Path | None, organisation: str, admin: str) -> None:
    """Make a home: profile, keys, database, first organisation and account. Safe to run again after an upgrade.

    The account's password is asked for, or taken from MINGBAI_ADMIN_PASSWORD, or made and shown once.
    """
    if path:
        os.environ["MINGBAI_HOME"] = str(path.resolve())
    home = Home.from_environment()
    lay_out(home, profiles.load(home).name if not name and home.profile.exists() else _choose_profile(name))
    setup()
    migrate()
    _first_account(organisation, admin)
    click.echo(f"ready: MINGBAI_HOME={home.root} mingbai run")
