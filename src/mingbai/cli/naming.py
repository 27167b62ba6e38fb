"""The name of an installation's evidence log: chosen once, since every receipt carries it."""

from __future__ import annotations

import os
import re
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

UNNAMED = "mingbai.invalid/log/v1"  # in the shipped profiles: nobody's
_LEAF = "/log/v1"  # the version of the leaf
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")


def whole(name: str) -> str:
    """“log.example.cn” → “log.example.cn/log/v1”; with a path of its own it is taken as it is.

    Raises Problem for what is no such name, and for the one that the shipped profiles hold.
    """
    full = name.strip() if "/" in name else name.strip() + _LEAF
    if not _NAME.fullmatch(full) or not 3 <= len(full) <= 120:
        mend = "write a host name of yours, such as log.example.cn, without https://"
        raise Problem("init.origin", "this cannot be the name of a log", where="--origin", mend=mend)
    if full.startswith("mingbai.invalid"):
        raise Problem("init.origin", "mingbai.invalid is nobody's", where="--origin", mend="take a host name of yours")
    return full


def derived() -> str:
    """The name that MINGBAI_PUBLIC_URL suggests; empty without it, and for an address that only this machine knows."""
    host = urlsplit(os.environ.get("MINGBAI_PUBLIC_URL", "")).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return "" if not host or host.split(".")[-1] == "localhost" else whole(host)
    return ""


def choose(given: str | None) -> str:
    """The name for a new log: as given, as the environment has it, as asked, as derived. None is taken silently."""
    forced = os.environ.get("MINGBAI_LOG_ORIGIN", "")
    if given or forced:
        if given and forced and whole(given) != forced:
            what = f"MINGBAI_LOG_ORIGIN says {forced}"
            raise Problem("init.origin", what, where="--origin", mend="leave one of the two out")
        return forced or whole(given or "")
    suggested = derived()
    if sys.stdin.isatty():
        click.echo("The evidence log needs a name that is yours alone; every receipt carries it, and it never changes.")
        return whole(str(click.prompt("Name, such as log.example.cn", default=suggested or None)))
    if suggested:
        click.echo(f"the evidence log's name is taken from MINGBAI_PUBLIC_URL: {suggested}")
        return suggested
    raise Problem(
        "init.origin",
        "what is the evidence log called? it never changes afterwards, and none is taken silently",
        mend="say --origin log.example.cn, or set MINGBAI_PUBLIC_URL",
    )


def named(text: str, origin: str) -> str:
    """A profile's text with the log's name in place of the shipped one."""
    assert text.count(f'"{UNNAMED}"') == 1
    return text.replace(f'"{UNNAMED}"', f'"{origin}"')


def settle(home: Home, given: str, present: str) -> None:
    """Meet a name given to a home that has a profile. Raises Problem for another than it has.

    A log that was never signed and still has the shipped name takes the given one.
    """
    wanted = whole(given)
    if wanted == present:
        return
    if present != UNNAMED or signed(home):
        what = f"the evidence log is called {present}; receipts carry that name, and it never changes"
        raise Problem("init.origin", what, where=str(home.profile), mend="leave --origin out")
    home.profile.write_text(named(home.profile.read_text("utf-8"), wanted), "utf-8")


def signed(home: Home) -> bool:
    """Whether this log's name stands under a checkpoint already."""
    return (home.log / "checkpoint").exists()
