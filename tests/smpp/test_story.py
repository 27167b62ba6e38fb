"""Messages through an SMS centre that nobody here wrote: the npm package smpp, in a process of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable

from tests.smpp.harness import Centre, House, until

Start = Callable[..., Centre]


def test_one_message_arrives_and_its_receipt_is_recorded(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port)
    house.put(1, "您好，世界")
    house.start()
    house.all_are("delivered")
    (taken,) = smsc.taken()
    assert (taken["to"], taken["from"], taken["text"]) == ("8613800000000", "10690000", "您好，世界")
    found = house.keeper.tell(do="rows")
    assert [part["status"] for part in found["parts"]] == ["DELIVRD 000"]
    house.kill(signal.SIGTERM)
    until(lambda: smsc.all("unbound"), what="leave is taken")
