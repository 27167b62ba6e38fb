"""Delivery receipts: what a centre says became of a short message (SMPP 3.4, appendix B and section 5.3.2). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

RECEIPTED_MESSAGE_ID, MESSAGE_STATE, NETWORK_ERROR = 0x001E, 0x0427, 0x0423
_IS_RECEIPT = 0x04  # esm_class, bits 5–2
_STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
_ID = re.compile(r"\bid:\s*([^\s]{1,65})", re.I)
_STAT = re.compile(r"\bstat:\s*([A-Z]{1,10})", re.I)
_ERR = re.compile(r"\berr:\s*(\w{1,6})", re.I)
_GIVEN_UP = frozenset(("EXPIRED", "DELETED", "UNDELIV", "REJECTD", "UNKNOWN"))


class Receipt(NamedTuple):
    """`delivered` None: not decided yet (on its way, accepted)."""

    centre_id: str
    status: str
    delivered: bool | None


def is_receipt(esm_class: int) -> bool:
    return esm_class & 0x3C == _IS_RECEIPT


def read(text: str, parameters: Iterable[tuple[int, bytes]]) -> Receipt | None:
    """The receipt that a deliver_sm is; None when it names no message. Parameters go before the text."""
    known = dict(parameters)
    centre_id = known.get(RECEIPTED_MESSAGE_ID, b"").split(b"\0")[0].decode("ascii", "replace")
    if not centre_id:
        found = _ID.search(text)
        if found is None:
            return None
        centre_id = found[1]
    state = known.get(MESSAGE_STATE, b"")
    stat = _STATES.get(state[0], "") if state else ""
    if not stat and (said := _STAT.search(text)):
        stat = said[1].upper()
    err = _ERR.search(text)
    return Receipt(centre_id[:65], f"{stat} {err[1] if err else ''}".strip()[:24], _decided(stat))


def _decided(stat: str) -> bool | None:
    if stat == "DELIVRD":
        return True
    return False if stat in _GIVEN_UP else None
