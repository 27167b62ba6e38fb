"""What the gate knows, as plain tuples, and how each is packed into bytes.

Everything little-endian; a consent takes 16 bytes. `unpack(pack(x)) == x` for every fact, and the packed form never
changes within FORMAT: a reader of another FORMAT refuses the file.
"""

from __future__ import annotations

import json
from struct import Struct
from typing import Final, NamedTuple

FORMAT: Final = 2
READABLE: Final = (1, FORMAT)  # 1 knew no marks, and is read as it is

GIVEN: Final = 1
CLAIMED: Final = 2
REFUSED: Final = 3
ACTIVE: Final = 0
SUSPENDED: Final = 1
CLOSED: Final = 2

Limits = tuple[int, int, int]  # calls a minute, an hour, a day; 0 = no limit
NO_LIMITS: Final[Limits] = (0, 0, 0)

_HEAD: Final = Struct("<H")
_HAS_BLOCKS: Final = 0x8000
_CONSENT: Final = Struct("<IBBHQ")
_unpack_consent: Final = _CONSENT.unpack_from
_unpack_head: Final = _HEAD.unpack_from
_make: Final = tuple.__new__  # makes a named tuple without going through its Python-level constructor: half the time
_ONE: Final = Struct("<HIBBHQ")  # what most have: one consent and no block
_BLOCKS: Final = Struct("<IHHH")
_NUMBER: Final = Struct("<IIIBBBBIIIHH")
_unpack_number: Final = _NUMBER.unpack_from
_unpack_resource: Final = Struct("<I").unpack_from
RESOURCE: Final = 4
_FLAGS: Final = 15  # where in a number's record its flags stand
_PAIR: Final = Struct("<II")
_COMMITTED: Final = 1  # bits of a number's flags
_MARKED: Final = 2
_UNREGISTERED: Final = 4
_MARK: Final = Struct("<HBBIIII")  # size of all of it, kind of label, bits, when the label expires, limits
_SUSPENDED: Final = 1
_SHUT: Final = 2
_BOUNDED: Final = 0x80  # bit of an organisation's state
_BOUNDS: Final = Struct("<BIIIBIII")  # as holder, as principal: suspended, limits
_ORGANISATION: Final = Struct("<BBIII")
_TRUNK: Final = Struct("<IB")
_KEY: Final = Struct("<II")


class ConsentFact(NamedTuple):
    """同意 or 拒绝 of one subscriber towards one principal.

    `purpose` is an index in terms.PURPOSES; `state` GIVEN, CLAIMED or REFUSED; `until_day` the last day (days since
    1970-01-01 UTC) on which a consent counts, 0 for no end; `consent` its id in the database.
    """

    principal: int
    purpose: int
    state: int
    until_day: int
    consent: int


class SubscriberFacts(NamedTuple):
    """What a called person said. `blocked_categories` is a mask of `1 << index` over terms.INDUSTRIES."""

    consents: tuple[ConsentFact, ...] = ()
    blocked_numbers: tuple[int, ...] = ()
    blocked_prefixes: tuple[str, ...] = ()
    blocked_firms: tuple[int, ...] = ()
    blocked_categories: int = 0


class NumberFacts(NamedTuple):
    """A registered number or range. `use` indexes terms.USES; `industry` is 1 + index in terms.INDUSTRIES, 0 none.

    The id of its row stands beside it: but for that, many numbers of one firm are alike.
    """

    holder: int
    principal: int
    use: int
    industry: int = 0
    state: int = ACTIVE
    committed: bool = False
    limits: Limits = NO_LIMITS
    trunks: tuple[int, ...] = ()
    assignments: tuple[tuple[int, int], ...] = ()  # (trunk, principal)
    label: str = ""


class Mark(NamedTuple):
    """What is said of exactly one calling number, registered or not, and what measures stand against it.

    `kind` is 1 + index in terms.LABEL_KINDS of the `label` that is shown, 0 none; `until` when it expires (seconds
    since the epoch), 0 never; `limits` are those of a measure.
    """

    kind: int = 0
    label: str = ""
    until: int = 0
    suspended: bool = False
    shut: bool = False
    limits: Limits = NO_LIMITS


class Bounds(NamedTuple):
    """What measures stand against an organisation in one of its parts."""

    suspended: bool = False
    limits: Limits = NO_LIMITS


FREE: Final = Bounds()


