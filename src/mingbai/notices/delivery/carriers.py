"""Which class carries messages over which kind of link: a new protocol is one more line here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from mingbai.kernel.home import Home
from mingbai.notices.delivery.config import Link, Smpp
from mingbai.notices.delivery.http import HttpCarrier
from mingbai.notices.delivery.smpp.carrier import SmppCarrier


class Carrier(Protocol):
    """Claims what is due for its link, carries it, and writes down what the other side says; until stopped."""

    async def run(self, stop: asyncio.Event) -> None: ...


def carrier(link: Link, home: Home, *, first: bool, say: Callable[[str], None]) -> Carrier:
    if isinstance(link, Smpp):
        return SmppCarrier(link, home, first=first, say=say)
    return HttpCarrier(link, home, first=first, say=say)
