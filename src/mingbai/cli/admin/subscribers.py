"""`mingbai admin recycle`, `erase`, `retain`, `restrict`: another user of a number, a person to be forgotten."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from mingbai.cli.admin import house
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


@click.command(cls=house.Verb)
@click.argument("told", metavar="NUMBER")
def recycle(*, told: str) -> None:
    """NUMBER has another user (二次放号): nothing that was said under it applies from now on."""
    from mingbai.people import actions

    number = house.number(told)
    actions.recycle(number)
    click.echo(f"{number.masked}: a new user; consents and refusals of the former apply no more")


@click.command(cls=house.Verb)
@click.argument("told", metavar="NUMBER")
@click.option("--reason", required=True, help="Why; it stands in the evidence log. No names.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(*, told: str, reason: str, yes: bool) -> None:
    """Forget the person who has NUMBER: what was said can be opened by nobody any more. Old receipts still check.

    Refused while a law wants the records kept, as told by `mingbai admin retain`; then see `mingbai admin restrict`.
    """
    from mingbai.people import actions

    number = house.number(told)
    if not yes:
        if not sys.stdin.isatty():
            what = "what is destroyed cannot be brought back, and nobody is here to confirm it"
            raise Problem("admin.unconfirmed", what, where="--yes", mend="say --yes")
        click.confirm(f"Destroy for good what opens everything about {number.masked}?", abort=True)
    try:
        actions.erase(number, reason=reason)
    except Problem as problem:
        if problem.code != "people.retained":
            raise
        raise Problem(problem.code, problem.what, where="NUMBER", mend="see `mingbai admin restrict`") from None
    click.echo(f"{number.masked}: forgotten; records of calls go when their time is over")


@click.command(cls=house.Verb)
@click.argument("told", metavar="NUMBER")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day, local time.")
@click.option("--reason", required=True, help="Which law or order; it stands in the evidence log. No names.")
def retain(*, told: str, until: datetime, reason: str) -> None:
    """A law wants the records of the person who has NUMBER kept until a day. Until then they cannot be erased."""
    from mingbai.kernel import profile
    from mingbai.people import actions

    number = house.number(told)
    zone = ZoneInfo(profile.load(Home.from_environment()).gate.timezone)
    actions.retain(number, until=until.replace(tzinfo=zone) + timedelta(days=1), reason=reason)
    click.echo(f"{number.masked}: kept until {until:%Y-%m-%d}")


@click.command(cls=house.Verb)
@click.argument("told", metavar="NUMBER")
@click.option("--reason", required=True, help="Why; it stands in the evidence log. No names.")
def restrict(*, told: str, reason: str) -> None:
    """限制处理: store what is known of the person who has NUMBER, and nothing else, until it may be erased."""
    from mingbai.people import actions

    number = house.number(told)
    until = actions.restrict(number, reason=reason)
    click.echo(f"{number.masked}: stored and nothing else; erased by itself after {until.astimezone():%Y-%m-%d %H:%M}")
