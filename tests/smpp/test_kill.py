"""SIGKILL of the worker: nothing is lost, and only what the centre had not acknowledged is sent twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from tests.smpp.harness import Centre, House, until

from mingbai.kernel import clock

Start = Callable[..., Centre]
LONG = "【明白】通知{n}：" + "这是一条很长的短信，要分几段发出去。" * 8


def finish(house: House, within_s: float = 90.0) -> None:
    end = clock.monotonic() + within_s
    while set(house.states()) != {"delivered"} and clock.monotonic() < end:
        house.keeper.tell(do="soon")
        clock.pause(0.2)
    assert set(house.states()) == {"delivered"}, house.log()


@pytest.mark.parametrize("after", [0, 7, 200])
def test_what_was_acknowledged_is_not_sent_again(house: House, centre: Start, after: int) -> None:
    """The centre acknowledges so many and then no more. When a full window is unanswered the worker has read every
    acknowledgement, else it would not have sent so much; then it is killed."""
    window = 25
    smsc = centre()
    house.link(smsc.port, f"window = {window}")
    smsc.tell(do="hold", after=after)
    house.put(300, "number {n}")
    house.start()
    until(lambda: len(smsc.taken()) == after + window)
    house.kill()
    acknowledged = {one["id"] for one in smsc.all("acknowledged")}
    assert len(acknowledged) == after
    smsc.tell(do="release")
    house.start()
    finish(house)
    times = Counter(one["text"] for one in smsc.taken())
    assert times.keys() == {f"number {n}" for n in range(300)}
    before = smsc.taken()[: after + window]
    unanswered = {one["text"] for one in before if one["id"] not in acknowledged}
    twice = {text for text, count in times.items() if count > 1}
    assert twice <= unanswered
    assert max(times.values()) <= 2


def test_of_a_long_message_only_the_missing_parts_go_again(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port, "window = 2")
    smsc.tell(do="hold", after=1)
    house.put(1, LONG)
    house.start()
    until(lambda: len(smsc.taken()) == 3)
    house.kill()
    smsc.tell(do="release")
    house.start()
    finish(house)
    times = Counter(one["udh"] for one in smsc.taken())
    first = smsc.taken()[0]["udh"]
    assert times[first] == 1
    assert len(times) == len(house.keeper.tell(do="rows")["parts"])


def test_killed_again_and_again_nothing_is_lost(house: House, centre: Start) -> None:
    """Replies and receipts too: what was not on disk was not thanked for, and comes again."""
    smsc = centre()
    house.link(smsc.port, "window = 20")
    house.put(1500, "number {n}")
    pause = random.Random(4)
    said = 0
    for _ in range(6):
        house.start()
        end = clock.monotonic() + 1.2 + pause.random()
        while clock.monotonic() < end:
            smsc.tell(do="reply", **{"from": f"861390000{said:04d}", "text": f"reply {said}"})
            said += 1
            clock.pause(0.02)
        house.kill()
    house.start()
    finish(house)
    until(lambda: smsc.tell(do="counts")["owed"] == 0)
    replies = Counter(row["text"] for row in house.keeper.tell(do="rows")["incoming"])
    assert replies.keys() == {f"reply {n}" for n in range(said)}
    times = Counter(one["text"] for one in smsc.taken())
    assert times.keys() == {f"number {n}" for n in range(1500)}
    assert sum(times.values()) - 1500 <= 6 * 20, "no more than a window a kill"
