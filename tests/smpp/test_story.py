"""Messages through an SMS centre that nobody here wrote: the npm package smpp, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from tests.smpp.harness import Centre, House, until

from mingbai.kernel import clock

Start = Callable[..., Centre]
LONG = (
    "【明白】办理成功：5G畅享套餐，每月59元，12月1日起生效。" + "限制与其他说明同样大小。" * 12 + "😀退订方式：回复TD。"
)
PLAIN_LONG = "A long English notice. " * 16


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


@pytest.mark.parametrize(("text", "coding"), [(LONG, 8), (PLAIN_LONG, 0)])
def test_a_long_text_goes_in_parts_each_with_its_receipt(house: House, centre: Start, text: str, coding: int) -> None:
    smsc = centre()
    house.link(smsc.port)
    house.put(1, text)
    house.start()
    house.all_are("delivered")
    taken = sorted(smsc.taken(), key=lambda one: bytes.fromhex(one["udh"])[-1] if one["udh"] else 0)
    assert len(taken) > 1
    assert {(one["coding"], one["esm"]) for one in taken} == {(coding, 0x40)}
    assert "".join(one["text"] for one in taken) == text
    found = house.keeper.tell(do="rows")
    assert [part["state"] for part in found["parts"]] == ["delivered"] * len(taken)


def test_what_cannot_be_delivered_is_told_as_undelivered(house: House, centre: Start) -> None:
    """Numbers that end in 9 are unreachable at this centre; one is refused outright."""
    smsc = centre()
    house.link(smsc.port)
    smsc.tell(do="refuse", to="8613800000010", status=0x0B)
    house.put(1, "one", first=13_800_000_009)
    house.put(1, "two", first=13_800_000_010)
    house.start()
    until(lambda: set(house.states()) == {"undelivered", "failed"})
    assert {row["failure"] for row in house.rows()} == {"UNDELIV 001", "refused 0x0000000B"}


def test_a_centre_that_throttles_is_given_time_and_gets_everything_once(house: House, centre: Start) -> None:
    smsc = centre()
    smsc.tell(do="throttle", count=3)
    house.link(smsc.port, "window = 1")
    house.put(20, "number {n}")
    house.start()
    house.all_are("delivered")
    assert Counter(one["text"] for one in smsc.taken()) == {f"number {n}": 1 for n in range(20)}
    throttled = [one["at"] for one in smsc.all("throttled")]
    pauses = [later - sooner for sooner, later in pairwise(throttled)]
    assert [pause > 200 * (n + 1) for n, pause in enumerate(pauses)] == [True, True]
    assert {row["tries"] for row in house.rows()} == {1}


def test_no_more_a_second_than_agreed(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port, "per_second = 40")
    house.put(60, "number {n}")
    house.start()
    house.all_are("delivered")
    at = [one["at"] for one in smsc.taken()]
    assert at[-1] - at[0] > 1000 * (60 / 40 - 0.4)


def test_over_tls_with_a_certificate_that_is_checked(house: House, centre: Start, tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", house.home / "centre.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=smsc.test", "-addext", "subjectAltName=DNS:smsc.test", "-keyout", key, "-out", cert]
    subprocess.run([*make, *names], check=True, capture_output=True)
    smsc = centre(tls={"key": str(key), "cert": str(cert)})
    house.link(smsc.port, 'tls = true\ntls_ca = "centre.pem"\ntls_name = "another.test"')
    house.put(1, "secret")
    house.start()
    until(lambda: "CERTIFICATE_VERIFY_FAILED" in house.log())
    house.kill(signal.SIGTERM)
    assert smsc.taken() == []
    house.link(smsc.port, 'tls = true\ntls_ca = "centre.pem"\ntls_name = "smsc.test"')
    house.start()
    house.all_are("delivered")


def test_a_wrong_password_is_told_and_tried_again(house: House, centre: Start) -> None:
    smsc = centre(password="other")
    house.link(smsc.port)
    house.put(1, "hello")
    house.start()
    until(lambda: house.log().count("status 0x0000000E") > 1)
    assert set(house.states()) == {"waiting"}


def test_a_silent_line_is_asked_whether_anybody_is_there(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port, "beat_s = 1")
    house.start()
    until(lambda: smsc.tell(do="counts")["inquiries"] > 1)


def test_a_line_that_went_dead_is_given_up_and_made_anew(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port, "beat_s = 1\npatience_s = 4")
    house.start()
    until(lambda: smsc.all("bound"))
    smsc.tell(do="silence")
    until(lambda: len(smsc.all("bound")) > 1)
    house.put(1, "hello")
    until(lambda: house.keeper.tell(do="soon") and set(house.states()) == {"delivered"})


def test_a_reply_reaches_its_handler_and_one_in_parts_is_joined(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port)
    house.start()
    smsc.tell(do="reply", **{"from": "8613800000000", "text": "TT"})
    parts = []
    for n, said in ((2, "世界，我不要"), (1, "你好，")):
        udh = f"06080412340{2}0{n}"
        octets = bytes.fromhex(udh) + said.encode("utf-16-be")
        parts.append({"hex": octets.hex(), "pdu": {"esm_class": 0x40, "data_coding": 8}})
    smsc.tell(do="reply", **{"from": "+8613800000001", "parts": parts})
    until(lambda: len(house.keeper.tell(do="rows")["incoming"]) == 2)
    assert house.keeper.tell(do="answer")["count"] == 2
    found = house.keeper.tell(do="rows")["incoming"]
    assert found == [{"text": "TT", "handler": "consent.stop_all"}, {"text": "你好，世界，我不要", "handler": ""}]
    until(lambda: smsc.tell(do="counts")["owed"] == 0, what="everything brought is thanked for")


def test_the_centre_restarts_and_is_cut_off_and_nothing_is_lost(house: House, centre: Start) -> None:
    smsc = centre()
    house.link(smsc.port, "window = 10\npatience_s = 2")
    house.put(400, "number {n}")
    house.start()
    until(lambda: len(smsc.taken()) > 50)
    smsc.tell(do="cut")
    until(lambda: len(smsc.taken()) > 150)
    smsc.kill()
    second = centre(port=smsc.port, start=100_000)
    end = clock.monotonic() + 60
    while house.states().get("waiting") and clock.monotonic() < end:
        house.keeper.tell(do="soon")
        clock.pause(0.3)
    assert set(house.states()) <= {"sent", "delivered", "undelivered"}
    everything = Counter(one["text"] for one in [*smsc.taken(), *second.taken()])
    assert everything.keys() == {f"number {n}" for n in range(400)}
    twice = {text for text, times in everything.items() if times > 1}
    said = {one["id"] for one in smsc.all("acknowledged")}
    known = {part["centre_id"] for part in house.keeper.tell(do="rows")["parts"]}
    lost_words = {one["text"] for one in smsc.taken() if one["id"] not in known}
    assert twice <= lost_words, "sent again though its acknowledgement had been read"
    assert len(said - known) <= 2 * 10, "no more than what the two windows held"
