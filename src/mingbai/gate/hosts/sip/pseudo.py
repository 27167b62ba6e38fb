"""Kamailio's pseudo-variables, as texts. Importable inside Kamailio alone."""

from __future__ import annotations

import KSR

from mingbai.gate.hosts.sip.reading import ABSENT

get, put = KSR.pv.get, KSR.pv.sets


def alone(name: str) -> str:
    """One pseudo-variable. Kamailio formats no more than 8 KiB at once, so that one long header would hide all others.

    What is no UTF-8 has its bytes replaced; what is that and too long even so is there and says nothing.
    """
    if name == ABSENT:
        return ABSENT
    try:
        text = get(name)
    except UnicodeDecodeError:
        digits = get(f"$({name[1:]}{{s.encode.hexa}})")
        return bytes.fromhex(digits).decode("utf-8", "replace") if digits else ""
    return ABSENT if text is None else str(text)


def octets(name: str) -> bytes:
    """One pseudo-variable whose value may be anything but text."""
    return bytes.fromhex(str(get(f"$({name[1:]}{{s.encode.hexa}})") or ""))
