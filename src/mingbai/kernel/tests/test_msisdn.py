"""Numbers as networks, files and people write them: what each is, and its one normal form."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mingbai.kernel.msisdn import MALFORMED, MOST_DIGITS, WITHHELD, Kind, Msisdn, of_digits, parse, require, table
from mingbai.kernel.problems import Problem

SHARED = Path(os.environ.get("MINGBAI_SHARED_DATA", Path(__file__).parents[4].parent / "shared" / "data"))


def library_knows(national: str, kind: int) -> bool:
    number = phonenumbers.parse("+86" + national)
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) == kind


WANG = Msisdn("8613812345678", Kind.MOBILE)


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "+8613812345678",
        "+86 138 1234 5678",
        "+86-138-1234-5678",
        "+86 (0)138 1234 5678",
        "008613812345678",
        "0086 13812345678",
        "8613812345678",
        "013812345678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "＋８６１３８１２３４５６７８",
        "\u202a+86 138 1234 5678\u202c",
        "138\u00a01234\u00a05678",
        " 13812345678\r\n",
        "tel:+86-138-1234-5678",
        "tel:13812345678;phone-context=+86",
        "TEL:13812345678",
        "sip:13812345678@10.0.0.7:5060;transport=udp",
        "sip:+8613812345678@gw.example.com;user=phone",
        "sips:%2B8613812345678@gw.example.com",
        "sip:13812345678;npdi;rn=+8613800@gw.example.com;user=phone",
        '"Wang" <sip:13812345678@10.0.0.7>;tag=8a2f',
        "<sip:+8613812345678@ims.mnc000.mcc460.3gppnetwork.org;user=phone>;tag=1",
        "17951 13812345678",
        "17951013812345678",
        "12593 138 1234 5678",
        "125831 13812345678",
    ],
)
def test_one_mobile_number_however_it_is_written(written: str) -> None:
    assert parse(written) == WANG


@pytest.mark.parametrize(
    ("written", "kind", "national"),
    [
        # fixed lines
        ("021-60876100", Kind.FIXED, "02160876100"),
        ("(021)6087 6100", Kind.FIXED, "02160876100"),
        ("（0755）82137777", Kind.FIXED, "075582137777"),
        ("+86 (10) 6588 3001", Kind.FIXED, "01065883001"),
        ("+86 10 69095599", Kind.FIXED, "01069095599"),
        ("2160876100", Kind.FIXED, "02160876100"),
        ("0951-6012345", Kind.FIXED, "09516012345"),
        ("+869516012345", Kind.FIXED, "09516012345"),
        ("0701-2345678", Kind.FIXED, "07012345678"),
        # service numbers
        ("4008109889", Kind.TOLL_400, "4008109889"),
        ("400-888-8888", Kind.TOLL_400, "4008888888"),
        ("8008208388", Kind.TOLL_800, "8008208388"),
        ("10086", Kind.CARRIER, "10086"),
        ("1008611", Kind.CARRIER, "1008611"),
        ("010-10086", Kind.CARRIER, "10086"),
        ("10188", Kind.CARRIER, "10188"),
        ("95533", Kind.FIRM_95, "95533"),
        ("+8695533", Kind.FIRM_95, "95533"),
        ("021-95533", Kind.FIRM_95, "95533"),
        ("02195533", Kind.FIRM_95, "95533"),
        ("2195533", Kind.FIRM_95, "95533"),
        ("0571 955 88", Kind.FIRM_95, "95588"),
        ("95300001", Kind.FIRM_95, "95300001"),
        ("956025", Kind.FIRM_95, "956025"),
        ("950618", Kind.CALL_CENTRE_95, "950618"),
        ("95163234", Kind.CALL_CENTRE_95, "95163234"),
        ("9519668", Kind.CALL_CENTRE_95, "9519668"),
        ("952295", Kind.CALL_CENTRE_95, "952295"),
        ("95488888", Kind.CALL_CENTRE_95, "95488888"),
        ("95711", Kind.CALL_CENTRE_95, "95711"),
        ("9501312345678", Kind.UNALLOCATED, "9501312345678"),
        ("95888", Kind.OTHER_95, "95888"),
        ("96166", Kind.PROVINCIAL_96, "96166"),
        ("021-962319", Kind.PROVINCIAL_96, "021962319"),
        ("0951-96627", Kind.PROVINCIAL_96, "96627"),
        ("95196627", Kind.CALL_CENTRE_95, "95196627"),
        ("10105757", Kind.NATIONAL_1010, "10105757"),
        ("1068915371004053", Kind.SMS_106, "1068915371004053"),
        ("10699000", Kind.SMS_106, "10699000"),
        ("1069095599", Kind.SMS_106, "1069095599"),
        ("+8610658112", Kind.SMS_106, "10658112"),
        ("114", Kind.SHORT, "114"),
        ("11185", Kind.SHORT, "11185"),
        ("12583110086", Kind.SHORT, "12583110086"),
        ("1440123456789", Kind.MACHINE, "1440123456789"),
        ("1064712345678", Kind.MACHINE, "1064712345678"),
        # those that always pass
        ("110", Kind.EMERGENCY, "110"),
        ("+86120", Kind.EMERGENCY, "120"),
        ("021-119", Kind.EMERGENCY, "119"),
        ("010110", Kind.EMERGENCY, "110"),
        ("999", Kind.EMERGENCY, "999"),
        ("12110", Kind.PUBLIC_INTEREST, "12110"),
        ("12395", Kind.PUBLIC_INTEREST, "12395"),
        ("021-12345", Kind.PUBLIC_INTEREST, "12345"),
        ("010-12345", Kind.PUBLIC_INTEREST, "12345"),
        ("96110", Kind.PUBLIC_INTEREST, "96110"),
        ("95110", Kind.PUBLIC_INTEREST, "95110"),
        ("121233206", Kind.PUBLIC_INTEREST, "121233206"),
        # abroad
        ("+1 212 555 0123", Kind.INTERNATIONAL, "+12125550123"),
        ("0012125550123", Kind.INTERNATIONAL, "+12125550123"),
        ("+852 3107 8333", Kind.INTERNATIONAL, "+85231078333"),
        ("+44 (0)20 7946 0958", Kind.INTERNATIONAL, "+442079460958"),
        ("+80012345678", Kind.INTERNATIONAL, "+80012345678"),
        # what no network has given out
        ("14012345678", Kind.UNALLOCATED, "14012345678"),
        ("15412345678", Kind.UNALLOCATED, "15412345678"),
        ("+8614412345678", Kind.UNALLOCATED, "14412345678"),
        ("+8612112345678", Kind.UNALLOCATED, "12112345678"),
        ("138123456789", Kind.UNALLOCATED, "138123456789"),
        ("1381234567", Kind.UNALLOCATED, "1381234567"),
        ("0110", Kind.UNALLOCATED, "0110"),
        ("00110", Kind.UNALLOCATED, "+110"),
        ("+110", Kind.UNALLOCATED, "+110"),
        ("110110", Kind.UNALLOCATED, "110110"),
        ("0213456789", Kind.UNALLOCATED, "0213456789"),
        ("021-10812345", Kind.UNALLOCATED, "02110812345"),
        ("0378-2345678", Kind.UNALLOCATED, "03782345678"),
        ("60876100", Kind.UNALLOCATED, "60876100"),
        ("+1 111 111 1111", Kind.UNALLOCATED, "+11111111111"),
        ("4001234567890", Kind.UNALLOCATED, "4001234567890"),
    ],
)
def test_kinds(written: str, kind: Kind, national: str) -> None:
    found = parse(written)
    assert (found.kind, found.national) == (kind, national)


@pytest.mark.parametrize(
    "written",
    ["", "  ", "anonymous", "Anonymous", "unknown", "Restricted", "private", "unavailable", "未知号码", "隐藏号码",
     "sip:anonymous@anonymous.invalid", '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=4', "<sip:unknown@host>",
     "No Caller ID", "-"],
)  # fmt: skip
def test_withheld(written: str) -> None:
    assert parse(written) == WITHHELD


@pytest.mark.parametrize(
    "written",
    ["hello", "138x2345678", "+", "++8613812345678", "86+13812345678", "1381234567٣", "²²²", "①③⑧", "#31#13812345678",
     "12345678901234567890123", "+012345", "sip:alice@example.com", "http://13812345678", "1" * 600, "\ud800", "+86"],
)  # fmt: skip
def test_malformed(written: str) -> None:
    assert parse(written) == MALFORMED


class TestPlan:
    def test_every_mobile_prefix_of_the_plan(self) -> None:
        unallocated = {"140", "141", "142", "143", "144", "154", "160", "161", "163", "164", "168", "169", "174", "179",
                       "194"}  # fmt: skip
        for prefix in map(str, range(130, 200)):
            expected = Kind.UNALLOCATED if prefix in unallocated else Kind.MOBILE
            assert parse(prefix + "66667777").kind == expected, prefix

    def test_satellite_numbers_are_mobile(self) -> None:
        assert parse("17405123456").kind == parse("17490001234").kind == Kind.MOBILE
        assert parse("17412345678").kind == Kind.UNALLOCATED

    def test_95_is_divided_by_its_third_digit(self) -> None:
        centres = {kind for kind, rule in table.KIND_95.items() if rule[0] == Kind.CALL_CENTRE_95}
        firms = {kind for kind, rule in table.KIND_95.items() if rule[0] == Kind.FIRM_95}
        assert centres == {"950", "951", "952", "954", "957"}
        assert firms == {"953", "955", "956"}

    @pytest.mark.parametrize("local", ["2345678", "62345678"])
    def test_every_fixed_line_that_the_library_knows(self, local: str) -> None:
        """Ours knows more: areas that have begun to give out eight digits."""
        for area in [*map(str, range(20, 30)), *map(str, range(300, 1000))]:
            if library_knows(area + local, phonenumbers.PhoneNumberType.FIXED_LINE):
                assert parse(f"0{area}{local}").kind == Kind.FIXED, area

    def test_every_mobile_range_that_the_library_knows(self) -> None:
        for prefix in map(str, range(1300, 2000)):
            if library_knows(prefix + "0123456", phonenumbers.PhoneNumberType.MOBILE):
                assert parse(prefix + "0123456").kind == Kind.MOBILE, prefix

    def test_local_numbers_have_as_many_digits_as_their_area(self) -> None:
        assert parse("010-6087610").kind == Kind.UNALLOCATED  # Beijing has eight
        assert parse("0571-8502208").kind == Kind.UNALLOCATED  # Hangzhou too
        assert parse("0871-96533").kind == Kind.PROVINCIAL_96
        assert parse("0312-5012345").kind == Kind.FIXED

    @pytest.mark.parametrize("area", ["21", "021"])
    def test_an_area_completes_local_numbers_alone(self, area: str) -> None:
        assert parse("60876100", area=area).national == "02160876100"
        assert parse("962319", area=area).national == "021962319"
        assert parse("95533", area=area).national == "95533"
        assert parse("13812345678", area=area) == WANG
        assert parse("110", area=area).kind == Kind.EMERGENCY

    def test_long_sms_ports_keep_what_an_int64_holds(self) -> None:
        found = parse("10690" + "7" * 15)
        assert found == Msisdn("10690" + "7" * 13, Kind.SMS_106)
        assert parse("10690" + "7" * 16) == MALFORMED


class TestForms:
    def test_masks_hide_people_and_show_services(self) -> None:
        assert WANG.masked == "138****5678"
        assert parse("021-60876100").masked == "021****6100"
        assert parse("+12125550123").masked == "+12****0123"
        assert parse("95533").masked == "95533"
        assert WITHHELD.masked == MALFORMED.masked == ""

    def test_people_are_mobile_and_fixed(self) -> None:
        assert {kind for kind in Kind if Msisdn("1", kind).is_person} == {Kind.MOBILE, Kind.FIXED}
        assert {kind for kind in Kind if Msisdn("1", kind).may_subscribe} == {
            Kind.MOBILE, Kind.FIXED, Kind.INTERNATIONAL,
        }  # fmt: skip

    def test_valid_is_what_the_plan_has_given_out(self) -> None:
        invalid = {kind for kind in Kind if not Msisdn("1", kind).valid}
        assert invalid == {Kind.WITHHELD, Kind.MALFORMED, Kind.UNALLOCATED}

    @pytest.mark.parametrize(
        ("written", "code"), [("", "missing"), ("hello", "unreadable"), ("14012345678", "unallocated")]
    )
    def test_require_says_what_is_wrong_and_not_the_number(self, written: str, code: str) -> None:
        with pytest.raises(Problem) as problem:
            require(written)
        assert problem.value.code == f"msisdn.{code}"
        assert problem.value.mend
        assert not written or written not in str(problem.value)
        assert require("13812345678") == WANG


# Digits with what people put between and around them, so that most examples are nearly numbers.
DIGITS = st.text("0123456789", max_size=22)
PREFIX = st.sampled_from(
    ["", "+", "+86", "0086", "86", "0", "00", "+1", "tel:", "sip:", "010", "021", "0571", "0951", "17951", "125831",
     "106", "95", "950", "96", "400", "1010", "101", "123", "1064", "+852", "+44"]
)  # fmt: skip
NUMBERS = st.builds(lambda prefix, digits: prefix + digits, PREFIX, DIGITS)
ANYTHING = st.one_of(st.text(max_size=40), NUMBERS, st.text('0123456789+-() ;:@sipteltel<>"%x', max_size=40))


@given(ANYTHING)
@example("+1069095599")
@example("861061")
@example("8600")
@example("86860")
@example("095196627")
@example("00106")
@example("+10600000000000000000")
def test_total_and_the_normal_form_is_one(raw: str) -> None:
    found = parse(raw)
    assert len(found.digits) <= MOST_DIGITS
    assert found.digits == "" or (found.digits.isascii() and found.digits.isdigit() and found.digits[0] != "0")
    assert (found.digits == "") == (found.kind in (Kind.WITHHELD, Kind.MALFORMED))
    if found.digits:
        assert parse(found.e164) == found
        assert parse(found.national) == found
        assert of_digits(found.digits) == found
        assert str(int(found.digits)) == found.digits


@given(st.text(), st.text(max_size=6))
def test_no_area_makes_it_raise(raw: str, area: str) -> None:
    parse(raw, area=area)


@given(NUMBERS)
def test_a_sip_user_part_says_what_the_number_says(raw: str) -> None:
    digits = raw.removeprefix("tel:").removeprefix("sip:")
    assert parse(f'"A" <sip:{digits}@host;user=phone>;tag=1') == parse(digits)


class TestRealData:
    def test_every_service_number_of_a_firm_is_a_number(self) -> None:
        file = SHARED / "cn_service_numbers" / "cn_service_numbers.csv"
        if not file.exists():
            pytest.skip(f"{file} is not there")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [(row["number"], parse(row["number"])) for row in csv.DictReader(lines)]
        assert len(rows) == 309
        assert [written for written, found in rows if not found.valid] == []
        # Firms do publish fixed lines, and one a mobile number; a person may have such a number too.
        assert [written for written, found in rows if found.kind == Kind.MOBILE] == ["+86 13068400177"]
        assert sum(not found.is_person for _, found in rows) == 274

    def test_numbers_that_people_reported_are_read_as_american(self) -> None:
        folder = SHARED / "dnc_reports"
        if not folder.exists():
            pytest.skip(f"{folder} is not there")
        numbers = {line for file in folder.glob("*.csv") for line in file.read_text().split()[1:] if line.isdigit()}
        kinds = [parse("+1" + number).kind for number in numbers]
        assert set(kinds) <= {Kind.INTERNATIONAL, Kind.UNALLOCATED, Kind.MALFORMED}  # some have 18 digits and more
        assert kinds.count(Kind.INTERNATIONAL) > 0.95 * len(kinds)


def test_a_made_up_local_number_is_no_hotline() -> None:
    assert parse("02012345678").kind is Kind.UNALLOCATED
    assert parse("02012345").digits == "8612345"
