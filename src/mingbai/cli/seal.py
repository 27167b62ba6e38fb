"""`mingbai seal`: the house's electronic seal: show it, renew it, check a sealed PDF."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem


@click.group()
def seal() -> None:
    """The electronic seal of papers that people sign, and of contracts."""


@seal.command()
def show() -> None:
    """Print the certificates that a checker needs (PEM), and say until when they hold and who tells the time."""
    from mingbai.ledger import seal_keys

    home = Home.from_environment()
    loaded = seal_keys.load(home)
    for one in seal_keys.certificates(home):
        click.echo(f"{one.subject.rfc4514_string()}, until {one.not_valid_after_utc:%Y-%m-%d}", err=True)
        click.echo(f"SHA-256 {seal_keys.fingerprint(one)}", err=True)
        click.echo(one.public_bytes(Encoding.PEM).decode(), nl=False)
    time = loaded.authority.url if loaded.authority else "the house's own clock: nobody else vouches for it"
    click.echo(f"time: {time}", err=True)


@seal.command()
@click.option("--name", default="", help="Whose seal it is, as checkers show it.")
def renew(*, name: str) -> None:
    """Make a new key and certificate; what was sealed before stays good. Running services take it at once."""
    from mingbai.ledger import seal_keys

    click.echo(f"SHA-256 {seal_keys.renew(Home.from_environment(), name)}")


@seal.command()
@click.argument("pdf", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--trust", type=click.Path(path_type=Path), help="Certificates (PEM) to trust; else this installation's.")
@click.option("--time-trust", type=click.Path(path_type=Path), help="Roots (PEM) of the time authority.")
def check(*, pdf: Path, trust: Path | None, time_trust: Path | None) -> None:
    """Check a sealed PDF offline. Exit status 0: it holds, 1: it does not, 2: not checked."""
    from mingbai.ledger import seal as sealing
    from mingbai.ledger import seal_keys

    try:
        said = pdf.read_bytes()
        if trust:
            roots = seal_keys.Trust(_roots(trust), _roots(time_trust) if time_trust else ())
        else:
            roots = seal_keys.trusted(Home.from_environment())
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(2)
    found = sealing.examine(said, roots)
    if not found.holds:
        click.echo(f"印章不成立。The seal does not hold: {found.fault}.")
        sys.exit(1)
    click.echo(f"印章成立，自封存后一字未改。The seal holds, nothing has changed since: {found.signer}")
    when = f"{found.signed_at:%Y-%m-%d %H:%M:%S} UTC"
    if found.timestamped:
        click.echo(f"时间由 {found.authority} 证明。{when}, says {found.authority}.")
    else:
        click.echo(f"时间为印章方自述。{when}, as the sealer says; no authority that is trusted here vouches for it.")


def _roots(path: Path) -> tuple[bytes, ...]:
    try:
        return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError:
        raise Problem("seal.keys", "there is no certificate (PEM) that can be read", where=str(path)) from None
