"""`mingbai gate`: ask the gate what would become of a call; look at its facts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from mingbai.cli.rebuild import rebuild
from mingbai.kernel.home import Home
from mingbai.kernel.terms import USES, Decision


@click.group()
def gate() -> None:
    """Ask the gate; look at its facts, rebuild them."""


@gate.command()
@click.argument("caller")
@click.argument("callee")
@click.option("--trunk", default="", help="Name of the line that the call arrives on.")
@click.option("--purpose", type=click.Choice([use.value for use in USES]), help="What the caller says it is about.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]), help="Local time; now if left out.")
@click.option("--json", "as_json", is_flag=True, help="The answer as the HTTP gate gives it.")
def decide(*, caller: str, callee: str, trunk: str, purpose: str | None, at: datetime | None, as_json: bool) -> None:
    """What would become of a call from CALLER to CALLEE. Asked only: not counted, not journalled."""
    from mingbai.gate.check import Asker
    from mingbai.gate.hosts.wire import PURPOSE_INDEX, Replies, micros
    from mingbai.kernel.msisdn import parse, require

    asker = Asker(Home.from_environment())
    moment = 0
    if at is not None:
        moment = micros(at.replace(tzinfo=asker.zone))
    index = None if purpose is None else PURPOSE_INDEX[purpose]
    answer = asker.ask(asker.question(parse(caller), require(callee), trunk, moment, index))
    asker.close()
    if as_json:
        click.echo(Replies().encode(answer))
        return
    verdict = answer.verdict
    click.echo(f"{Decision(verdict.decision).name.lower()} · {verdict.code} {verdict.rule}")
    click.echo(f"{verdict.reason['zh']} · {verdict.reason['en']}")
    for name, said in (("label", verdict.label), ("consent", verdict.consent), ("setting", verdict.basis.setting)):
        if said:
            click.echo(f"{name:8} {said}")
    click.echo(f"{'source':8} {verdict.basis.source} ({verdict.basis.standing})")
    click.echo(f"{'SIP':8} {verdict.sip.code} {verdict.sip.reason}")
    facts_at = datetime.fromtimestamp(answer.facts_at / 1e6, UTC).isoformat(timespec="seconds")
    click.echo(f"{'facts of':8} {facts_at if answer.facts_at else 'never: there are none'}")


@gate.group()
def facts() -> None:
    """The read model that verdicts are made from."""


@facts.command()
def info() -> None:
    """Which generation is in force, how far it has followed the ledger, what it holds."""
    from mingbai.gate.facts import Reader
    from mingbai.kernel.lookup import Lookup

    home = Home.from_environment()
    reader = Reader(home.facts, Lookup(home.key("lookup")))
    said: dict[str, Any] = reader.info()
    reader.close()
    synced = said.pop("synced_at")
    said["facts_at"] = datetime.fromtimestamp(synced / 1e6, UTC).isoformat(timespec="milliseconds") if synced else None
    click.echo(json.dumps(said, indent=1))


gate.add_command(rebuild)
