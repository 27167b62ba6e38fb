"""Numbers in normal form: read, classified, written again."""

from __future__ import annotations

from typing import NamedTuple

from mingbai.kernel.msisdn import table
from mingbai.kernel.msisdn.reading import Unreadable, signed_digits
from mingbai.kernel.msisdn.table import Kind
from mingbai.kernel.problems import Problem

MOST_DIGITS = 18
_MOST_NATIONAL = MOST_DIGITS - 2
_MOBILE = Kind.MOBILE
_MOBILE_3 = table.MOBILE_3


class Msisdn(NamedTuple):
    """号码 in normal form.

    `digits` is country code and national number, at most 18 digits, so that it fits an int64. It is empty when withheld
    or malformed. SMS ports (106…) have no form abroad and stand as they are, without 86: “1069095599” is a bank's port,
    “861069095599” a Beijing fixed line.
    """

    digits: str
    kind: Kind

    @property
    def valid(self) -> bool:
        """A number that the plan has allocated."""
        return self.kind < Kind.WITHHELD

    @property
    def is_person(self) -> bool:
        """Mobile or fixed: a number that a person may have."""
        return self.kind <= Kind.FIXED

    @property
    def e164(self) -> str:
        """“+8613812345678”; service numbers likewise; an SMS port as it is; empty when withheld or malformed."""
        if self.kind == Kind.SMS_106 or not self.digits:
            return self.digits
        return "+" + self.digits

    @property
    def national(self) -> str:
        """As dialled inside China: “13812345678”, “02160876100”, “95533”; numbers of other countries with “+”."""
        if not self.digits.startswith("86"):
            return self.e164
        if self.kind == Kind.FIXED or (self.kind == Kind.PROVINCIAL_96 and not self.digits.startswith("8696")):
            return "0" + self.digits[2:]
        return self.digits[2:]

    @property
    def masked(self) -> str:
        """“138****1234” for numbers that a person may have; service numbers are public and stay."""
        text = self.national
        if self.kind not in _MASKED or len(text) < 8:
            return text
        return f"{text[:3]}****{text[-4:]}"


_MASKED = frozenset({Kind.MOBILE, Kind.FIXED, Kind.INTERNATIONAL, Kind.MACHINE, Kind.UNALLOCATED})

WITHHELD = Msisdn("", Kind.WITHHELD)
MALFORMED = Msisdn("", Kind.MALFORMED)


def parse(raw: str, *, area: str = "") -> Msisdn:
    """The number that `raw` means, as a Chinese network or its people write it. Total: never raises for a str.

    `area` (“21”, “021”) is put before local numbers of seven or eight digits and before 96xxx numbers.
    """
    if len(raw) == 11 and raw[:3] in _MOBILE_3 and raw.isdigit() and raw.isascii():
        return Msisdn("86" + raw, _MOBILE)
    if raw[:3] == "+86" and raw.isascii() and raw[3:].isdigit():
        return _chinese(raw[3:], abroad=True)
    if not (raw.isdigit() and raw.isascii()):
        try:
            raw = signed_digits(raw)
        except Unreadable as fault:
            return WITHHELD if fault.withheld else MALFORMED
    return _of_signed(raw, area)


def require(raw: str) -> Msisdn:
    """As `parse`. Raises Problem when the number is withheld, malformed or not allocated."""
    found = parse(raw)
    if found.valid:
        return found
    code, what = _FAULTS[found.kind]
    raise Problem(code, what, mend="write it as 13812345678, 021-60876100, 95533 or with “+” and the country code")


_FAULTS = {
    Kind.WITHHELD: ("msisdn.missing", "there is no number"),
    Kind.MALFORMED: ("msisdn.unreadable", "this cannot be read as a telephone number"),
    Kind.UNALLOCATED: ("msisdn.unallocated", "no such number has been allocated"),
}


def of_digits(digits: str) -> Msisdn:
    """The number whose normal form is `digits`, as stored; total like `parse`."""
    return parse(digits) if digits.startswith("106") else parse("+" + digits)


def _of_signed(text: str, area: str) -> Msisdn:
    """`text`: ASCII digits, perhaps after “+”."""
    head = text[:2]
    if head == "86":  # no area code begins with 86
        return _chinese(text[2:], abroad=True)
    if head == "+8" and text[2:3] == "6":
        return _chinese(text[3:], abroad=True)
    if head[:1] == "+":
        return _international(text[1:])
    if head == "00":
        return _chinese(text[4:], abroad=True) if text[2:4] == "86" else _international(text[2:])
    if area and (7 <= len(text) <= 8 or text.startswith("96")):
        with_area = _fixed(area.lstrip("0") + text)
        if with_area is not None and text[0] >= "2":
            return with_area
    return _chinese(text, abroad=False)


