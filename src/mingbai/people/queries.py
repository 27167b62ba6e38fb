"""What other rooms may know of people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import connection

from mingbai.kernel import msisdn
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import Msisdn
from mingbai.kernel.problems import Problem
from mingbai.people import seals
from mingbai.people.models import Account, ApiKey, Organisation, Subscriber

# For joins in another room's statement: the present tenure of every number.
CURRENT_SQL = "(SELECT id, lookup, began_at FROM people_subscriber WHERE ended_at IS NULL)"
# And organisations that are active.
ACTIVE_SQL = "(SELECT id, name FROM people_organisation WHERE state = 'active')"
_AT_ONCE = 500
_T = TypeVar("_T")


class SubscriberView(NamedTuple):
    """A subscriber without the number. `began_at` is 1970-01-01 when nobody knows since when.

    `restricted_until`: the records are stored and nothing else until then, see `actions.restrict`.
    """

    id: int
    tenure: int
    began_at: datetime
    ended_at: datetime | None
    masked: str
    restricted_until: datetime | None = None


class OrganisationView(NamedTuple):
    id: int
    name: str
    kind: str
    industry: str
    credit_code: str
    state: str


class AccountView(NamedTuple):
    id: int
    username: str
    organisation: int
    role: str
    is_active: bool


class ApiKeyView(NamedTuple):
    """A key as others may know it; `digest` is the SHA-256 of the key."""

    id: int
    organisation: int
    name: str
    hint: str
    digest: bytes
    scopes: tuple[str, ...]
    trunks: tuple[str, ...]
    numbers: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


def lookup() -> Lookup:
    """This thread's Lookup: keyed hashes of numbers, for code that has numbers already."""
    return seals.lookup()


def subscriber_id(number: Msisdn) -> int | None:
    """The present tenure of a number; None when nobody ever said or did anything under it."""
    if not number.valid:
        return None
    hashed = seals.lookup().of(number.digits)
    return Subscriber.objects.filter(lookup=hashed, ended_at=None).values_list("id", flat=True).first()


def tenure_at(number: Msisdn, at: datetime) -> int | None:
    """Whose number it was at a moment; None when nobody is known to have had it then."""
    if not number.valid:
        return None
    rows = Subscriber.objects.filter(lookup=seals.lookup().of(number.digits), began_at__lte=at)
    for key, ended in rows.order_by("-tenure").values_list("id", "ended_at"):
        if ended is None or at < ended:
            return int(key)
    return None


def number_of(subscriber: int) -> Msisdn:
    """The full number, for the house's own work (delivery, matching), never for a page.

    Raises Problem for an unknown subscriber and for one whose number was erased, or who is restricted.
    """
    rows = Subscriber.objects.filter(id=subscriber, restricted_at=None)
    sealed = rows.values_list("sealed", flat=True).first()
    if sealed is None:
        raise Problem("people.unknown_subscriber", "no such subscriber, or erased", where="subscriber", status=404)
    return msisdn.of_digits(seals.sealer().open(bytes(sealed)))


def numbers_of(ids: Iterable[int]) -> dict[int, str]:
    """Digits by subscriber, for exports to those who gave us the numbers; erased and restricted ones are left out."""
    found: dict[int, str] = {}
    opener = seals.sealer()
    for part in _parts(ids):
        rows = Subscriber.objects.filter(id__in=part, restricted_at=None).exclude(sealed=None)
        for key, sealed in rows.values_list("id", "sealed"):
            assert sealed is not None
            found[key] = opener.open(bytes(sealed))
    return found


def current_numbers(ids: Iterable[int]) -> dict[int, str]:
    """Digits by subscriber for messages to them; former users of a number and erased ones are left out."""
    found: dict[int, str] = {}
    opener = seals.sealer()
    for part in _parts(ids):
        rows = Subscriber.objects.filter(id__in=part, ended_at=None).exclude(sealed=None).values_list("id", "sealed")
        found.update((key, opener.open(bytes(sealed))) for key, sealed in rows if sealed is not None)
    return found


def masked(subscriber: int) -> str:
    """The number as pages show it, such as “138****1234”; “***” when it was erased or is restricted."""
    rows = Subscriber.objects.filter(id=subscriber, restricted_at=None)
    sealed = rows.values_list("sealed", flat=True).first()
    return _masked(sealed)


def subscriber(subscriber: int) -> SubscriberView | None:
    """One subscriber, present or former."""
    return next(iter(subscribers([subscriber])), None) if subscriber < 1 << 63 else None


def subscribers(ids: Iterable[int]) -> list[SubscriberView]:
    """Subscribers by id, in the order of ids; unknown ones are left out."""
    rows: dict[int, SubscriberView] = {}
    for part in _parts(ids):
        for row in Subscriber.objects.filter(id__in=part):
            until = row.kept_until if row.restricted_at else None
            masked = _masked(None if row.restricted_at else row.sealed)
            rows[row.id] = SubscriberView(row.id, row.tenure, row.began_at, row.ended_at, masked, until)
    return [rows[key] for key in sorted(rows)]


