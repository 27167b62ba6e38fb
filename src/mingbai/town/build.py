"""Puts a town into the house through the rooms' own actions, as an operator and its customers would."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from django.db import transaction

from mingbai.consent import actions as consent
from mingbai.consent import importing
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people
from mingbai.people import queries
from mingbai.town import firms, market, stories, tariffs
from mingbai.town.plan import Town, Wish
from mingbai.town.store import Notes

T = TypeVar("T")
Say = Callable[[str], None]

AT_ONCE = 250  # actions in one transaction: a town is made in seconds, and no writer holds the database for long
PASSWORD = "qingshan-demo"  # noqa: S105  # of a town that only this machine can reach
ACCOUNTS = (
    ("admin", firms.OPERATOR, "admin"),
    ("operations", firms.OPERATOR, "operations"),
    ("insurance", "insurance", "compliance"),
    ("centre", "centre_a", "compliance"),
    ("verifier", firms.OPERATOR, "compliance"),
    ("second", firms.OPERATOR, "compliance"),
    ("wave", "wave", "compliance"),
    ("mist", "mist", "compliance"),
    ("pharmacy", "pharmacy", "compliance"),
    ("herbs", "herbs", "compliance"),
)
SAID_BEFORE = timedelta(days=4)  # before the first call of the town: who called after a refusal did so knowingly
WORDING = "我同意该企业按我所选的用途致电，可随时免费取消。"


def populate(town: Town, home: Home, *, offset_s: int = 0, say: Say = lambda text: None) -> Notes:
    """Make everything that stands in `town`; answers the notes, saved under `home`. Needs an empty database."""
    notes = Notes(town.seed, len(town.people), offset_s)
    with clock.at(clock.now() - stories.BEGAN) as pass_time:
        say("organisations, trunks and numbers")
        with transaction.atomic():
            notes.organisations = _organisations(town)
        trunks = _lines(town, notes.organisations)
        say("what happened before: a rogue call centre, two pharmacies")
        notes.stories = stories.play(town, notes.organisations, trunks, home, pass_time)
    say("tariffs")
    _tariffs(notes.organisations[firms.OPERATOR])
    with clock.at(clock.now() - SAID_BEFORE):
        say(f"{len(town.people)} people")
        subscribers = _people(town)
        say(f"{len(town.wishes)} consents and refusals")
        _wishes(town, notes.organisations, subscribers)
        _imports(town, notes.organisations, home)
        _blocks(town, notes.organisations, subscribers)
    say("sellers and their offers")
    market.begin(notes.organisations[firms.OPERATOR], subscribers[-40:])
    _, notes.gate_key = people.create_api_key(
        organisation=notes.organisations[firms.OPERATOR], name="交换机", scopes=["decide"]
    )
    notes.save(home)
    return notes


def _organisations(town: Town) -> dict[str, int]:
    ids = {
        firm.key: people.create_organisation(name=firm.name, kind=firm.kind, industry=firm.industry)
        for firm in town.firms
    }
    for username, firm, role in ACCOUNTS:
        people.create_account(username=username, password=PASSWORD, organisation=ids[firm], role=role)
    return ids


def _tariffs(operator: int) -> None:
    accounts = {one.username: one.id for one in queries.accounts(operator)}
    tariffs.publish(operator, accounts["operations"], accounts["admin"])
    market.populate(operator, PASSWORD)


def _lines(town: Town, ids: dict[str, int]) -> dict[str, int]:
    """Register trunks and numbers; ids of the trunks by name."""
    with transaction.atomic():
        trunks = {
            trunk.name: numbers.create_trunk(
                trunk.name, ids[trunk.carrier], international=trunk.international, special=trunk.special
            )
            for trunk in town.trunks
        }
        for holder in (firms.CAREFUL, firms.CARELESS):
            numbers.sign_contract(ids[holder], per_minute=600, per_hour=20_000, per_day=200_000)
    for part in _parts(town.lines):
        with transaction.atomic():
            for line in part:
                number = msisdn.require(line.number)
                made = numbers.register_number(
                    first=number,
                    last=number,
                    holder=ids[line.holder],
                    principal=ids[line.principal],
                    use=line.use,
                    industry=line.industry,
                    label=line.label,
                    trunks=[trunks[line.trunk]],
                    per_minute=line.per_minute,
                )
                if line.suspended:
                    numbers.set_number_state(made, "suspended", "多次投诉，核查期间停呼")
    return trunks


def _people(town: Town) -> list[int]:
    """Subscribers' ids in the order of the town's people."""
    ids = []
    for part in _parts(town.people):
        with transaction.atomic():
            ids += [people.ensure_subscriber(msisdn.require(person.number)) for person in part]
    return ids


def _wishes(town: Town, ids: dict[str, int], subscribers: Sequence[int]) -> None:
    wording = hashlib.sha256(WORDING.encode()).digest()
    for part in _parts([wish for wish in town.wishes if wish.said != "imported"]):
        with transaction.atomic():
            for place, wish in enumerate(part):
                _say_it(wish, subscribers[wish.person], ids[wish.principal], wording, f"TOWN-{place:05d}")


def _say_it(wish: Wish, subscriber: int, principal: int, wording: bytes, reference: str) -> None:
    if wish.said == "refused":
        consent.refuse(subscriber=subscriber, principal=principal, how=wish.how)
        return
    consent.give(
        subscriber=subscriber,
        principal=principal,
        purpose="marketing",
        how=wish.how,
        reference=reference,
        proof_sha256=hashlib.sha256(reference.encode()).digest(),
        wording_sha256=wording,
    )
    if wish.said == "withdrawn":
        consent.withdraw(subscriber=subscriber, principal=principal, purpose="marketing", how="web")


def _imports(town: Town, ids: dict[str, int], home: Home) -> None:
    """The whitelists that insurance and bank brought along, as their files."""
    folder = home.files / "town"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for principal in firms.MARKETERS:
        rows = [wish for wish in town.wishes if wish.principal == principal and wish.said == "imported"]
        if not rows:
            continue
        path = folder / f"{principal}-whitelist.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["number", "reference", "proof_sha256", "given_at"])
            day = f"{clock.now():%Y-%m-%d}"
            for place, wish in enumerate(rows):
                reference = f"{principal.upper()}-{place:06d}"
                proof = hashlib.sha256(reference.encode()).hexdigest()
                writer.writerow([town.people[wish.person].number, reference, proof, day])
        importing.import_whitelist(path, principal=ids[principal], purpose="marketing", keep_good=True)


def _blocks(town: Town, ids: dict[str, int], subscribers: Sequence[int]) -> None:
    with transaction.atomic():
        for block in town.blocks:
            value = str(ids[block.value]) if block.kind == "firm" else block.value
            consent.block(subscriber=subscribers[block.person], kind=block.kind, value=value)


def _parts(items: Sequence[T]) -> Iterator[Iterable[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
