"""Numbers in normal form: read, classified, written again."""

from __future__ import annotations

from typing import Final, NamedTuple

from mingbai.kernel.msisdn import abroad, table
from mingbai.kernel.msisdn.reading import Unreadable, signed_digits
from mingbai.kernel.msisdn.table import Kind
from mingbai.kernel.problems import Problem

MOST_DIGITS: Final = 18
_MOST_NATIONAL: Final = MOST_DIGITS - 2
_MOBILE: Final = Kind.MOBILE
_FIXED: Final = Kind.FIXED
_TOLL_400: Final = Kind.TOLL_400
_TOLL_800: Final = Kind.TOLL_800
_EMERGENCY: Final = Kind.EMERGENCY
_PROVINCIAL_96: Final = Kind.PROVINCIAL_96
_SMS_106: Final = Kind.SMS_106
_CARRIER: Final = Kind.CARRIER
_MOBILE_3: Final = table.MOBILE_3


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
    def may_subscribe(self) -> bool:
        """A number that a person may have, here or abroad: only such have consents, refusals and blocks."""
        return self.kind <= Kind.FIXED or self.kind == Kind.INTERNATIONAL

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
        text = self.digits[2:]
        return self.e164 if text.startswith(("00", "86")) else text  # such are unallocated, and would be read otherwise

    @property
    def masked(self) -> str:
        """“138****1234” for numbers that a person may have; service numbers are public and stay."""
        text = self.national
        if self.kind not in _MASKED or len(text) < 8:
            return text
        return f"{text[:3]}****{text[-4:]}"


_MASKED: Final = frozenset({Kind.MOBILE, Kind.FIXED, Kind.INTERNATIONAL, Kind.MACHINE, Kind.UNALLOCATED})

WITHHELD: Final = Msisdn("", Kind.WITHHELD)
MALFORMED: Final = Msisdn("", Kind.MALFORMED)


_new: Final = tuple.__new__  # half the time of calling the class; a verdict reads two numbers


def parse(raw: str, *, area: str = "") -> Msisdn:
    """The number that `raw` means, as a Chinese network or its people write it. Total: never raises for a str.

    `area` (“21”, “021”) is put before local numbers of seven or eight digits and before 96xxx numbers.
    """
    size = len(raw)
    if size == 11 and raw[:3] in _MOBILE_3 and raw.isdigit() and raw.isascii():
        return _new(Msisdn, ("86" + raw, _MOBILE))
    if size == 13 and raw[:2] == "86" and raw[2:5] in _MOBILE_3 and raw.isdigit() and raw.isascii():
        return _new(Msisdn, (raw, _MOBILE))
    if raw.isascii() and (raw.isdigit() or (raw[:1] == "+" and raw[1:].isdigit())):
        return _of_signed(raw, area)
    try:
        return _of_signed(signed_digits(raw), area)
    except Unreadable as fault:
        return WITHHELD if fault.withheld else MALFORMED


def require(raw: str) -> Msisdn:
    """As `parse`. Raises Problem when the number is withheld, malformed or not allocated."""
    found = parse(raw)
    if found.valid:
        return found
    code, what = _FAULTS[found.kind]
    raise Problem(code, what, mend="write it as 13812345678, 021-60876100, 95533 or with “+” and the country code")


_FAULTS: Final = {
    Kind.WITHHELD: ("msisdn.missing", "there is no number"),
    Kind.MALFORMED: ("msisdn.unreadable", "this cannot be read as a telephone number"),
    Kind.UNALLOCATED: ("msisdn.unallocated", "no such number has been allocated"),
}


def of_digits(digits: str) -> Msisdn:
    """The number whose normal form is `digits`, as stored; total like `parse`."""
    return parse("+" + digits)


def _of_signed(text: str, area: str) -> Msisdn:
    """`text`: ASCII digits, perhaps after “+”."""
    head = text[:2]
    if head == "86":  # no area code begins with 86
        return _chinese(text[2:], True)
    if head == "+8" and text[2:3] == "6":
        return _chinese(text[3:], True)
    if head[:1] == "+":
        return _international(text[1:])
    if head == "00":
        return _chinese(text[4:], True) if text[2:4] == "86" else _international(text[2:])
    if area and (7 <= len(text) <= 8 or head == "96"):
        with_area = _fixed(area.lstrip("0") + text)
        if with_area is not None and text[0] >= "2":
            return with_area
    return _chinese(text, False)


def _chinese(text: str, abroad: bool) -> Msisdn:
    """`text` is a national number; a trunk 0 may stand before it. `abroad`: it had the country code."""
    if len(text) > _MOST_NATIONAL:
        return _long(text)
    head = text[:1]
    if head == "0":
        rest = text[1:]
        found = (_mobile(rest) if rest[:1] == "1" else None) or _fixed(rest)
        if found is None and rest[:2] == "86" and not abroad:  # some exchanges write 086 for 0086; no area begins so
            return _chinese(rest[2:], True)
    elif head == "1":
        found = _mobile(text) or _one(text, abroad) or _fixed(text) or _behind_prefix(text)
    elif head == "9":
        found = _nine(text) or _fixed(text)
    else:
        found = _free(text) or _fixed(text)  # no area code begins as a 400 or 800 number does
    if found is not None:
        return found
    return _new(Msisdn, ("86" + text, Kind.UNALLOCATED)) if text else MALFORMED


