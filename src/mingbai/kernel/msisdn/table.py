"""What China's numbering plan has allocated, as tables.

Sources: 工信部《电信网编号计划》(2017) and the ministry's allocations since; area codes as the carriers publish them
(merged ones, such as 0378 Kaifeng and 0413 Fushun, are gone). Everything is written as the national significant
number, without the trunk 0 of fixed lines.
"""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """What a number is. Values never change once released: journal and lake hold them."""

    MOBILE = 1
    FIXED = 2
    TOLL_400 = 3
    TOLL_800 = 4
    CARRIER = 5  # 100xx, 101xx: a carrier's own service number
    EMERGENCY = 6
    PUBLIC_INTEREST = 7  # 121xx, 123xx, 96110, 95110
    FIRM_95 = 8  # 953, 955, 956: large service firms
    CALL_CENTRE_95 = 9  # 950, 951, 952, 954, 957: call-centre licensees
    OTHER_95 = 10
    PROVINCIAL_96 = 11
    NATIONAL_1010 = 12
    SMS_106 = 13
    SHORT = 14  # other 1xx and 1xxxx codes
    INTERNATIONAL = 15
    MACHINE = 16  # 物联网, 13 digits: 1064x, 1410, 1440
    WITHHELD = 30
    MALFORMED = 31
    UNALLOCATED = 32


def _expand(*patterns: str) -> frozenset[str]:
    """A stem, then the last digits that exist: "31:013" → 310, 311, 313."""
    pairs = (pattern.split(":") for pattern in patterns)
    return frozenset(stem + last for stem, digits in pairs for last in digits)


ALL = "0123456789"

MOBILE_3 = _expand(f"13:{ALL}", "14:56789", "15:012356789", "16:2567", "17:01235678", f"18:{ALL}", "19:012356789")
"""First three digits of an 11-digit mobile number."""

MOBILE_5 = _expand("1740:012345", f"1749:{ALL}", f"1610:{ALL}")
"""Mobile ranges allocated by five digits: satellite (1740, 1749) and 1610."""

MACHINE_4 = frozenset({"1410", "1440"})
MACHINE_5 = frozenset({"10646", "10647", "10648", "10649"})

AREA_2 = frozenset({"10", "20", "21", "22", "23", "24", "25", "27", "28", "29"})
AREA_3 = _expand(
    "31:0123456789", "33:5", "34:9", f"35:{ALL}", "37:012345679", "39:1234568",
    "41:1256789", "42:179", "43:123456789", "45:123456789", "46:4789", f"47:{ALL}", "48:23",
    f"51:{ALL}", "52:37", f"53:{ALL}", "54:36", f"55:{ALL}", "56:12346", f"57:{ALL}", "58:0", "59:123456789",
    "63:1235", "66:0238", "69:12",
    "70:1", f"71:{ALL}", "72:248", "73:01456789", "74:3456", f"75:{ALL}", "76:023689", f"77:{ALL}", f"79:{ALL}",
    "81:23678", "82:567", f"83:{ALL}", "85:1456789", f"87:{ALL}", "88:3678", "89:12345678",
    "90:123689", "91:12345679", f"93:{ALL}", "94:13", "95:12345", f"97:{ALL}", f"99:{ALL}",
)  # fmt: skip

EIGHT_ONLY = (
    _expand("31:1", "37:179", "41:1", "43:12", "45:1", f"51:{ALL}", "52:37", "53:12", "55:1", "57:1345679")
    | _expand("59:15", "73:1", "79:1", "75:57", "76:09", "87:1", "89:8")
)  # fmt: skip
"""Three-digit areas whose local numbers all have eight digits; the others have seven, some already eight."""

EMERGENCY = frozenset({"110", "112", "119", "120", "122", "999"})
PUBLIC_EXACT = frozenset({"96110", "95110"})
SHORT_3 = frozenset({"114", "117", "121", "160", "168", "190", "193", "196", "197"})

SHORT_PREFIX: dict[str, tuple[Kind, int, int]] = {
    "100": (Kind.CARRIER, 5, 11),
    "101": (Kind.CARRIER, 5, 8),
    "111": (Kind.SHORT, 5, 8),
    "114": (Kind.SHORT, 5, 8),
    "116": (Kind.SHORT, 5, 8),
    "118": (Kind.SHORT, 5, 8),
    "121": (Kind.PUBLIC_INTEREST, 5, 9),
    "123": (Kind.PUBLIC_INTEREST, 5, 9),
    "125": (Kind.SHORT, 5, 12),
    "126": (Kind.SHORT, 5, 8),
    "127": (Kind.SHORT, 5, 8),
    "128": (Kind.SHORT, 5, 8),
    "129": (Kind.SHORT, 5, 8),
    "160": (Kind.SHORT, 5, 8),
    "168": (Kind.SHORT, 5, 8),
    "179": (Kind.SHORT, 5, 8),
}
"""First three digits → kind, fewest and most digits. Firms hang digits of their own behind the code they were given."""

FIRM = Kind.FIRM_95
CENTRE = Kind.CALL_CENTRE_95
OTHER = Kind.OTHER_95
KIND_95: dict[str, tuple[Kind, int, int]] = {
    "950": (CENTRE, 5, 12),
    "951": (CENTRE, 5, 9),  # ten and eleven digits are fixed lines of Ningxia: areas 951 to 955
    "952": (CENTRE, 5, 9),
    "953": (FIRM, 5, 9),
    "954": (CENTRE, 5, 9),
    "955": (FIRM, 5, 9),
    "956": (FIRM, 5, 12),
    "957": (CENTRE, 5, 12),
    "958": (OTHER, 5, 12),
    "959": (OTHER, 5, 12),
}

DIAL_PREFIXES = ("17951", "17911", "17909", "17900", "17969", "17931", "12593", "125831", "125832", "125833")
"""Codes dialled before a number to choose a carrier or a second identity; the number behind is the one called."""

WITHHELD_WORDS = frozenset(
    {
        "", "-", "anonymous", "anonym", "unknown", "restricted", "private", "withheld", "unavailable", "blocked",
        "hidden", "nocallerid", "privatenumber", "unknownnumber", "notavailable", "null", "none", "id",
        "匿名", "未知", "未知号码", "隐藏", "隐藏号码", "无号码", "未显示", "未显示号码", "号码隐藏", "私人号码",
    }
)  # fmt: skip