def restricted(number: Msisdn | None = None) -> list[int]:
    """Subscribers whose records are stored and nothing else, by id; only those who had `number` when given."""
    rows = Subscriber.objects.filter(restricted_at__isnull=False)
    if number is not None:
        rows = rows.filter(lookup=seals.lookup().of(number.digits)) if number.valid else rows.none()
    return sorted(rows.values_list("id", flat=True))


def is_current(subscriber: int) -> bool:
    """Whether this tenure still runs: a former user's log-in and messages end with it."""
    return Subscriber.objects.filter(id=subscriber, ended_at=None).exists()


def subscriber_ids_by_hash(hashes: Iterable[bytes]) -> dict[bytes, int]:
    """Present tenures by the 16-byte keyed hash of their number; unknown ones are left out."""
    found: dict[bytes, int] = {}
    for part in _parts(hashes):
        for hashed, key in Subscriber.objects.filter(lookup__in=part, ended_at=None).values_list("lookup", "id"):
            found[bytes(hashed)] = key
    return found


def current_keys(ids: Iterable[int]) -> dict[int, bytes]:
    """Present tenures of the numbers that these subscribers have or had, each with the keyed hash of its number."""
    found: dict[int, bytes] = {}
    for part in _parts(ids):
        hashes = Subscriber.objects.filter(id__in=part).values("lookup")
        rows = Subscriber.objects.filter(lookup__in=hashes, ended_at=None).values_list("id", "lookup")
        found.update((key, bytes(hashed)) for key, hashed in rows)
    return found


def organisation(organisation: int) -> OrganisationView | None:
    """One organisation."""
    row = Organisation.objects.filter(id=organisation).first()
    return _organisation(row) if row else None


def organisations(kind: str | None = None) -> list[OrganisationView]:
    """Every organisation, or those of a kind, by id."""
    rows = Organisation.objects.order_by("id")
    return [_organisation(row) for row in (rows.filter(kind=kind) if kind else rows)]


def organisation_names(ids: Iterable[int]) -> dict[int, str]:
    """Names by id."""
    found: dict[int, str] = {}
    for part in _parts(ids):
        found.update(Organisation.objects.filter(id__in=part).values_list("id", "name"))
    return found


def organisation_by_name(name: str) -> OrganisationView | None:
    """The organisation registered under exactly this name."""
    row = Organisation.objects.filter(name=name.strip()).first()
    return _organisation(row) if row else None


def accounts(organisation: int) -> list[AccountView]:
    """The staff accounts of an organisation, by id."""
    rows = Account.objects.filter(organisation_id=organisation).order_by("id")
    return [AccountView(row.id, row.username, row.organisation_id, row.role, row.is_active) for row in rows]


def account(username: str) -> AccountView | None:
    """One staff account by its user name."""
    row = Account.objects.filter(username=username).first()
    return AccountView(row.id, row.username, row.organisation_id, row.role, row.is_active) if row else None


def account_by_id(account: int) -> AccountView | None:
    """One staff account."""
    row = Account.objects.filter(id=account).first() if 0 < account < 1 << 63 else None
    return AccountView(row.id, row.username, row.organisation_id, row.role, row.is_active) if row else None


def api_key(key: str) -> ApiKeyView | None:
    """The key's record when it is known and not revoked."""
    digest = hashlib.sha256(key.encode()).digest()
    row = ApiKey.objects.filter(digest=digest, revoked_at=None).first()
    return _api_key(row) if row else None


def api_key_by_id(key: int) -> ApiKeyView | None:
    """A key's record, revoked or not."""
    row = ApiKey.objects.filter(id=key).first()
    return _api_key(row) if row else None


def api_keys(organisation: int | None = None) -> list[ApiKeyView]:
    """Every key, or an organisation's, revoked ones too, by id."""
    rows = ApiKey.objects.order_by("id")
    return [_api_key(row) for row in (rows.filter(organisation_id=organisation) if organisation else rows)]


def count_subscribers() -> int:
    """How many tenures are running; on a large table this counts an index, not rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM people_subscriber WHERE ended_at IS NULL")
        return int(cursor.fetchone()[0])


def _organisation(row: Organisation) -> OrganisationView:
    return OrganisationView(row.id, row.name, row.kind, row.industry, row.credit_code, row.state)


def _api_key(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        row.id,
        row.organisation_id,
        row.name,
        row.hint,
        bytes(row.digest),
        tuple(row.scopes),
        tuple(row.trunks),
        tuple(row.numbers),
        row.created_at,
        row.revoked_at,
    )


def _masked(sealed: bytes | memoryview | None) -> str:
    if sealed is None:
        return "***"
    return msisdn.of_digits(seals.sealer().open(bytes(sealed))).masked


def _parts(items: Iterable[_T]) -> Iterator[list[_T]]:
    """Lists short enough for one statement."""
    part: list[_T] = []
    for item in items:
        part.append(item)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part