class OrganisationFacts(NamedTuple):
    """A holder or principal. `industry` as in NumberFacts; `limits` of its contract, for all its numbers together."""

    state: int = ACTIVE
    industry: int = 0
    limits: Limits = NO_LIMITS
    name: str = ""
    as_holder: Bounds = FREE
    as_principal: Bounds = FREE


class TrunkFacts(NamedTuple):
    """中继: found by name. `special` lines may send emergency and short numbers as caller."""

    trunk: int
    special: bool = False
    international: bool = False


class KeyFacts(NamedTuple):
    """An API key, found by the SHA-256 of its text. `scopes` is a mask of `1 << index` over tuple(terms.Scope).

    `trunks` (names) and `numbers` (normal form) bound what it may decide about; both empty means everything.
    """

    organisation: int
    scopes: int
    trunks: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


NOTHING_SAID: Final = SubscriberFacts()


def pack_subscriber(facts: SubscriberFacts) -> bytes:
    """Head (count of consents, high bit: blocks follow), the consents, the blocks."""
    consents, numbers, prefixes, firms, categories = facts
    if len(consents) == 1 and not (numbers or prefixes or firms or categories):
        return _ONE.pack(1, *consents[0])
    parts = [_HEAD.pack(len(consents) | (_HAS_BLOCKS if numbers or prefixes or firms or categories else 0))]
    parts += [_CONSENT.pack(*consent) for consent in consents]
    if numbers or prefixes or firms or categories:
        parts.append(_BLOCKS.pack(categories, len(numbers), len(prefixes), len(firms)))
        parts += [number.to_bytes(8, "little") for number in numbers]
        parts += [firm.to_bytes(4, "little") for firm in firms]
        parts += [len(text).to_bytes(1, "little") + text for text in (prefix.encode() for prefix in prefixes)]
    return b"".join(parts)


def unpack_subscriber(raw: bytes) -> SubscriberFacts:
    (head,) = _HEAD.unpack_from(raw)
    end = 2 + (head & 0x7FFF) * 16
    consents = tuple(map(ConsentFact._make, _CONSENT.iter_unpack(raw[2:end])))
    if not head & _HAS_BLOCKS:
        return SubscriberFacts(consents)
    return SubscriberFacts(consents, *_unpack_blocks(raw, end))


def unpack_towards(raw: bytes, principal: bytes) -> SubscriberFacts:
    """A subscriber's facts with the consents towards one principal (4 bytes, little-endian) alone, and quicker."""
    head: int = _unpack_head(raw)[0]
    end = 2 + (head & 0x7FFF) * 16
    consents: tuple[ConsentFact, ...] = ()
    at = raw.find(principal, 2, end)
    while at >= 0:
        if at & 15 == 2:
            consents = (*consents, _make(ConsentFact, _unpack_consent(raw, at)))
        at = raw.find(principal, at + 1, end)
    if head & _HAS_BLOCKS:
        return SubscriberFacts(consents, *_unpack_blocks(raw, end))
    return _make(SubscriberFacts, (consents, (), (), (), 0)) if consents else NOTHING_SAID


def _unpack_blocks(raw: bytes, at: int) -> tuple[tuple[int, ...], tuple[str, ...], tuple[int, ...], int]:
    categories, numbers, prefixes, firms = _BLOCKS.unpack_from(raw, at)
    after = at + _BLOCKS.size
    blocked = Struct(f"<{numbers}Q{firms}I").unpack_from(raw, after)
    after += 8 * numbers + 4 * firms
    texts = []
    for _ in range(prefixes):
        size = raw[after]
        texts.append(raw[after + 1 : after + 1 + size].decode())
        after += 1 + size
    return blocked[:numbers], tuple(texts), blocked[numbers:], categories


def pack_number(resource: int, facts: NumberFacts, mark: Mark | None = None) -> bytes:
    """The id of the number's resource (RESOURCE bytes), then its facts, and between these and its label the mark."""
    pairs = b"".join(_PAIR.pack(*pair) for pair in facts.assignments)
    head = _NUMBER.pack(
        resource,
        facts.holder,
        facts.principal,
        facts.use,
        facts.industry,
        facts.state,
        facts.committed | (_MARKED if mark is not None else 0),
        *facts.limits,
        len(facts.trunks),
        len(facts.assignments),
    )
    trunks = b"".join(trunk.to_bytes(4, "little") for trunk in facts.trunks)
    return head + trunks + pairs + (b"" if mark is None else _pack_mark(mark)) + facts.label.encode()


