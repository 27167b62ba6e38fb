"""Who was put out and comes back is recognised; SIM orders are screened; one person never lets anything through."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.admission import actions, models, queries
from mingbai.admission.rules import identity, sims
from mingbai.admission.rules.sims import Counted
from mingbai.admission.rules.words import Trait
from mingbai.admission.tests.conftest import YES, Hall
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

OTHER = {
    "licence": "91440300MA5ABCDE22", "legal_person": "赵敏", "contact": "13700002222",
    "address": "广东省深圳市南山区科技园路1号", "bank": "6217000012345678901",
}  # fmt: skip
COMES_BACK = {
    "licence": "９１１３０１００ＭＡ０Ｄ２ＸＹＺ６Ｋ",
    "legal_person": "張 偉",
    "contact": "+86 138-1234-5678",
    "address": "石家庄裕华区槐安東路三十二號3幢2-501",
    "bank": "6222 0200 1111 2222 333",
}


@pytest.fixture
def out(hall: Hall) -> int:
    """The call centre gave its identity, and was put out."""
    application = hall.submitted()
    actions.refuse(application, account=hall.second, answers=YES, reason="材料不实")
    actions.limit(hall.centre, account=hall.second, ground="屡次违规外呼，合同终止")
    return hall.centre


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("agrees", "score", "asked"),
    [
        (("licence",), 100, True),
        (("bank",), 60, True),
        (("legal_person",), 50, True),
        (("contact",), 50, True),
        (("address",), 30, False),
        (("address", "contact"), 80, True),
        (("bank", "legal_person", "contact"), 100, True),
        ((), 0, False),
    ],
)
def test_under_another_name_by_what_agrees(
    hall: Hall, out: int, agrees: tuple[str, ...], score: int, asked: bool
) -> None:
    again = hall.another("晨星通信", "star")
    given_now = OTHER | {name: COMES_BACK[name] for name in agrees}
    application = hall.entered(short="star", applicant=again)
    hall.papers(application, short="star")
    found = actions.submit(application, account=hall.who["star", "admin"], identity=given_now)
    assert bool(found) is asked
    if not asked:
        actions.approve(application, account=hall.second, answers=YES)
        return
    (one,) = queries.likenesses(application=application)
    assert (one.other, one.score, set(one.traits), one.why_out) == (out, score, set(agrees), "limit")
    with pytest.raises(Problem, match="not decided"):
        actions.approve(application, account=hall.second, answers=YES)


@pytest.mark.django_db
def test_the_same_name_written_otherwise(hall: Hall, out: int) -> None:
    again = hall.another("云呼中心（集團）有限責任公司", "star")
    application = hall.entered(short="star", applicant=again)
    hall.papers(application, short="star")
    actions.submit(application, account=hall.who["star", "admin"], identity=OTHER)
    (one,) = queries.likenesses(application=application)
    assert one.traits == ("name",)


@pytest.mark.django_db
def test_a_holder_whose_number_was_shut_by_a_case_is_recognised_and_freed_when_it_was_wrong(hall: Hall) -> None:
    hall.allocated()
    now = clock.now()
    shut = numbers.restrict(
        target="number", kind="shut", begin=now, end=now + timedelta(days=365), case=7, number=parse("95011123")
    )
    again = hall.another("晨星通信", "star")

    def asks() -> list[int]:
        application = hall.entered(short="star", applicant=again, number="95011555")
        hall.papers(application, short="star")
        return actions.submit(
            application, account=hall.who["star", "admin"], identity=OTHER | {"bank": COMES_BACK["bank"]}
        )

    assert len(asks()) == 1
    numbers.lift(shut, reason="申诉成立")
    assert asks() == []


@pytest.mark.django_db
def test_a_firm_that_never_applied_here_is_recognised_by_its_register_and_by_what_is_filed(hall: Hall) -> None:
    old = people.create_organisation(name="远帆通信有限公司", kind="call_centre", credit_code="91110000600001234X")
    resource = numbers.register_number(first=parse("95011888"), holder=old, use="service")
    numbers.end(resource, how="shut", reason="屡次违规", rests_until=clock.now() + timedelta(days=90))
    again = hall.another("北辰通信（北京）", "star")

    def found(**more: str) -> tuple[str, ...]:
        application = hall.entered(short="star", applicant=again, number="95011555")
        hall.papers(application, short="star")
        actions.submit(application, account=hall.who["star", "admin"], identity=OTHER | more)
        return tuple(one.traits for one in queries.likenesses(application=application) if one.other == old) or ()

    assert found() == ()
    assert found(licence="91110000600001234x") == (("licence",),)
    assert actions.identify(old, account=hall.second, identity={"bank": OTHER["bank"], "contact": "010-6000 1234"}) == 2
    assert actions.identify(old, account=hall.second, identity={"bank": OTHER["bank"]}) == 0
    assert found() == (("licence", "bank"),)
    with pytest.raises(Problem, match="nothing of it"):
        actions.identify(old, account=hall.second, identity={"bank": "–"})
    with pytest.raises(Problem, match="may not do that"):
        actions.identify(old, account=hall.who["operator", "auditor"], identity={"bank": OTHER["bank"]})


@pytest.mark.django_db
def test_the_firm_itself_is_asked_about_too(hall: Hall, out: int) -> None:
    application = hall.submitted()
    (one,) = queries.likenesses(application=application)
    assert (one.other, one.score, one.traits) == (out, 100, ("itself",))


@pytest.mark.django_db
def test_two_people_let_through_and_one_keeps_out(hall: Hall, out: int) -> None:
    first, second = hall.who["operator", "admin"], hall.second
    application = hall.submitted()
    (one,) = queries.likenesses(application=application)
    with pytest.raises(Problem, match="characters"):
        actions.decide_likeness(one.id, account=first, let_through=True, reason=" ")
    assert actions.decide_likeness(one.id, account=first, let_through=True, reason="已经整改，股东变更") == "first_yes"
    with pytest.raises(Problem, match="somebody else"):
        actions.decide_likeness(one.id, account=first, let_through=True, reason="已经整改，股东变更")
    with pytest.raises(Problem, match="not decided"):
        actions.approve(application, account=hall.second, answers=YES)
    assert actions.decide_likeness(one.id, account=second, let_through=True, reason="材料核实") == "let_through"
    with pytest.raises(Problem, match="is decided"):
        actions.decide_likeness(one.id, account=first, let_through=False, reason="反悔了不行")
    actions.approve(application, account=hall.second, answers=YES)

    again = hall.submitted(number="95011124")
    (two,) = queries.likenesses(application=again)
    assert actions.decide_likeness(two.id, account=second, let_through=False, reason="实际控制人未变") == "kept_out"
    assert hall.state(again) == "refused"


@pytest.mark.django_db
def test_who_is_put_out_while_its_application_waits_gets_nothing(hall: Hall) -> None:
    application, signed = hall.submitted(), hall.approved(number="95011124")
    hall.sign(signed)
    actions.limit(hall.centre, account=hall.second, ground="屡次违规外呼")
    with pytest.raises(Problem, match="not decided"):
        actions.approve(application, account=hall.second, answers=YES)
    assert [one.other for one in queries.likenesses(application=application)] == [hall.centre]
    with pytest.raises(Problem, match="was put out"):
        actions.allocate(signed, account=hall.who["operator", "operations"])


@pytest.mark.django_db
def test_who_was_put_out_does_not_come_back_behind_a_call_centre(hall: Hall) -> None:
    actions.limit(hall.firm, account=hall.second, ground="屡次违规外呼")
    (one,) = queries.likenesses(application=hall.submitted())
    assert (one.applicant, one.other, one.traits) == (hall.centre, hall.firm, ("itself",))


@pytest.mark.django_db
def test_a_limit_ends_by_itself_or_is_lifted(hall: Hall, out: int) -> None:
    (one,) = queries.limits(organisation=out)
    assert actions.lift(one.id, account=hall.second, reason="申诉成立")
    assert not actions.lift(one.id, account=hall.second, reason="申诉成立")
    with clock.at(clock.now()) as advance:
        actions.limit(out, account=None, ground="案件处置", case=3, ends_at=clock.now() + timedelta(days=10))
        assert len(queries.limits(organisation=out)) == 1
        advance(10 * 86_400 + 1)
        assert queries.limits(organisation=out) == []
        assert queries.likenesses(application=hall.submitted()) == []


@pytest.mark.django_db
def test_nothing_of_an_identity_is_kept_but_hashes(hall: Hall, out: int) -> None:
    rows = models.Trait.objects.filter(organisation_id=out)
    assert {row.trait for row in rows} == {"name", "licence", "legal_person", "contact", "address", "bank"}
    assert all(len(bytes(row.hashed)) == 32 for row in rows)
    again = hall.another("晨星通信", "star")
    application = hall.entered(short="star", applicant=again)
    hall.papers(application, short="star")
    with pytest.raises(Problem, match="needed"):
        actions.submit(application, account=hall.who["star", "admin"], identity={"bank": "6222"})


class TestSims:
    """Many cards to one place, many to one person, listed places, places of who was put out."""

    ADDRESS = "广东省深圳市龙华区民治街道88号6栋1单元302"

    def order(self, hall: Hall, reference: str, **more: object) -> int:
        asked = {"address": self.ADDRESS, "recipient": "陈强", "contact": "13600003333", "cards": 1} | more
        return actions.screen(operator=hall.operator, reference=reference, **asked)  # type: ignore[arg-type]  # texts and a number

    def test_an_ordinary_order_passes(self, hall: Hall) -> None:
        found = queries.sim_order(self.order(hall, "A-1"))
        assert found is not None
        assert (found.state, found.reasons) == ("let_through", ())
        assert self.order(hall, "A-1") == found.id
        with pytest.raises(Problem, match="another order"):
            self.order(hall, "A-1", cards=2)

    def test_many_cards_to_one_place_however_it_is_written(self, hall: Hall) -> None:
        ways = (self.ADDRESS, "深圳市龙华民治街道８８號 6-1-302", "中国广东深圳龙华区民治街道八十八号6幢1单元302室")
        for n, address in enumerate(ways * 2):
            made = self.order(hall, f"A-{n}", address=address, recipient=f"收件{n}", contact=f"1360000333{n}")
        found = queries.sim_order(made)
        assert found is not None
        assert (found.state, found.reasons) == ("open", (("many_to_place", 6),))

    def test_many_cards_to_one_person_at_many_places(self, hall: Hall) -> None:
        for n in range(6):
            made = self.order(hall, f"A-{n}", address=f"深圳市福田区{n + 1}号", recipient=f"收件{n}")
        found = queries.sim_order(made)
        assert found is not None
        assert found.reasons == (("many_to_person", 6),)

    def test_old_orders_do_not_count(self, hall: Hall) -> None:
        with clock.at(clock.now()) as advance:
            self.order(hall, "A-1", cards=5)
            advance(31 * 86_400)
            found = queries.sim_order(self.order(hall, "A-2", cards=5))
        assert found is not None
        assert found.state == "let_through"

    def test_a_listed_place(self, hall: Hall) -> None:
        place = actions.list_place("深圳龙华区民治街道88号6栋1-302", account=hall.second, ground="猫池窝点，警方通报")
        found = queries.sim_order(self.order(hall, "A-1"))
        assert found is not None
        assert found.reasons == (("listed_place", 0),)
        assert actions.unlist_place(place, account=hall.second, reason="住户已变更")
        again = queries.sim_order(self.order(hall, "A-2"))
        assert again is not None
        assert again.state == "let_through"

    def test_the_place_of_a_holder_that_was_put_out(self, hall: Hall, out: int) -> None:
        found = queries.sim_order(self.order(hall, "A-1", address=COMES_BACK["address"]))
        assert found is not None
        assert found.reasons == (("kept_out", 0),)

    def test_two_people_let_it_through_and_what_was_kept_back_does_not_count(self, hall: Hall) -> None:
        held = self.order(hall, "A-1", cards=6)
        first = hall.who["operator", "admin"]
        assert [one.id for one in queries.sim_orders()] == [held]
        assert actions.decide_sims(held, account=first, let_through=True, reason="企业批量用卡") == "first_yes"
        with pytest.raises(Problem, match="somebody else"):
            actions.decide_sims(held, account=first, let_through=True, reason="企业批量用卡")
        assert actions.decide_sims(held, account=hall.second, let_through=False, reason="无法核实") == "kept_out"
        fine = queries.sim_order(self.order(hall, "A-2", cards=5))
        assert fine is not None
        assert fine.state == "let_through"

    @pytest.mark.parametrize(
        "wrong", [{"cards": 0}, {"cards": 1001}, {"address": " "}, {"recipient": "!"}, {"contact": ""}]
    )
    def test_an_order_says_what_goes_where(self, hall: Hall, wrong: dict[str, object]) -> None:
        with pytest.raises(Problem):
            self.order(hall, "A-1", **wrong)


@given(st.sampled_from(list(Trait)), st.text(max_size=60))
def test_what_is_hashed_is_the_same_when_it_is_written_out_again(trait: Trait, text: str) -> None:
    once = identity.plain(trait, text)
    assert identity.plain(trait, f" {text}　") == once
    if trait in (Trait.BANK, Trait.LICENCE, Trait.LEGAL_PERSON):
        assert identity.plain(trait, once) == once


SAME_FIRM = (
    "青山市远帆信息咨询有限公司",
    "远帆信息咨询（青山）有限公司",
    "远帆信息咨询(青山市)有限责任公司",
    "青山市南湖区远帆信息咨询有限公司",
    "河北省青山市远帆信息咨询有限公司",
    "远帆信息咨询有限公司青山分公司",
    "远帆信息咨询有限公司第一分公司",
    "石家庄远帆信息咨询有限公司",
    "青山市遠帆信息諮詢股份有限公司",
    "远帆信息咨询集团有限公司青山市南湖区营业部",
    "盐城市远帆信息咨询有限公司",
)


@pytest.mark.parametrize("name", SAME_FIRM)
def test_a_firm_is_the_same_with_its_city_before_behind_or_in_brackets_and_as_a_branch(name: str) -> None:
    assert identity.plain(Trait.NAME, name) == "远帆信息咨询"


OTHER_FIRMS = (
    ("美佳超市连锁有限公司", "连锁有限公司"),
    ("远帆信息咨询有限公司", "远航信息咨询有限公司"),
    ("都市快报有限公司", "快报有限公司"),
    ("青山市有限公司", "绿水市有限公司"),
    ("花城市政工程有限公司", "政工程有限公司"),
)


@pytest.mark.parametrize(("one", "other"), OTHER_FIRMS)
def test_what_only_looks_like_a_city_stays(one: str, other: str) -> None:
    assert identity.plain(Trait.NAME, one) != identity.plain(Trait.NAME, other)


SAME_PLACE = (
    "青山市南湖区望湖路88号2号楼301室",
    "青山市南湖区望湖路88号2栋301",
    "青山市 南湖区 望湖路 八十八号 2幢 301房",
    "青山市南湖区望湖路88-2-301",
    "青山市南湖区望湖路88＃2座301号房",
    "青山南湖望湖路88号2号楼301",
    "中国青山市南湖区望湖路88号院2楼301户",
)


@pytest.mark.parametrize("address", SAME_PLACE)
def test_an_address_is_the_same_however_its_units_are_written(address: str) -> None:
    assert identity.plain(Trait.ADDRESS, address) == identity.plain(Trait.ADDRESS, SAME_PLACE[0])


@pytest.mark.parametrize(
    "address",
    ["青山市南湖区望湖路88号2号楼302室", "青山市南湖区望湖路8号82号楼301室", "青山市南湖区望江路88号2号楼301室"],
)
def test_another_door_is_another_place(address: str) -> None:
    assert identity.plain(Trait.ADDRESS, address) != identity.plain(Trait.ADDRESS, SAME_PLACE[0])


@pytest.mark.parametrize(
    ("trait", "one", "other", "same"),
    [
        (Trait.NAME, "河北青禾保险（集團）股份有限公司", "青禾保险有限责任公司", True),
        (Trait.NAME, "Blue  Sky Co., Ltd.", "ＢＬＵＥ ＳＫＹ", True),
        (Trait.NAME, "北京华通", "上海华通", True),
        (Trait.NAME, "青禾保险", "青禾财险", False),
        (Trait.ADDRESS, "上海市浦东新区世纪大道100号18楼", "上海浦东新世纪大道100-18", True),
        (Trait.ADDRESS, "南京西路10号", "南京西路1号", False),
        (Trait.CONTACT, "(0311) 8888-6666", "031188886666", True),
        (Trait.CONTACT, "13812345678", "13812345679", False),
        (Trait.LICENCE, "91130100ma0d2xyz6k", "91130100-MA0D2XYZ-6K", True),
        (Trait.BANK, "账号 6222 0200", "62220200", True),
        (Trait.LEGAL_PERSON, "買買提·艾力", "买买提艾力", True),
        (Trait.LEGAL_PERSON, "张伟", "章伟", False),
    ],
)  # fmt: skip
def test_writings_of_one_thing(trait: Trait, one: str, other: str, same: bool) -> None:
    assert (identity.plain(trait, one) == identity.plain(trait, other)) is same


def test_why_an_order_waits() -> None:
    def reasons(*counted: object) -> list[str]:
        found = sims.reasons(Counted(*counted), to_place=5, to_person=5)  # type: ignore[arg-type]  # as the class has them
        return [str(one["reason"]) for one in found]

    assert reasons(5, 5, False, False) == []
    assert reasons(6, 5, False, False) == ["many_to_place"]
    assert reasons(5, 6, False, False) == ["many_to_person"]
    assert reasons(6, 6, True, True) == ["listed_place", "kept_out", "many_to_place", "many_to_person"]


@pytest.mark.parametrize(
    "name",
    [
        "云呼呼叫中心（上海）有限公司",
        "云呼(上海)呼叫中心有限责任公司",
        "上海　云呼呼叫中心　有限公司",
        "（云呼呼叫中心）",
    ],
)
def test_a_firm_is_the_same_with_its_region_in_brackets(name: str) -> None:
    assert identity.plain(Trait.NAME, name) == identity.plain(Trait.NAME, "云呼呼叫中心有限责任公司")


@pytest.mark.parametrize(
    ("spoken", "figures"),
    [("一百号", "100号"), ("一百零五号", "105号"), ("一百二十号", "120号"), ("三百一十六号", "316号")],
)
def test_hundreds_of_an_address_are_figures(spoken: str, figures: str) -> None:
    road = "上海市浦东新区世纪大道"
    assert identity.plain(Trait.ADDRESS, road + spoken) == identity.plain(Trait.ADDRESS, road + figures)
