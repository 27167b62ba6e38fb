"""`mingbai admin trunk`, `number`, `contract`: which lines and numbers there are, whose they are, what they may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from mingbai.cli.admin import house
from mingbai.kernel.problems import Problem


def _limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """The three options that say how often may be called."""
    for unit in ("day", "hour", "minute"):
        command = click.option(f"--per-{unit}", type=int, help=f"Calls at most a {unit}.")(command)
    return command


@click.group(cls=house.Rooms)
def trunk() -> None:
    """Lines that calls arrive on."""


@trunk.command("add")
@click.argument("name")
@click.option("--carrier", required=True, help="Name or id of the organisation whose line it is.")
@click.option("--source", default="", help="Address[:port] that the calls come from.")
@click.option("--international", is_flag=True, help="Calls from abroad arrive on it.")
@click.option("--special", is_flag=True, help="May send emergency and short numbers as caller.")
def add_trunk(*, name: str, carrier: str, source: str, international: bool, special: bool) -> None:
    """Register the trunk NAME: what those who ask the gate send as `trunk`."""
    from mingbai.numbers import actions

    owner = house.organisation(carrier, "--carrier")
    made = actions.create_trunk(name, owner.id, source, international=international, special=special)
    click.echo(f"trunk {made}: {name} of {owner.name}")


@trunk.command("list")
def list_trunks() -> None:
    """Every trunk: name, carrier, source, what it may."""
    from mingbai.numbers import queries

    for one in queries.trunks():
        may = [word for word, on in (("international", one.international), ("special", one.special)) if on]
        click.echo(f"{one.name:24} {one.carrier_name:20} {one.source or '–':22} {' '.join(may)}".rstrip())


@click.group(cls=house.Rooms)
def number() -> None:
    """Numbers and ranges that firms call from. A range is named by its first number and changed as a whole."""


@number.command("add")
@click.argument("first", metavar="NUMBER")
@click.option("--last", help="Last number of a range that begins with NUMBER.")
@click.option("--holder", required=True, help="Name or id of the organisation that uses it.")
@click.option("--principal", help="For whom it calls; the holder itself when left out.")
@click.option("--use", required=True, help="marketing, service, notification, survey, collection or personal.")
@click.option("--industry", default="", help="The holder's own when left out.")
@click.option("--label", default="", help="What a called phone shows.")
@click.option("--trunk", "trunks", multiple=True, help="Line that it may come from, any when left out; repeatable.")
@click.option("--committed", is_flag=True, help="The written commitment for outbound calls is on file.")
@_limits
def add_number(
    *,
    first: str,
    last: str | None,
    holder: str,
    principal: str | None,
    trunks: tuple[str, ...],
    committed: bool,
    **said: Any,
) -> None:
    """Register NUMBER, or a range, for a holder."""
    from mingbai.numbers import actions, queries

    made = actions.register_number(
        first=house.number(first),
        last=house.number(last, "--last") if last else None,
        holder=house.organisation(holder, "--holder").id,
        principal=house.organisation(principal, "--principal").id if principal else None,
        trunks=[house.trunk(name) for name in trunks],
        outbound_committed=committed,
        **said,
    )
    row = queries.resource(made)
    assert row is not None
    click.echo(f"number {made}: {house.shown(row)}, {row.use}, held by {row.holder_name} for {row.principal_name}")


@number.command("list")
@click.option("--holder", help="Only those of an organisation.")
@click.option("--state", default="", help="Only those that are active, suspended or closed.")
def list_numbers(*, holder: str | None, state: str) -> None:
    """Numbers: id, number or range, state, use, holder, principal, limits a minute/hour/day, trunks, label."""
    from mingbai.numbers import queries

    whose = house.organisation(holder, "--holder").id if holder else None
    after = 0
    while part := queries.resources(holder=whose, state=state, after=after, limit=1_000):
        for row in part:
            where = ",".join(row.trunk_names) or "any trunk"
            click.echo(
                f"{row.id:6}  {house.shown(row)}  {row.state}  {row.use}  {row.holder_name} → {row.principal_name}"
                f"  {house.limits(row.limits)}  {where}  {row.label}".rstrip()
            )
        after = part[-1].id


@number.command("state")
@click.argument("told", metavar="NUMBER")
@click.argument("state")
@click.option("--reason", required=True, help="Why; it stands in the evidence log.")
def set_state(*, told: str, state: str, reason: str) -> None:
    """Make NUMBER active, suspended or closed. A closed registration stays closed; the number is free again."""
    from mingbai.numbers import actions

    row = house.resource(told)
    actions.set_number_state(row.id, state, reason)
    click.echo(f"{house.shown(row)}: {state}")


@number.command("principal")
@click.argument("told", metavar="NUMBER")
@click.option("--trunk", "line", required=True, help="On which line.")
@click.option("--principal", help="For whom it calls there from now on.")
@click.option("--end", is_flag=True, help="It calls for its registered principal there again.")
@click.option("--campaign", default="", help="What the assignment is for.")
def set_principal(*, told: str, line: str, principal: str | None, end: bool, campaign: str) -> None:
    """Say for whom NUMBER calls on one trunk."""
    from mingbai.numbers import actions

    if bool(principal) == end:
        raise Problem(
            "admin.either", "say for whom, or that it ends", where="--principal", mend="one of the two: --end"
        )
    row = house.resource(told)
    firm = house.organisation(principal, "--principal") if principal else None
    actions.set_principal(row.id, house.trunk(line), firm.id if firm else None, campaign)
    click.echo(f"{house.shown(row)} on {line}: calls for {firm.name if firm else row.principal_name}")


@number.command("label")
@click.argument("told", metavar="NUMBER")
@click.argument("label")
def set_label(*, told: str, label: str) -> None:
    """What a called phone shows; an empty LABEL for the wording of the use."""
    from mingbai.numbers import actions

    row = house.resource(told)
    actions.set_own_label(row.id, label)
    click.echo(f"{house.shown(row)}: {label or 'the wording of its use'}")


@number.command("limits")
@click.argument("told", metavar="NUMBER")
@_limits
def set_limits(*, told: str, per_minute: int | None, per_hour: int | None, per_day: int | None) -> None:
    """How often NUMBER may call; what is left out is as contract or profile say."""
    from mingbai.numbers import actions

    row = house.resource(told)
    actions.set_limits(row.id, per_minute=per_minute, per_hour=per_hour, per_day=per_day)
    click.echo(f"{house.shown(row)}: {house.limits((per_minute or 0, per_hour or 0, per_day or 0))} calls")


@number.command("trunks")
@click.argument("told", metavar="NUMBER")
@click.argument("trunks", nargs=-1)
@click.option("--any", "everywhere", is_flag=True, help="It may come from any line.")
def set_trunks(*, told: str, trunks: tuple[str, ...], everywhere: bool) -> None:
    """The lines that NUMBER may come from."""
    from mingbai.numbers import actions

    if bool(trunks) == everywhere:
        raise Problem("admin.either", "name trunks, or say --any", where="TRUNKS", mend="one of the two")
    row = house.resource(told)
    actions.set_trunks(row.id, [house.trunk(name, "TRUNKS") for name in trunks])
    click.echo(f"{house.shown(row)}: from {', '.join(trunks) or 'any trunk'}")


@number.command("committed")
@click.argument("told", metavar="NUMBER")
@click.option("--yes/--no", "committed", required=True, default=None, help="On file or not.")
def set_committed(*, told: str, committed: bool) -> None:
    """Whether the holder's written commitment for outbound calls from NUMBER is on file."""
    from mingbai.numbers import actions

    row = house.resource(told)
    actions.set_committed(row.id, committed=committed)
    click.echo(f"{house.shown(row)}: commitment {'on file' if committed else 'not on file'}")


@click.group(cls=house.Rooms)
def contract() -> None:
    """What a holder agreed to."""


@contract.command()
@click.argument("holder")
@_limits
def sign(*, holder: str, per_minute: int | None, per_hour: int | None, per_day: int | None) -> None:
    """How often all numbers of HOLDER together may call; what is left out has no limit. Takes the former's place."""
    from mingbai.numbers import actions

    found = house.organisation(holder, "HOLDER")
    actions.sign_contract(found.id, per_minute=per_minute, per_hour=per_hour, per_day=per_day)
    click.echo(f"{found.name}: {house.limits((per_minute or 0, per_hour or 0, per_day or 0))} calls together")
