"""Texts as SMS: split and joined again, whatever is in them; receipts as centres write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.notices.delivery.smpp import receipts
from mingbai.notices.delivery.smpp.text import PLAIN, UCS2, count, decoded, split, unheaded

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=900)
PLAIN_TEXT = st.text("abcXYZ 0189.,:;?!()\n", max_size=900)


@given(st.one_of(ANY_TEXT, PLAIN_TEXT), st.integers(0, 2**40))
def test_what_is_split_is_joined_again(text: str, reference: int) -> None:
    pieces = split(text, reference)
    assert [piece.number for piece in pieces] == list(range(1, pieces[0].total + 1))
    joined = b""
    for piece in pieces:
        septets = piece.coding == PLAIN
        header, body = unheaded(piece.octets) if piece.headed else (None, piece.octets)
        if piece.headed:
            assert header is not None
            assert (header.reference, header.total, header.number) == (reference & 0xFFFF, piece.total, piece.number)
        used = (7 * 8 if piece.headed else 0) + len(body) * (7 if septets else 8)
        assert used <= 140 * 8
        decoded(body, piece.coding)
        assert septets or len(body) % 2 == 0
        joined += body
    assert decoded(joined, pieces[0].coding) == text
    if pieces[0].coding == UCS2:
        assert all("\ufffd" not in decoded(unheaded(p.octets)[1] if p.headed else p.octets, UCS2) or "\ufffd" in text
                   for p in pieces)  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), [("a" * 160, 1), ("a" * 161, 2), ("您" * 70, 1), ("您" * 71, 2), ("", 1)])
def test_where_one_becomes_two(text: str, parts: int) -> None:
    assert count(text) == parts


@given(st.binary(max_size=160))
def test_any_octets_may_come_with_a_header(octets: bytes) -> None:
    header, rest = unheaded(octets)
    assert octets.endswith(rest)
    assert header is None or 0 < header.number <= header.total


@given(st.binary(max_size=160), st.integers(0, 255), st.sampled_from(["gsm", "latin1", "ascii"]))
def test_any_octets_become_some_text(octets: bytes, coding: int, alphabet: str) -> None:
    decoded(octets, coding, alphabet).encode("utf-8")


def test_the_default_alphabet_of_phones() -> None:
    assert decoded(bytes([0x00, 0x11, 0x1B, 0x65, 0x41]), PLAIN) == "@_€A"


ID, STATE = receipts.RECEIPTED_MESSAGE_ID, receipts.MESSAGE_STATE


@pytest.mark.parametrize(
    ("text", "parameters", "found"),
    [
        ("id:7f sub:001 dlvrd:001 stat:DELIVRD err:000 text:x", [], ("7f", "DELIVRD 000", True)),
        ("id:7f stat:UNDELIV err:0A1", [], ("7f", "UNDELIV 0A1", False)),
        ("id:7f stat:ACCEPTD", [], ("7f", "ACCEPTD", None)),
        ("ID:7f Stat:expired", [], ("7f", "EXPIRED", False)),
        ("", [(ID, b"7f\0"), (STATE, b"\x02")], ("7f", "DELIVRD", True)),
        ("id:other stat:DELIVRD", [(ID, b"7f\0"), (STATE, b"\x05")], ("7f", "UNDELIV", False)),
        ("id:7f stat:SHRUG", [], ("7f", "SHRUG", None)),
        ("nothing at all", [], None),
    ],
)
def test_receipts_as_centres_write_them(
    text: str, parameters: list[tuple[int, bytes]], found: tuple[str, str, bool | None] | None
) -> None:
    assert receipts.read(text, parameters) == found


@given(st.text(max_size=200), st.lists(st.tuples(st.sampled_from([ID, STATE, 5]), st.binary(max_size=70))))
def test_no_receipt_is_too_strange(text: str, parameters: list[tuple[int, bytes]]) -> None:
    found = receipts.read(text, parameters)
    assert found is None or (len(found.centre_id) <= 65 and len(found.status) <= 24)
