"""`mingbai admin recycle` and `erase`: a number that has another user, a person who wants to be forgotten."""

from __future__ import annotations

import sys

import click

from mingbai.cli.admin import house
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

    Whether the law still wants the records kept (个人信息保护法 47) is for you to know.
    """
    from mingbai.people import actions

    number = house.number(told)
    if not yes:
        if not sys.stdin.isatty():
            what = "what is destroyed cannot be brought back, and nobody is here to confirm it"
            raise Problem("admin.unconfirmed", what, where="--yes", mend="say --yes")
        click.confirm(f"Destroy for good what opens everything about {number.masked}?", abort=True)
    actions.erase(number, reason=reason)
    click.echo(f"{number.masked}: forgotten; records of calls go when their time is over")
