"""What must hold before anything is served; each failing with one clear sentence."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

_MEND_LISTEN = "mend `listen` in sip.toml, or choose --sip-listen"


def home_is_made(home: Home) -> profile.Profile:
    """The home's profile. Raises Problem when home or keys are missing, or with the line of a broken profile."""
    if not home.profile.exists():
        raise Problem("home.missing", "there is no installation here", where=str(home.root), mend="run `mingbai init`")
    for name in ("lookup", "number", "vault", "ledger", "django"):
        home.key(name)
    return profile.load(home)


def hold(home: Home, what: str) -> None:
    """Be the only one of its kind in this home until the process ends, or what it becomes by exec does.

    Two would write over each other's files. Raises Problem when there is one already.
    """
    path = home.root / f"{what}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        mend = "stop the other one, or choose another MINGBAI_HOME"
        raise Problem("home.in_use", f"another {what} runs in this home", where=str(path), mend=mend) from None
    os.set_inheritable(handle, True)


def database_is_migrated() -> None:
    """Raises Problem when the database does not answer or lacks migrations. Needs Django set up."""
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise Problem(
            "database.unreachable",
            str(error).splitlines()[0],
            where="DATABASE_URL",
            mend="start it, or mend the address",
        ) from error
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Problem(
            "database.unmigrated", f"{len(missing)} migrations are not applied", mend="run `mingbai init` again"
        )


def port_is_free(host: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Whether somebody could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:  # for datagrams it would let two listen at once
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def addresses_are_ours(listen: Iterable[str]) -> None:
    """Raises Problem naming the first of the addresses (udp:HOST:PORT, tcp:…) that is none of this machine's."""
    for address in listen:
        host = _place(address)[0]
        if not address_is_ours(host):
            raise Problem("sip.host", f"“{host}” is no address of this machine", where=address, mend=_MEND_LISTEN)


def addresses_are_free(listen: Iterable[str]) -> None:
    """Raises Problem for an address of another machine, and naming the first that is taken."""
    listen = list(listen)
    addresses_are_ours(listen)
    for address in listen:
        host, port = _place(address)
        if not port_is_free(host, port, socket.SOCK_DGRAM if address.startswith("udp:") else socket.SOCK_STREAM):
            raise Problem("sip.port", f"{address} is in use", mend=f"stop what uses it, or {_MEND_LISTEN}")


def _place(address: str) -> tuple[str, int]:
    """Host and port of an address such as udp:[::1]:5060."""
    host, _, port = address.partition(":")[2].rpartition(":")
    return host.strip("[]"), int(port)


def address_is_ours(host: str) -> bool:
    """Whether `host` is an address, or a name of one, on which this machine can listen."""
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
        with socket.socket(found[0][0], socket.SOCK_STREAM) as probe:
            probe.bind(found[0][4])  # port 0: any that is free
    except (OSError, UnicodeError):  # UnicodeError: a name too long for the domain name system
        return False
    return True


def ports_are_free(host: str, **ports: int) -> None:
    """Raises Problem for a host that is none of this machine's, and naming the first port that is taken."""
    if not address_is_ours(host):
        raise Problem(
            "run.host", f"“{host}” is no address of this machine", where="--host", mend="such as 127.0.0.1, or 0.0.0.0"
        )
    for name, port in ports.items():
        if not port_is_free(host, port):
            raise Problem("run.port", f"{host}:{port} is in use", mend=f"stop what uses it, or choose --{name}-port")


def redress_trouble(redress: str) -> str:
    """What is amiss with the address of redress that a refused caller is told, in a sentence; "" for nothing.

    `redress` as sip.toml says it. The pages answer under MINGBAI_PUBLIC_URL; a proxy before both may know better, so
    that nothing is refused for it.
    """
    public = os.environ.get("MINGBAI_PUBLIC_URL", "").rstrip("/")
    if not redress:
        return "sip.toml names no `redress`: refused callers are not told where to see why and appeal"
    if not public:
        return (
            f"sip.toml sends refused callers to {redress}, and MINGBAI_PUBLIC_URL is not set: cards name another host"
        )
    if _address(redress) != _address(public):
        return f"sip.toml sends refused callers to {redress}, but the pages are at MINGBAI_PUBLIC_URL, {public}"
    if not redress.startswith("https://"):
        return f"{redress} is not https: callers' equipment takes a card over TLS alone (RFC 8688)"
    return ""


def _address(url: str) -> tuple[str, str | None, int | None, str]:
    """A URL's parts, so that two ways to write one are alike."""
    found = urlsplit(url)
    return found.scheme, found.hostname, found.port or {"https": 443, "http": 80}.get(found.scheme), found.path


def message_links(home: Home) -> tuple[str, ...]:
    """The names of the links that messages leave by. Raises Problem with the line of a broken messages.toml, and with
    that of a wording of messages that lacks what it must say. Needs Django set up."""
    from mingbai.notices.queries import links_of

    return links_of(home)
