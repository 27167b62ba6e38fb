"""What the commands of `mingbai admin` share: the installation made ready, names looked up, numbers shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from mingbai.cli import preflight
from mingbai.cli.django import setup
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.problems import Problem

if TYPE_CHECKING:
    from mingbai.numbers.queries import NumberView
    from mingbai.people.queries import AccountView, OrganisationView


class Verb(click.Command):
    """A command on an installation that is made: home, keys and database are looked at first."""

    def invoke(self, ctx: click.Context) -> Any:
        _is_text(ctx.params)
        home = Home.from_environment()
        preflight.home_is_made(home)
        _is_ours(home)
        setup()
        preflight.database_is_migrated()
        from django.db import OperationalError

        try:
            return super().invoke(ctx)
        except OperationalError as error:
            what = f"the database did not take it: {str(error).splitlines()[0]}"
            raise Problem("admin.database", what, mend="try again; `mingbai doctor` looks at it") from error


def _is_text(params: Mapping[str, Any]) -> None:
    """Raises Problem for a word that a terminal sent in another encoding than the locale's, such as GBK for UTF-8."""
    for name, value in params.items():
        words = value if isinstance(value, tuple) else (value,)
        if any(isinstance(word, str) and not word.isascii() and _broken(word) for word in words):
            what = "this is not text in the encoding of the locale"
            raise Problem("admin.encoding", what, where=name, mend="have the terminal send UTF-8, and set LANG=C.UTF-8")


def _broken(word: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _is_ours(home: Home) -> None:
    """Raises Problem for somebody else's home: files that root leaves in it would stop the service."""
    if home.root.stat().st_uid != os.geteuid():
        owner = home.root.owner()
        what = f"this installation belongs to the user {owner}"
        raise Problem("admin.user", what, where=str(home.root), mend=f"run it as that user: sudo -u {owner} …")


class Rooms(click.Group):
    """A group of such commands, and of such groups."""

    command_class = Verb
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order that an operator needs them."""
        return list(self.commands)


def organisation(told: str, where: str) -> OrganisationView:
    """The organisation of this name, else of this id. Raises Problem, naming the argument `where`."""
    from mingbai.people import queries

    found = queries.organisation_by_name(told)
    if found is None and told.isascii() and told.isdigit() and len(told) < 19:
        found = queries.organisation(int(told))
    if found is None:
        what = f"no organisation has the name or id “{told}”"
        raise Problem("admin.organisation", what, where=where, mend="see `mingbai admin organisation list`", status=404)
    return found


def account(username: str) -> AccountView:
    """The account of this name. Raises Problem."""
    from mingbai.people import queries

    found = queries.account(username)
    if found is None:
        what, mend = f"there is no account “{username}”", "see `mingbai admin account list`"
        raise Problem("admin.account", what, where="USERNAME", mend=mend, status=404)
    return found


def trunk(name: str, where: str = "--trunk") -> int:
    """The id of the trunk of this name. Raises Problem."""
    from mingbai.numbers import queries

    found = queries.trunk_by_name(name)
    if found is None:
        what, mend = f"there is no trunk “{name}”", "see `mingbai admin trunk list`"
        raise Problem("admin.trunk", what, where=where, mend=mend, status=404)
    return found.id


def number(told: str, where: str = "NUMBER") -> Msisdn:
    """A telephone number, from standard input for “-”. Raises Problem, which does not repeat it."""
    text = sys.stdin.readline().strip() if told == "-" else told
    found = msisdn.parse(text)
    if not found.valid:
        mend = "write it as 13812345678, 021-60876100, 95533, or with “+” and country code"
        raise Problem("admin.number", "this is no telephone number that anybody can have", where=where, mend=mend)
    return found


def resource(told: str) -> NumberView:
    """The registration of a number, or of the range that it is the first of. Raises Problem."""
    from mingbai.numbers import queries

    wanted = number(told)
    found = queries.holder_of(wanted)
    if found is None:
        what, mend = "this number is not registered", "see `mingbai admin number list`"
        raise Problem("admin.unregistered", what, where="NUMBER", mend=mend, status=404)
    if found.first != int(wanted.digits):
        what = f"this number belongs to the range {shown(found)}, which is changed as a whole"
        raise Problem("admin.range", what, where="NUMBER", mend="give the first number of the range")
    return found


def shown(row: NumberView) -> str:
    """A number or range as an operator may see it anywhere: people's own are masked."""
    first, last = _shown(row.first), _shown(row.last)
    if row.first == row.last:
        return first
    return f"{first} to {last} ({row.last - row.first + 1} numbers)"


def _shown(digits: int) -> str:
    one = msisdn.of_digits(str(digits))
    return one.masked if one.is_person or one.kind == Kind.INTERNATIONAL else one.national


def limits(row: tuple[int, int, int]) -> str:
    """Calls at most a minute, an hour, a day; “–” for no limit of its own."""
    return "/".join(str(limit or "–") for limit in row)
