"""Numbers of other countries: our table says what the library says that it was made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.kernel.msisdn import Kind, abroad, parse

CODES = sorted(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
MAKER = Path(__file__).resolve().parents[4] / "scripts" / "abroad"


def by_the_library(text: str) -> str:
    try:
        number = phonenumbers.parse("+" + text)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]


def examples() -> list[str]:
    """A number of every kind in every region."""
    found = []
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            for kind in range(11):
                number = (
                    phonenumbers.example_number_for_non_geo_entity(code)
                    if region == "001"
                    else phonenumbers.example_number_for_type(region, kind)
                )
                if number is not None:
                    found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])
    return found


def test_the_table_is_the_library_s_of_today() -> None:
    done = subprocess.run([sys.executable, str(MAKER), "--check"], check=False)
    assert done.returncode == 0, "the library has changed: uv run scripts/abroad"


def test_every_kind_of_number_in_every_country_and_its_neighbours() -> None:
    for text in examples():
        code = next(code for code in CODES if text.startswith(code))
        national = text[len(code) :]
        for other in (text, text[:-1], text + "0", *(code + digit + national for digit in "0189")):
            assert abroad.normal(other) == by_the_library(other), other


@settings(max_examples=1000)
@given(st.sampled_from(CODES), st.text("0123456789", max_size=16))
def test_any_digits_behind_a_country_code(code: str, digits: str) -> None:
    assert abroad.normal(code + digits) == by_the_library(code + digits)


@settings(max_examples=500)
@given(st.text("0123456789", max_size=18))
def test_any_digits(digits: str) -> None:
    assert abroad.normal(digits) == by_the_library(digits)


@pytest.mark.parametrize(
    ("raw", "digits", "kind"),
    [
        ("+44 20 7183 8750", "442071838750", Kind.INTERNATIONAL),
        ("+44 (0)20 7183 8750", "442071838750", Kind.INTERNATIONAL),
        ("0012125550100", "12125550100", Kind.INTERNATIONAL),
        ("+39 06 698 12345", "390669812345", Kind.INTERNATIONAL),
        ("+9990000000", "9990000000", Kind.UNALLOCATED),
        ("+4420", "4420", Kind.UNALLOCATED),
    ],
)
def test_as_numbers_are_written(raw: str, digits: str, kind: Kind) -> None:
    assert parse(raw) == (digits, kind)
