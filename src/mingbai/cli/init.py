"""`mingbai init`: from nothing to an installation that `mingbai run` serves."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from mingbai.cli import naming
from mingbai.cli.django import setup
from mingbai.kernel import profile as profiles
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import seal_keys


def lay_out(home: Home, name: str, origin: str) -> None:
    """Make the home's folders, keys and profile; `origin` names the log of a new one.

    Raises Problem when another profile stands there already.
    """
    home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = naming.named(profiles.packaged(name), origin)
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


def password_for(username: str, variable: str) -> tuple[str, bool]:
    """A password from the environment's `variable` or asked for, and whether we made it up."""
    if given := os.environ.get(variable):
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
    password, made = password_for(username, "MINGBAI_ADMIN_PASSWORD")
    with transaction.atomic():
        operator = actions.create_organisation(name=organisation, kind="operator", industry="telecom")
        actions.create_account(username=username, password=password, organisation=operator, role="admin")
    click.echo(f"account {username} of {organisation}" + (f", password (shown once): {password}" if made else ""))


def _lay_out_as_asked(home: Home, name: str | None, origin: str | None) -> None:
    """Ask everything before anything is made; a home that is there keeps its profile and its log's name."""
    if not home.profile.exists():
        name = _choose_profile(name)
        lay_out(home, name, naming.choose(origin))
    else:
        present = profiles.load(home)
        lay_out(home, name or present.name, present.ledger.origin)
        if origin:
            naming.settle(home, origin, present.ledger.origin)
    called = os.environ.get("MINGBAI_LOG_ORIGIN") or profiles.load(home).ledger.origin
    click.echo(f"evidence log: {called}")


@click.command()
@click.option("--profile", "name", type=click.Choice(profiles.NAMES), help="The rules that hold; asked when not given.")
@click.option(
    "--home", "path", type=click.Path(path_type=Path), help="Where the state lies [MINGBAI_HOME or .mingbai]."
)
@click.option("--origin", help="Name of the evidence log for good: a host name of yours; asked when not given.")
@click.option("--organisation", default="运营商", show_default=True, help="Name of the operator that runs this.")
@click.option("--admin", default="admin", show_default=True, help="Name of the first account.")
def init(*, name: str | None, path: Path | None, origin: str | None, organisation: str, admin: str) -> None:
    """Make a home: profile, keys, database, first organisation and account. Safe to run again after an upgrade.

    The evidence log is called after --origin (log.example.cn becomes log.example.cn/log/v1), or after the host of
    MINGBAI_PUBLIC_URL; every receipt carries the name, and it never changes afterwards. The account's password is
    asked for, or taken from MINGBAI_ADMIN_PASSWORD, or made and shown once.
    """
    if path:
        os.environ["MINGBAI_HOME"] = str(path.resolve())
    home = Home.from_environment()
    _lay_out_as_asked(home, name, origin)
    seal_keys.make(home, organisation)
    setup()
    migrate()
    _first_account(organisation, admin)
    click.echo(f"ready: MINGBAI_HOME={home.root} mingbai run")