def _chinese(text: str, *, abroad: bool) -> Msisdn:
    """`text` is a national number; a trunk 0 may stand before it. `abroad`: it had the country code."""
    if len(text) > _MOST_NATIONAL:
        return _long(text)
    if text.startswith("0"):
        rest = text[1:]
        found = _mobile(rest) if rest.startswith("1") else None
        found = found or _fixed(rest)
    else:
        found = _mobile(text) or _service(text, abroad=abroad) or _fixed(text) or _behind_prefix(text)
    if found is not None:
        return found
    return Msisdn("86" + text, Kind.UNALLOCATED) if text else MALFORMED


def _mobile(text: str) -> Msisdn | None:
    if len(text) == 11 and (text[:3] in _MOBILE_3 or text[:5] in table.MOBILE_5):
        return Msisdn("86" + text, _MOBILE)
    if len(text) == 13 and (text[:4] in table.MACHINE_4 or text[:5] in table.MACHINE_5):
        return Msisdn("86" + text, Kind.MACHINE)
    return None


def _service(text: str, *, abroad: bool) -> Msisdn | None:
    """Numbers that are the same in every area."""
    head = text[0] if text else ""
    if head == "1":
        return _one(text, abroad=abroad)
    if head == "9":
        return _nine(text)
    if len(text) == 10 and text.startswith(("400", "800")):
        return Msisdn("86" + text, Kind.TOLL_400 if head == "4" else Kind.TOLL_800)
    return None


def _one(text: str, *, abroad: bool) -> Msisdn | None:
    size = len(text)
    if size == 3:
        if text in table.EMERGENCY:
            return Msisdn("86" + text, Kind.EMERGENCY)
        return Msisdn("86" + text, Kind.SHORT) if text in table.SHORT_3 else None
    if text.startswith("106"):
        # Ten digits with the country code are a Beijing fixed line, 010-6xxxxxxx: ports have no form abroad.
        return Msisdn(text, Kind.SMS_106) if size >= 7 and not (abroad and size == 10) else None
    if text.startswith("1010"):
        return Msisdn("86" + text, Kind.NATIONAL_1010) if size == 8 else None
    rule = table.SHORT_PREFIX.get(text[:3])
    if rule is None or not rule[1] <= size <= rule[2]:
        return None
    if text.startswith(("10123", "10121")) or _behind_prefix(text) is not None:
        return None
    return Msisdn("86" + text, rule[0])


def _nine(text: str) -> Msisdn | None:
    if text in table.EMERGENCY:
        return Msisdn("86" + text, Kind.EMERGENCY)
    if text in table.PUBLIC_EXACT:
        return Msisdn("86" + text, Kind.PUBLIC_INTEREST)
    if text.startswith("96"):
        return Msisdn("86" + text, Kind.PROVINCIAL_96) if 5 <= len(text) <= 8 else None
    rule = table.KIND_95.get(text[:3])
    if rule is not None and rule[1] <= len(text) <= rule[2]:
        return Msisdn("86" + text, rule[0])
    return None


def _fixed(text: str) -> Msisdn | None:
    """A local number behind its area code, or a service number that somebody wrote an area code before."""
    area = text[:2] if text[:2] in table.AREA_2 else text[:3]
    if len(area) == 3 and area not in table.AREA_3:
        return None
    local = text[len(area) :]
    size = len(local)
    if "2" <= local[:1] <= "8":
        eight_only = len(area) == 2 or area in table.EIGHT_ONLY
        return Msisdn("86" + text, Kind.FIXED) if size == 8 or (size == 7 and not eight_only) else None
    found = _service(local, abroad=True)
    if found is None or found.kind == Kind.SMS_106:
        return None
    return Msisdn("86" + text, found.kind) if found.kind == Kind.PROVINCIAL_96 else found


def _behind_prefix(text: str) -> Msisdn | None:
    """The number behind a carrier-choosing prefix (17951 138…): else a prefix would be a way round a refusal."""
    if not text.startswith(("179", "125")):
        return None
    for prefix in table.DIAL_PREFIXES:
        if text.startswith(prefix):
            rest = text[len(prefix) :]
            return _mobile(rest) or (_fixed(rest[1:]) if rest.startswith("0") else None)
    return None


def _long(text: str) -> Msisdn:
    """More than 16 digits: an SMS port keeps the first 18 (what follows is the sender's own extension)."""
    if text.startswith("106") and len(text) <= 20:
        return Msisdn(text[:MOST_DIGITS], Kind.SMS_106)
    return _behind_prefix(text) or MALFORMED


def _international(text: str) -> Msisdn:
    if not text or text[0] == "0" or len(text) > MOST_DIGITS:
        return MALFORMED
    if text.startswith("106") and len(text) > 6:
        return Msisdn(text, Kind.UNALLOCATED)
    import phonenumbers  # 100 ms to load; a process that sees Chinese numbers alone never does

    try:
        number = phonenumbers.parse("+" + text)
    except phonenumbers.NumberParseException:
        return Msisdn(text, Kind.UNALLOCATED)
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    if not phonenumbers.is_valid_number(number):
        return Msisdn(text, Kind.UNALLOCATED)
    return Msisdn(normal, Kind.INTERNATIONAL)