def pack_marked(mark: Mark) -> bytes:
    """A number that nobody registered."""
    return _NUMBER.pack(0, 0, 0, 0, 0, ACTIVE, _MARKED | _UNREGISTERED, 0, 0, 0, 0, 0) + _pack_mark(mark)


def _pack_mark(mark: Mark) -> bytes:
    text = mark.label.encode()
    bits = (_SUSPENDED if mark.suspended else 0) | (_SHUT if mark.shut else 0)
    return _MARK.pack(_MARK.size + len(text), mark.kind, bits, mark.until, *mark.limits) + text


def resource_of(raw: bytes) -> int:
    resource: int = _unpack_resource(raw)[0]
    return resource


def unpack_marked(raw: bytes) -> tuple[NumberFacts | None, Mark | None]:
    """What a number's record says: its registration, None where it has none, and its mark."""
    flags = raw[_FLAGS]
    if not flags & _MARKED:
        return unpack_number(raw), None
    fields = _unpack_number(raw)
    at = _NUMBER.size + 4 * (fields[-2] + 2 * fields[-1])
    size, kind, bits, until, minute, hour, day = _MARK.unpack_from(raw, at)
    label = raw[at + _MARK.size : at + size].decode()
    mark = Mark(kind, label, until, bool(bits & _SUSPENDED), bool(bits & _SHUT), _limits(minute, hour, day))
    return None if flags & _UNREGISTERED else unpack_number(raw[:at] + raw[at + size :]), mark


def unpack_number(raw: bytes) -> NumberFacts:
    """The registration in a record without a mark."""
    _, holder, principal, use, industry, state, flags, minute, hour, day, lines, pairs = _unpack_number(raw)
    trunks: tuple[int, ...] = ()
    assignments: tuple[tuple[int, int], ...] = ()
    label = ""
    if len(raw) > _NUMBER.size:
        at = _NUMBER.size
        ints = Struct(f"<{lines + 2 * pairs}I").unpack_from(raw, at)
        trunks = ints[:lines]
        assignments = tuple(zip(ints[lines::2], ints[lines + 1 :: 2], strict=True))
        label = raw[at + 4 * len(ints) :].decode()
    committed = flags & _COMMITTED != 0
    limits = (minute, hour, day) if minute or hour or day else NO_LIMITS
    return _make(NumberFacts, (holder, principal, use, industry, state, committed, limits, trunks, assignments, label))


def pack_organisation(facts: OrganisationFacts) -> bytes:
    holder, principal = facts.as_holder, facts.as_principal
    if holder == FREE and principal == FREE:
        return _ORGANISATION.pack(facts.state, facts.industry, *facts.limits) + facts.name.encode()
    bounds = _BOUNDS.pack(holder.suspended, *holder.limits, principal.suspended, *principal.limits)
    head = _ORGANISATION.pack(facts.state | _BOUNDED, facts.industry, *facts.limits)
    return head + bounds + facts.name.encode()


def unpack_organisation(raw: bytes) -> OrganisationFacts:
    state, industry, minute, hour, day = _ORGANISATION.unpack_from(raw)
    name, parts = _ORGANISATION.size, (FREE, FREE)
    if state & _BOUNDED:
        held, a, b, c, called, d, e, f = _BOUNDS.unpack_from(raw, name)
        parts = Bounds(bool(held), _limits(a, b, c)), Bounds(bool(called), _limits(d, e, f))
        name += _BOUNDS.size
    return OrganisationFacts(state & ~_BOUNDED, industry, _limits(minute, hour, day), raw[name:].decode(), *parts)


def _limits(minute: int, hour: int, day: int) -> Limits:
    """NO_LIMITS itself where there is none, which is cheaper to compare with."""
    return (minute, hour, day) if minute or hour or day else NO_LIMITS


def pack_trunk(facts: TrunkFacts) -> bytes:
    return _TRUNK.pack(facts.trunk, facts.special | facts.international << 1)


def unpack_trunk(raw: bytes) -> TrunkFacts:
    trunk, flags = _TRUNK.unpack(raw)
    return TrunkFacts(trunk, bool(flags & 1), bool(flags & 2))


def pack_key(facts: KeyFacts) -> bytes:
    return _KEY.pack(facts.organisation, facts.scopes) + json.dumps([facts.trunks, facts.numbers]).encode()


def unpack_key(raw: bytes) -> KeyFacts:
    organisation, scopes = _KEY.unpack_from(raw)
    trunks, numbers = json.loads(raw[_KEY.size :])
    return KeyFacts(organisation, scopes, tuple(trunks), tuple(numbers))