def _mobile(text: str) -> Msisdn | None:
    if len(text) == 11 and (text[:3] in _MOBILE_3 or text[:5] in table.MOBILE_5):
        return _new(Msisdn, ("86" + text, _MOBILE))
    if len(text) == 13 and (text[:4] in table.MACHINE_4 or text[:5] in table.MACHINE_5):
        return _new(Msisdn, ("86" + text, Kind.MACHINE))
    return None


def _service(text: str) -> Msisdn | None:
    """Numbers that are the same in every area."""
    head = text[:1]
    if head == "1":
        return _one(text, True)
    if head == "9":
        return _nine(text)
    return _free(text)


def _free(text: str) -> Msisdn | None:
    if len(text) == 10:
        if text[:3] == "400":
            return _new(Msisdn, ("86" + text, _TOLL_400))
        if text[:3] == "800":
            return _new(Msisdn, ("86" + text, _TOLL_800))
    return None


def _one(text: str, abroad: bool) -> Msisdn | None:
    size = len(text)
    if size == 3:
        if text in table.EMERGENCY:
            return _new(Msisdn, ("86" + text, _EMERGENCY))
        return _new(Msisdn, ("86" + text, Kind.SHORT)) if text in table.SHORT_3 else None
    if text.startswith("106"):
        # Ten digits with the country code are a Beijing fixed line, 010-6xxxxxxx: ports have no form abroad.
        return _new(Msisdn, (text, _SMS_106)) if size >= 7 and not (abroad and size == 10) else None
    if text.startswith("1010"):
        return _new(Msisdn, ("86" + text, Kind.NATIONAL_1010)) if size == 8 else None
    rule = table.SHORT_PREFIX.get(text[:3])
    if rule is None or not rule[1] <= size <= rule[2]:
        return None
    if rule[0] is _CARRIER and text[2] == "1" and (size >= 7 or text[2:] in table.EMERGENCY):
        in_beijing = _fixed(text)  # 10 and 12345, 10 and 110: an area code before a service number
        if in_beijing is not None:
            return in_beijing
    if size > 8 and _behind_prefix(text) is not None:
        return None
    return _new(Msisdn, ("86" + text, rule[0]))


def _nine(text: str) -> Msisdn | None:
    if text in table.EMERGENCY:
        return _new(Msisdn, ("86" + text, _EMERGENCY))
    if text in table.PUBLIC_EXACT:
        return _new(Msisdn, ("86" + text, Kind.PUBLIC_INTEREST))
    if text.startswith("96"):
        return _new(Msisdn, ("86" + text, _PROVINCIAL_96)) if 5 <= len(text) <= 8 else None
    rule = table.KIND_95.get(text[:3])
    if rule is not None and rule[1] <= len(text) <= rule[2]:
        return _new(Msisdn, ("86" + text, rule[0]))
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
        return _new(Msisdn, ("86" + text, _FIXED)) if size == 8 or (size == 7 and not eight_only) else None
    if local[:2] == "96" and area[:2] != "95" and local not in table.PUBLIC_EXACT:
        # Another number in each province, so the area stays; but in Ningxia, where 0951 96xxx would be 95196xxx.
        return _new(Msisdn, ("86" + text, _PROVINCIAL_96)) if 5 <= size <= 8 else None
    found = _service(local)
    if found is None or found.kind is _SMS_106:
        return None
    if found.kind is Kind.PUBLIC_INTEREST and size > 5:  # a hotline always passes: nothing longer may pose as one
        return None
    return found


def _behind_prefix(text: str) -> Msisdn | None:
    """The number behind a carrier-choosing prefix (17951 138…): else a prefix would be a way round a refusal."""
    if not text.startswith(("179", "125")):
        return None
    for prefix in table.DIAL_PREFIXES:
        if text.startswith(prefix):
            rest = text[len(prefix) :]
            return _mobile(rest.removeprefix("0")) or (_fixed(rest[1:]) if rest[:1] == "0" else None)
    return None


def _long(text: str) -> Msisdn:
    """More than 16 digits: an SMS port keeps the first 18 (what follows is the sender's own extension)."""
    if text.startswith("106") and len(text) <= 20:
        return _new(Msisdn, (text[:MOST_DIGITS], _SMS_106))
    return _behind_prefix(text) or MALFORMED


def _international(text: str) -> Msisdn:
    if not text or text[0] == "0" or len(text) > MOST_DIGITS:
        return MALFORMED
    if text.startswith("106"):  # no number abroad begins so: a stored port, written like the others
        return _chinese(text, False)
    normal = abroad.normal(text)
    if not normal:
        return _new(Msisdn, (text, Kind.UNALLOCATED))
    return _new(Msisdn, (normal, Kind.INTERNATIONAL))
