"""`mingbai admin organisation`, `account`, `key`: who may work here, and which machines may ask."""

from __future__ import annotations

import click

from mingbai.cli.admin import house
from mingbai.cli.init import password_for
from mingbai.kernel.problems import Problem

PASSWORD_VARIABLE = "MINGBAI_ACCOUNT_PASSWORD"  # noqa: S105  # the variable's name


@click.group(cls=house.Rooms)
def organisation() -> None:
    """Operators, call centres, enterprises, agents, authorities."""


@organisation.command("add")
@click.argument("name")
@click.option("--kind", required=True, help="operator, call_centre, enterprise, agent or authority.")
@click.option("--industry", default="", help="Such as insurance, bank, delivery; for labels and categories.")
@click.option("--credit-code", default="", help="统一社会信用代码, 18 characters.")
def add_organisation(*, name: str, kind: str, industry: str, credit_code: str) -> None:
    """Register the organisation NAME."""
    from mingbai.people import actions

    made = actions.create_organisation(name=name, kind=kind, industry=industry, credit_code=credit_code)
    click.echo(f"organisation {made}: {name.strip()}, {kind}")


@organisation.command("list")
@click.option("--kind", help="Only those of a kind.")
def list_organisations(*, kind: str | None) -> None:
    """Every organisation: id, kind, state, industry, name."""
    from mingbai.people import queries

    for one in queries.organisations(kind):
        click.echo(f"{one.id:6}  {one.kind:12} {one.state:10} {one.industry or '–':12} {one.name}")


@organisation.command("state")
@click.argument("name")
@click.argument("state")
@click.option("--reason", required=True, help="Why; it stands in the evidence log.")
def set_state(*, name: str, state: str, reason: str) -> None:
    """Make the organisation NAME active, suspended or closed. A closed one stays closed."""
    from mingbai.people import actions

    found = house.organisation(name, "NAME")
    actions.set_organisation_state(found.id, state, reason)
    click.echo(f"{found.name}: {state}")


@click.group(cls=house.Rooms)
def account() -> None:
    """People who work for an organisation. A password comes from MINGBAI_ACCOUNT_PASSWORD, is asked for, or made."""


@account.command("add")
@click.argument("username")
@click.option("--organisation", "-o", "employer", required=True, help="Name or id of the organisation.")
@click.option("--role", required=True, help="admin, compliance, operations or auditor.")
def add_account(*, username: str, employer: str, role: str) -> None:
    """Open the account USERNAME."""
    from mingbai.people import actions

    found = house.organisation(employer, "--organisation")
    password, made = password_for(username, PASSWORD_VARIABLE)
    actions.create_account(username=username, password=password, organisation=found.id, role=role)
    click.echo(f"account {username} of {found.name}, {role}" + _once(password if made else ""))


@account.command("list")
@click.option("--organisation", "-o", "employer", required=True, help="Name or id of the organisation.")
def list_accounts(*, employer: str) -> None:
    """The accounts of an organisation."""
    from mingbai.people import queries

    for one in queries.accounts(house.organisation(employer, "--organisation").id):
        click.echo(f"{one.username:24} {one.role:12} {'active' if one.is_active else 'closed'}")


@account.command("password")
@click.argument("username")
def set_password(*, username: str) -> None:
    """Give USERNAME another password."""
    from mingbai.people import actions

    found = house.account(username)
    password, made = password_for(username, PASSWORD_VARIABLE)
    actions.set_password(found.id, password)
    click.echo(f"account {username}: password changed" + _once(password if made else ""))


@account.command("deactivate")
@click.argument("username")
def deactivate(*, username: str) -> None:
    """Close the account USERNAME; nobody logs in with it any more."""
    from mingbai.people import actions

    actions.set_account_active(house.account(username).id, active=False)
    click.echo(f"account {username}: closed")


@account.command("activate")
@click.argument("username")
def activate(*, username: str) -> None:
    """Open a closed account again."""
    from mingbai.people import actions

    actions.set_account_active(house.account(username).id, active=True)
    click.echo(f"account {username}: active")


@click.group(cls=house.Rooms)
def key() -> None:
    """Keys of machines: exchanges that ask the gate, firms' systems that send consents."""


@key.command("add")
@click.argument("owner", metavar="ORGANISATION")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="decide, consent:read, …; may be repeated.")
@click.option("--trunk", "trunks", multiple=True, help="Only calls on this trunk; may be repeated.")
@click.option("--number", "numbers", multiple=True, help="Only calls from this number; may be repeated.")
def add_key(
    *, owner: str, name: str, scopes: tuple[str, ...], trunks: tuple[str, ...], numbers: tuple[str, ...]
) -> None:
    """Issue a key to ORGANISATION. It is shown this once."""
    from mingbai.people import actions

    for trunk in trunks:
        house.trunk(trunk)
    digits = [house.number(number, "--number").digits for number in numbers]
    found = house.organisation(owner, "ORGANISATION")
    made, secret = actions.create_api_key(
        organisation=found.id, name=name, scopes=scopes, trunks=trunks, numbers=digits
    )
    click.echo(f"key {made} of {found.name}: {', '.join(sorted(set(scopes)))}")
    click.echo(f"shown once: {secret}")


@key.command("list")
@click.argument("owner", metavar="ORGANISATION")
def list_keys(*, owner: str) -> None:
    """The keys of ORGANISATION: id, last characters, state, scopes, name."""
    from mingbai.people import queries

    for one in queries.api_keys(house.organisation(owner, "ORGANISATION").id):
        state = "revoked" if one.revoked_at else "active"
        bounds = " ".join(one.trunks) + (f" {len(one.numbers)} numbers" if one.numbers else "")
        click.echo(f"{one.id:6}  …{one.hint}  {state:8} {','.join(one.scopes)}  {one.name}  {bounds}".rstrip())


@key.command("revoke")
@click.argument("key_id", metavar="ID", type=click.IntRange(1, 2**63 - 1))
def revoke(*, key_id: int) -> None:
    """End the key ID, within a second."""
    from mingbai.people import actions, queries

    found = queries.api_key_by_id(key_id)
    if found is None:
        what, mend = f"there is no key {key_id}", "see `mingbai admin key list`"
        raise Problem("admin.key", what, where="ID", mend=mend, status=404)
    actions.revoke_api_key(key_id)
    click.echo(f"key {key_id} …{found.hint}: revoked")


def _once(password: str) -> str:
    return f", password (shown once): {password}" if password else ""
