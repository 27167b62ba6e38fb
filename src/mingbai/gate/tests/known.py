"""Who is who in the gate's tests."""

from __future__ import annotations

BANK, CENTRE, SHOP = 7, 8, 9
BANK_NUMBER, RANGE_NUMBER = 864008109889, 8695533001
FRIEND, AGREED, REFUSING, SILENT = "13800000001", "13900000001", "13900000002", "13900000003"
KEY, NARROW_KEY, READ_KEY = ("mb_" + letter * 43 for letter in "anr")
MARKETING, SERVICE = 0, 1
